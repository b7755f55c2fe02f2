"""What two of the group decide: nothing before the hearing, nothing about one's own line."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import transaction
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from access import actors, approvals, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.models import Approval, User
from access.models.approvals import keep_to_few
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from incidents.models import SanctionCase, SanctionRuling
from incidents.sanctions import effects, investigating, letters, people, rules, sealing, serving
from incidents.sanctions.investigating import Waiting
from incidents.sanctions.serving import SaysNothing
from incidents.sanctions.standing import (
    NotInTheGroup,
    Stage,
    What,
    held,
    house,
    move,
    part_of,
    require_lead,
    require_work,
    write,
)

DECIDE: Final = "sanction-decide"
APPEAL: Final = "sanction-appeal"
Instance = SanctionRuling.Instance
Outcome = SanctionRuling.Outcome


class DoesNotFit(CustodianError):
    """A measure that cannot be decided of such a person or for such acts, or beside another one."""

    code = "sanction-measure"
    status = 409
    message = gettext_lazy("所选处理不适用于这类人员或这些行为，或与其他处理冲突，请核对")


class SuperiorsOpen(CustodianError):
    """Of somebody above him nobody has said yet whether he answers."""

    code = "sanction-superiors-open"
    status = 409
    message = gettext_lazy("还有上级的管理责任没有认定：逐一认定，写明理由")


class DecidedBefore(CustodianError):
    """Whoever took part in the first decision decides no appeal against it."""

    code = "sanction-decided-before"
    status = 403
    message = gettext_lazy("参与原决定的人员不能办理申诉，请由工作组其他成员办理")


class SameAgain(CustodianError):
    """What is changed is not what it was."""

    code = "sanction-same-again"
    status = 409
    message = gettext_lazy("变更后的处理与原决定相同，请核对；维持原决定请选择维持")


def propose(
    matter: SanctionCase, measures: Collection[str], said: Mapping[str, str], *, actor: Actor
) -> SanctionRuling:
    """Raises `DoesNotFit`, `SuperiorsOpen`, `SaysNothing`, `Waiting`, `WrongStep`, `NotInTheGroup`."""
    with held(matter, Stage.HEARD) as row:
        require_work(row, actor)
        chosen = [each.code for each in rules.measures(measures)]
        if not rules.fits(row.kind, row.acts, chosen):
            raise DoesNotFit
        if investigating.unjudged(row):
            raise SuperiorsOpen
        return _put_up(row, Instance.FIRST, chosen, said, actor=actor)


def propose_on_appeal(
    matter: SanctionCase,
    outcome: str,
    measures: Collection[str],
    said: Mapping[str, str],
    *,
    actor: Actor,
) -> SanctionRuling:
    """Raises `DecidedBefore`, `DoesNotFit`, `SameAgain`, `SaysNothing`, `Waiting`, `WrongStep`."""
    with held(matter, Stage.APPEALED) as row:
        require_work(row, actor)
        first = first_of(row)
        _require_fresh(first, actors.person(actor))
        chosen = _on_appeal(row, first, outcome, measures)
        return _put_up(row, Instance.APPEAL, chosen, said, outcome=outcome, actor=actor)


def withdraw(matter: SanctionCase, *, actor: Actor) -> None:
    """What waits is not wanted any more; it can be put up anew. Raises `NotTheLead`, `Waiting`."""
    with held(matter) as row:
        ruling = waiting(row)
        if ruling is None:
            raise Waiting(_("没有等待复核的决定"))
        if ruling.proposed_by_id != actor.id:
            require_lead(row, actor)
        facts = {"sanction": row.code, "outcome": "withdrawn"}
        gate.authorise(actor, Action.SANCTION_DECIDE, channel=Channel.ADMIN, facts=facts)
        approvals.void(ruling.approval)
        write(row, What.WITHDRAWN, actor=actor, told={"instance": ruling.instance})


def waiting(matter: SanctionCase) -> SanctionRuling | None:
    rows = matter.rulings.filter(approval__status=Approval.Status.WAITING)
    return rows.select_related("approval").first()


def first_of(matter: SanctionCase) -> SanctionRuling:
    return matter.rulings.get(instance=Instance.FIRST, in_force_at__isnull=False)


def standing(matter: SanctionCase) -> SanctionRuling | None:
    """What holds now: the appeal's once there is one."""
    return matter.rulings.filter(in_force_at__isnull=False).order_by("pk").last()


