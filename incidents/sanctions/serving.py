"""The findings are put to the person, and each letter is served: only then does time for an answer run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access import scopes
from access.actions import Action
from access.actors import Actor
from access.law import words as law_words
from custodian import clock
from custodian.errors import CustodianError
from incidents import own_telling
from incidents.models import SanctionCase, SanctionPaper
from incidents.sanctions import letters, people, rules, sealing
from incidents.sanctions.letters import Kind
from incidents.sanctions.standing import (
    Stage,
    What,
    WrongStep,
    authorise,
    held,
    house,
    move,
    require_lead,
    write,
)

How = SanctionPaper.How
# At which stage a letter of a kind can be served, and what that moves.
STAGES: Final[Mapping[str, tuple[str, str]]] = {
    Kind.FINDINGS: (Stage.INVESTIGATION, "notify"),
    Kind.DECISION: (Stage.DECIDED, "serve"),
    Kind.APPEAL: (Stage.SETTLED, ""),
}


class NumberMissing(CustodianError):
    """Without his ID number nobody could be found again by what may be decided."""

    code = "sanction-number-missing"
    status = 409
    message = gettext_lazy("先补登本人证件号码：这些行为可能导致聘用限制，限制以证件号码为准")


class SaysNothing(CustodianError):
    """A letter without its words."""

    code = "sanction-says-nothing"
    message = gettext_lazy("请写明内容")


class CannotServe(CustodianError):
    """The day lies ahead or before the letter, or he has no page on which to find it."""

    code = "sanction-cannot-serve"
    status = 422
    message = gettext_lazy(
        "送达日期不能早于制作日、不能晚于今天；本人没有在用的账户时，不能在本人页面送达"
    )


def issue_findings(matter: SanctionCase, said: Mapping[str, str], *, actor: Actor) -> SanctionPaper:
    """As it is put to him. Raises `SaysNothing`, `NumberMissing`, `WrongStep`, `NotTheLead`."""
    if not any(each.strip() for each in said.values()):
        raise SaysNothing
    with held(matter, Stage.INVESTIGATION) as row:
        require_lead(row, actor)
        if rules.barred(row.acts) and not people.who(row).id_number:
            raise NumberMissing
        authorise(row, Action.SANCTION_LEAD, "issued", actor, paper=Kind.FINDINGS.value)
        sealed = sealing.seal(sealing.MATTER, row.ref, "findings", dict(said))
        SanctionCase.objects.filter(pk=row.pk).update(findings_sealed=sealed)
        return letters.issue(
            row,
            Kind.FINDINGS,
            lambda language: [
                [_("认定的行为与依据"), letters.grounds(row.acts)],
                [_("调查结果"), letters.written(said, language)],
                [_("您的权利"), _rights("hearing")],
            ],
            actor=actor,
        )


def findings_of(matter: SanctionCase) -> dict[str, str]:
    if matter.findings_sealed is None:
        return {}
    return dict(sealing.opened(sealing.MATTER, matter.ref, "findings", matter.findings_sealed))


def note_service(paper: SanctionPaper, on: date, how: str, *, note: str, actor: Actor) -> None:
    """When and how he got it. Raises `CannotServe`, `WrongStep`, `NotTheLead`."""
    stage, name = STAGES.get(paper.kind, ("", ""))
    with held(paper.matter, *filter(None, (stage,))) as row:
        require_lead(row, actor)
        letter = row.papers.select_for_update().get(pk=paper.pk)
        if letter.served_on is not None:
            raise WrongStep
        _require(row, letter, on, how)
        authorise(row, Action.SANCTION_LEAD, "served", actor, paper=paper.kind)
        changes = {"served_on": on, "served_how": How(how)}
        SanctionPaper.objects.filter(pk=letter.pk).update(**changes)
        own_telling.note(letter.person, own_telling.Thing.LETTER, letter.ref, by=actor)
        if name:
            move(row, name, _until(paper.kind, on))
        told = {"paper": paper.kind, "on": on.isoformat(), "how": how}
        write(row, What.SERVED, actor=actor, text=note, told=told)


def served(matter: SanctionCase, kind: str) -> bool:
    return matter.papers.filter(kind=kind, served_on__isnull=False).exists()


def on_him(person: int) -> list[SanctionPaper]:
    """What was served on this person; of the matters themselves he sees nothing."""
    rows = SanctionPaper.objects.filter(person=person, served_on__isnull=False)
    return list(rows.order_by("-served_on", "-pk"))


def matter_of(paper: SanctionPaper) -> SanctionCase:
    """For the person's own page, which shows nothing of it but the letter."""
    with scopes.acting(house()):
        return SanctionCase.objects.select_related("person").get(pk=paper.matter_id)


def rights_of_appeal() -> str:
    return _rights("appeal")


def _until(kind: str, on: date) -> dict[str, Any]:
    name = {Kind.FINDINGS: "hearing", Kind.DECISION: "appeal"}[Kind(kind)]
    return {f"{name}_until": rules.term(name).length.after(on)}


def _require(matter: SanctionCase, letter: SanctionPaper, on: date, how: str) -> None:
    issued = clock.local(letter.issued_at).date()
    at_authority = letter.kind == Kind.REFERRAL
    wrong = not issued <= on <= clock.local().date() or (how == How.AUTHORITY) != at_authority
    page = matter.person is not None and matter.person.is_active
    if wrong or (how == How.OWN_PAGE and not page):
        raise CannotServe


def _rights(name: str) -> str:
    said = {
        "period": law_words.period(rules.term(name).length),
        "mark": law_words.mark_word(rules.term(name).mark),
    }
    if name == "hearing":
        return (
            _(
                "送达之日起 %(period)s内（%(mark)s），您可以书面或当面陈述、申辩，也可以放弃。"
                "逾期没有答复的，按没有答复继续办理。"
            )
            % said
        )
    return (
        _(
            "对决定不服的，可以在送达之日起 %(period)s内（%(mark)s）申诉。申诉由没有参与原决定的人员办理。"
        )
        % said
    )
