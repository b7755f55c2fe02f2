"""One entry in words: who did what, for what, to how many, and why it was allowed. Never a value."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from access import actors, reasons
from access.action_words import ACTS, words
from access.models import Entry, Unit, User
from access.querylog import hours
from access.vocabulary import Channel, Purpose, Role
from custodian import elements
from custodian.elements import Element


@dataclass(frozen=True)
class Told:
    """What a row and a detail page say of an entry."""

    entry: Entry
    leaf: dict[str, Any]
    name: str
    role: str
    unit: str
    elements: list[Element]
    at: datetime
    unknown: list[str] = field(default_factory=list)

    @property
    def level(self) -> int:
        """The highest level among the elements; none for an act that shows none."""
        return max((each.level for each in self.elements), default=0)

    @property
    def sensitive(self) -> bool:
        return any(each.sensitive for each in self.elements)

    @property
    def outside(self) -> bool:
        number = self.entry.staff_no
        nobodys = number == actors.CUSTOMER or number.startswith(actors.PARTNER)
        return not nobodys and hours.outside_at(self.at)

    @property
    def masked(self) -> bool:
        return bool(self.leaf.get("mask"))

    @property
    def denied(self) -> bool:
        return self.entry.outcome == "denied"

    @property
    def purpose(self) -> str:
        return _label(Purpose, self.entry.purpose)

    @property
    def channel(self) -> str:
        return _label(Channel, self.entry.channel)

    @property
    def what(self) -> str:
        what = str(self.leaf.get("what", ""))
        return str(words(what)) if what else self.act

    @property
    def named(self) -> str:
        """The elements by name; for an act without any, what it was."""
        labels = [str(each.label) for each in self.elements] + self.unknown
        return _("、").join(labels) or self.what

    @property
    def act(self) -> str:
        return str(ACTS.get(self.entry.act, self.entry.act))


def tell(found: Iterable[Entry]) -> list[Told]:
    entries = list(found)
    people = {
        user.ref: user
        for user in User.objects.filter(ref__in={entry.actor for entry in entries}).only(
            "ref", "name", "role"
        )
    }
    codes = {entry.unit for entry in entries}
    units = {unit.code: str(unit) for unit in Unit.objects.filter(code__in=codes)}
    return [_told(entry, people, units) for entry in entries]


def _told(entry: Entry, people: dict[UUID, User], units: dict[str, str]) -> Told:
    leaf = json.loads(entry.leaf)
    person = people.get(entry.actor) if entry.actor else None
    codes = leaf.get("fields", [])
    return Told(
        entry,
        leaf,
        name=person.name if person else str(_who(entry).label),
        role=str(person.get_role_display()) if person else "",
        unit=units.get(entry.unit, entry.unit),
        elements=[elements.get(code) for code in codes if elements.known(code)],
        at=datetime.fromisoformat(leaf.get("at", leaf["ts"])),
        unknown=[code for code in codes if not elements.known(code)],
    )


def _who(entry: Entry) -> Role:
    if entry.staff_no.startswith(actors.PARTNER):
        return Role.PARTNER
    return Role.CUSTOMER if entry.staff_no == actors.CUSTOMER else Role.SYSTEM


def sentence(told: Told) -> str:
    """The entry in one sentence."""
    facts = {
        "who": told.name,
        "no": told.entry.staff_no,
        "place": _("，").join(each for each in (told.unit, told.role) if each),
        "purpose": told.purpose,
        "act": told.act,
        "count": f"{told.entry.subjects:,}",
        "what": told.named,
    }
    return _sentence_form(told) % facts


def _sentence_form(told: Told) -> str:
    who = _("%(who)s（工号 %(no)s，%(place)s）") if told.unit else _("%(who)s（%(no)s）")
    if told.denied:
        wanted = (
            _("想为“%(purpose)s”取得 %(what)s，被拒绝。")
            if told.purpose
            else _("想%(what)s，被拒绝。")
        )
        return who + wanted
    if not told.elements:
        done = _("为“%(purpose)s”%(what)s。") if told.purpose else _("%(what)s。")
        return who + done
    if told.masked:
        return who + _("为“%(purpose)s”%(act)s %(count)s 名客户的 %(what)s，只显示掩码。")
    return who + _("为“%(purpose)s”%(act)s %(count)s 名客户的 %(what)s。")


def reasoning(told: Told) -> dict[str, Any]:
    """For the *why* component: the reason codes of the leaf, and the rule that decided."""
    mark = "no" if told.denied else "ok"
    facts: list[tuple[str, Any, Any]] = [
        (mark, reasons.sentence(code), _rule_link(told) if at == 0 else "")
        for at, code in enumerate(told.leaf.get("why", []))
    ]
    heading = _("为什么当时拒绝") if told.denied else _("为什么当时允许")
    return {"heading": heading, "tone": "refuse" if told.denied else "allow", "facts": facts}


def _rule_link(told: Told) -> Any:
    rule = told.leaf.get("rule")
    if not rule:
        return ""
    code, version = rule
    url = f"{reverse('admin:rule', args=[code])}#v{version}"
    return (_("规则 %(code)s 第 %(version)s 版") % {"code": code, "version": version}, url)


def _label(choices: Any, value: str) -> str:
    return str(dict(choices.choices).get(value, value))


def labels(codes: Iterable[str]) -> str:
    return _("、").join(str(elements.get(code).label) for code in codes if elements.known(code))