def words_of(matter: SanctionCase, ruling: SanctionRuling) -> dict[str, str]:
    what = f"ruling/{ruling.ref}"
    return dict(sealing.opened(sealing.MATTER, matter.ref, what, ruling.text_sealed))


def mark_of(matter: SanctionCase, ruling: SanctionRuling) -> str:
    """Over everything that follows from it: acts, findings, measures, superiors, reasons and whom."""
    superiors = matter.supervisors.order_by("user_id")
    whom = people.who(matter)
    return sealing.mark(
        {
            "matter": matter.code,
            "ruling": str(ruling.ref),
            "instance": ruling.instance,
            "outcome": ruling.outcome,
            "who": [whom.name, whom.id_number],
            "acts": list(matter.acts),
            "measures": list(ruling.measures),
            "findings": serving.findings_of(matter),
            "words": words_of(matter, ruling),
            "superiors": [
                [each.user_id, each.verdict, investigating.reason_of(matter, each)]
                for each in superiors
            ],
        }
    )


def _on_appeal(
    row: SanctionCase, first: SanctionRuling, outcome: str, measures: Collection[str]
) -> list[str]:
    if outcome == Outcome.UPHELD:
        return list(first.measures)
    if outcome == Outcome.REVOKED:
        return [rules.NONE]
    chosen = [each.code for each in rules.measures(measures)]
    if not rules.fits(row.kind, row.acts, chosen):
        raise DoesNotFit
    if chosen == list(first.measures):
        raise SameAgain
    return chosen


def _require_fresh(first: SanctionRuling, person: int) -> None:
    """Raises `DecidedBefore`."""
    if person in {first.proposed_by_id, first.decided_by_id}:
        raise DecidedBefore


def _put_up(
    row: SanctionCase,
    instance: str,
    measures: Sequence[str],
    said: Mapping[str, str],
    *,
    outcome: str = "",
    actor: Actor,
) -> SanctionRuling:
    if not any(each.strip() for each in said.values()):
        raise SaysNothing
    if waiting(row) is not None:
        raise Waiting
    ref = uuid4()
    ruling = SanctionRuling(
        ref=ref, matter=row, instance=Instance(instance), outcome=outcome, measures=list(measures),
        text_sealed=sealing.seal(sealing.MATTER, row.ref, f"ruling/{ref}", dict(said)),
        proposed_by_id=actors.person(actor),
    )  # fmt: skip
    kind = DECIDE if instance == Instance.FIRST else APPEAL
    payload = {"sanction": row.code, "ruling": str(ref), "mark": mark_of(row, ruling)}
    facts = {"sanction": row.code, "digest": approvals.digest_of(kind, payload)}
    gate.authorise(actor, Action.SANCTION_DECIDE, channel=Channel.ADMIN, facts=facts)
    ruling.approval = approvals.request(kind, payload, actor=actor)
    ruling.save(force_insert=True)
    write(row, What.PROPOSED, actor=actor, told={"instance": instance})
    return ruling


