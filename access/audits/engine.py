"""The audit of one day: looks in, everybody's day and the hits of all rules out. Pure, and so testable."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from access.audits import manner_rules, much_rules, near_rules
from access.audits.day import Day, Hit, Lists, Look, Operator, Past, Related, SignIn
from access.audits.explaining import Explainer
from access.audits.summing import summed
from access.audits.weighing import Case, House

Rule = Callable[[Case], Hit | None]
RULES: Mapping[str, Rule] = {
    "self": near_rules.own,
    "family": near_rules.family,
    "colleague": near_rules.colleague,
    "kin": near_rules.kin,
    "vip": near_rules.vip,
    "off-hours": manner_rules.off_hours,
    "off-portfolio": manner_rules.off_portfolio,
    "enumeration": manner_rules.enumeration,
    "fishing": manner_rules.fishing,
    "bulk": much_rules.bulk,
    "harvest": much_rules.harvest,
    "drip": much_rules.drip,
    "leaver": much_rules.leaver,
    "dormant": manner_rules.dormant,
    "shared": manner_rules.shared,
    "unexplained": much_rules.unexplained,
    "own-word": much_rules.own_word,
    "honey": near_rules.honey,
}
# Told by itself within the minute; the audit of the day does not tell it again.
AT_ONCE = frozenset({"honey"})


@dataclass(frozen=True)
class World:
    """The people, the customers near to them, and the reasons to look, as they were on the day."""

    operators: Mapping[int, Operator]
    explainer: Explainer
    related: Mapping[int, Related] = field(default_factory=dict)
    lists: Lists = field(default_factory=Lists)


@dataclass(frozen=True)
class Outcome:
    days: Mapping[int, Day]
    hits: Sequence[Hit]


def audit(
    day: date,
    looks: Mapping[int, Sequence[Look]],
    *,
    world: World,
    past: Past,
    rules: Mapping[str, Mapping[str, float]],
    sign_ins: Mapping[int, Sequence[SignIn]] | None = None,
) -> Outcome:
    """Explain the day's looks and hold every rule in `rules` (code: numbers) against everybody's day."""
    signed = sign_ins or {}
    days = {
        person: summed(
            operator, day, looks.get(person, ()), signed.get(person, ()), world.explainer
        )
        for person, operator in world.operators.items()
        if looks.get(person) or signed.get(person)
    }
    house = House(day, world.operators, days, past, world.related, world.lists)
    hits = [
        hit
        for code, numbers in rules.items()
        for its in days.values()
        if (hit := RULES[code](Case(code, house, its, numbers))) is not None
    ]
    return Outcome(days, hits)
