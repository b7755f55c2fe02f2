"""A decision takes effect with the second yes: access ends, a flag is set, a referral has its letter."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from access import employment, scopes
from access.actors import Actor
from access.law import words as law_words
from access.models import User
from access.vocabulary import Channel
from custodian import clock
from incidents.models import SanctionCase
from incidents.sanctions import flags, letters, people, rules, serving
from incidents.sanctions.standing import What, house, write


def is_flagged(matter: SanctionCase, measures: Collection[str]) -> bool:
    """The rule joins both: one of the three acts, and the end of his contract."""
    return rules.barred(matter.acts) and rules.ends(measures)


def carry_out(matter: SanctionCase, measures: Collection[str], *, actor: Actor) -> None:
    if rules.ends(measures):
        _end_access(matter, actor)
    if is_flagged(matter, measures):
        flag = flags.set_by(matter)
        told = {"effect": "flag", "flag": flag.code, "on": flag.until.isoformat()}
        write(matter, What.EFFECT, actor=actor, told=told)
    if rules.REFER in measures:
        _refer(matter, actor)


def change(
    matter: SanctionCase, before: Collection[str], now: Collection[str], *, actor: Actor
) -> None:
    """After an appeal. Access that ended comes back only by hand, from whoever employs people."""
    if is_flagged(matter, before) and not is_flagged(matter, now):
        for flag in matter.flags.filter(state="current"):
            flags.end(flag, "withdrawn")
            write(matter, What.EFFECT, actor=actor, told={"effect": "unflag", "flag": flag.code})
    if rules.ends(before) and not rules.ends(now) and matter.person_id is not None:
        write(matter, What.EFFECT, actor=actor, told={"effect": "restore"})
    fresh = set(now) - set(before)
    if rules.ends(now) and not rules.ends(before):
        _end_access(matter, actor)
    if is_flagged(matter, now) and not is_flagged(matter, before):
        flags.set_by(matter)
    if rules.REFER in fresh:
        _refer(matter, actor)


def told(matter: SanctionCase) -> str:
    """In the decision; the words of the rule, which is no absolute ban."""
    term = rules.term("flag")
    until = term.length.after(clock.local().date()).isoformat()
    said = {"until": until, "mark": law_words.mark_word(term.mark)}
    return (
        _(
            "依规定，其他保险公司和中介机构一般不得再聘用您从事保险业务；这不是绝对禁止，本公司每年复查一次，"
            "至 %(until)s 止（期限%(mark)s）。"
        )
        % said
    )


def _end_access(matter: SanctionCase, actor: Actor) -> None:
    """Every session and token ends with the statement; of somebody who left already nothing is done."""
    if matter.person_id is None:
        return
    acting = house()
    with scopes.acting(acting):
        person = User.objects.select_for_update().get(pk=matter.person_id)
        if person.is_active:
            employment.disable(person, channel=Channel.ADMIN, actor=acting)
    write(matter, What.EFFECT, actor=actor, told={"effect": "access"})


def _refer(matter: SanctionCase, actor: Actor) -> None:
    """The letter names the person; the pack of evidence is the incident's, where there is one."""
    whom = people.who(matter)
    findings = serving.findings_of(matter)

    def tell(language: str) -> list[list[str]]:
        parts = [
            [_("行为与依据"), letters.grounds(matter.acts)],
            [_("调查结果"), letters.written(findings, language)],
        ]
        if matter.incident_id is not None:
            with scopes.acting(house()):
                code = SanctionCase.objects.values_list("incident__code", flat=True).get(
                    pk=matter.pk
                )
            said = _("证据、时间线和保管链见事件 %(code)s 的移送材料。") % {"code": code}
            parts.append([_("移送材料"), said])
        return [*parts, [_("所涉人员"), whom.name]]

    letters.issue(matter, letters.Kind.REFERRAL, tell, to=_("有管辖权的公安机关"), actor=actor)