class _Ruling:
    """The content is for the group alone, on the page of approvals too."""

    action = Action.SANCTION_APPROVE

    def __init__(self, label: Any) -> None:
        self.label = label

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:sanction", args=[payload["sanction"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """Whom it is about; whoever asks may not see the matter, and is kept away all the same."""
        with scopes.acting(house()):
            rows = SanctionCase.objects.filter(code=payload["sanction"]).values("person")
            return frozenset(User.objects.filter(pk__in=rows).values_list("ref", flat=True))

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        found = _found(payload)
        if found is None:
            return [(_("内容"), [_("只有工作组成员可以阅看")])]
        row, ruling = found
        words, language = words_of(row, ruling), "en" if get_language() == "en" else "zh"
        outcome = Outcome(ruling.outcome).label if ruling.outcome else ""
        superiors = row.supervisors.select_related("user")
        lines: list[tuple[Any, Sequence[Any]]] = [
            (_("责任追究"), [f"{row.code} {people.who(row).name}"]),
            (_("行为"), [str(each) for each in rules.acts(row.acts)]),
            *([(_("申诉结果"), [outcome])] if outcome else []),
            (_("处理"), [str(each) for each in rules.measures(ruling.measures)]),
            (_("理由"), [letters.written(words, language)]),
            (_("管理责任"), [f"{each.user} · {each.get_verdict_display()}" for each in superiors]),
        ]
        return [line for line in lines if line[1]]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        """Raises `NotInTheGroup`, `DecidedBefore`, `WrongStep`, `approvals.ContentChanged`."""
        found = _found(approval.payload, lock=True)
        if found is None or not part_of(found[0], actor):
            raise NotInTheGroup
        row, ruling = found
        if mark_of(row, ruling) != approval.payload["mark"]:
            raise approvals.ContentChanged
        if ruling.instance == Instance.FIRST:
            _decide(row, ruling, actor)
        else:
            _settle(row, ruling, actor)

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """It stays as one that was returned."""


def _found(
    payload: Mapping[str, Any], *, lock: bool = False
) -> tuple[SanctionCase, SanctionRuling] | None:
    rows = SanctionCase.objects.filter(code=payload["sanction"])
    row = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if row is None:
        return None
    ruling = row.rulings.filter(ref=payload["ruling"]).first()
    return (row, ruling) if ruling is not None else None


def _decide(row: SanctionCase, ruling: SanctionRuling, actor: Actor) -> None:
    with transaction.atomic():
        move(row, "decide")
        _in_force(ruling, actor)
        write(row, What.DECIDED, actor=actor, told={"measures": ruling.measures})
        effects.carry_out(row, ruling.measures, actor=actor)
        words = words_of(row, ruling)
        _letter(row, ruling, words, letters.Kind.DECISION, actor)


def _settle(row: SanctionCase, ruling: SanctionRuling, actor: Actor) -> None:
    first = first_of(row)
    _require_fresh(first, actors.person(actor))
    with transaction.atomic():
        move(row, "settle")
        _in_force(ruling, actor)
        told = {"outcome": ruling.outcome, "measures": ruling.measures}
        write(row, What.SETTLED, actor=actor, told=told)
        if ruling.outcome != Outcome.UPHELD:
            effects.change(row, first.measures, ruling.measures, actor=actor)
        _letter(row, ruling, words_of(row, ruling), letters.Kind.APPEAL, actor)


def _in_force(ruling: SanctionRuling, actor: Actor) -> None:
    changes = {"in_force_at": clock.now(), "decided_by_id": actors.person(actor)}
    SanctionRuling.objects.filter(pk=ruling.pk).update(**changes)


def _letter(
    row: SanctionCase, ruling: SanctionRuling, words: Mapping[str, str], kind: str, actor: Actor
) -> None:
    def tell(language: str) -> list[list[str]]:
        measures = _("、").join(str(each) for each in rules.measures(ruling.measures))
        parts = [[_("行为与依据"), letters.grounds(row.acts)]]
        if ruling.outcome:
            parts.append([_("申诉结果"), str(Outcome(ruling.outcome).label)])
        parts += [[_("处理"), measures], [_("理由"), letters.written(words, language)]]
        if effects.is_flagged(row, ruling.measures):
            parts.append([_("聘用限制"), effects.told(row)])
        if kind == letters.Kind.DECISION:
            parts.append([_("您的权利"), serving.rights_of_appeal()])
        return parts

    letters.issue(row, kind, tell, actor=actor)


def _known(actor: Actor) -> list[str]:
    return list(SanctionCase.objects.visible_to(actor).values_list("code", flat=True))


def ready() -> None:
    approvals.register(DECIDE, _Ruling(gettext_lazy("责任追究决定")))
    approvals.register(APPEAL, _Ruling(gettext_lazy("责任追究的申诉决定")))
    for kind in (DECIDE, APPEAL):
        keep_to_few(kind, "sanction", _known)
