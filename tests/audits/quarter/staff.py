"""The people of the house: their units, their pace, and how careful they are with their items."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final

from access.audits.day import Operator
from access.vocabulary import Role
from tests.audits.quarter.days import DAYS, FIRST

AGENT, SERVICE, CLAIMS = Role.AGENT, Role.SERVICE_DESK, Role.CLAIMS_HANDLER
OFFICES: Final = {
    Role.COMPLIANCE_OFFICER: (3, "1.2."),
    Role.SECURITY_OFFICER: (2, "1.2."),
    Role.AUDITOR: (3, "1.3."),
}
# Teams as (role, path of the unit, people).
TEAMS: Final = (
    *((SERVICE, f"1.4.{40 + n}.", 15) for n in range(4)),
    *((CLAIMS, f"1.5.{50 + n}.", 10) for n in range(4)),
    *((AGENT, f"1.6.{60 + n // 4}.{600 + n}.", 12) for n in range(8)),
)
PACE: Final = {AGENT: 4.5, SERVICE: 18.0, CLAIMS: 10.0}
RUSHED: Final = frozenset({0, 1})  # Mondays and Tuesdays


@dataclass
class Member:
    """Somebody of the staff, with habits; `part` is what the person plays in the ground truth."""

    id: int
    role: Role
    unit: str
    pace: float
    forgets: float
    writes_herself: float
    late: float  # share of an agent's visits in the evening or on weekends
    typos: float
    asks_astray: float  # refusals by mistake a day
    joins: date = FIRST
    away: set[date] = field(default_factory=set)
    notice_on: date | None = None
    leaves_on: date | None = None
    part: str = ""

    def on(self, day: date) -> Operator:
        given = self.notice_on if self.notice_on and self.notice_on <= day else None
        return Operator(self.id, self.role, self.unit, given, self.leaves_on if given else None)

    def here(self, day: date) -> bool:
        gone = self.leaves_on is not None and day > self.leaves_on
        return day >= self.joins and not gone and day not in self.away


def hired(rng: Random) -> list[Member]:
    found: list[Member] = []
    for role, unit, people in TEAMS:
        found += [_member(rng, len(found) + n + 1, role, unit) for n in range(people)]
    for role, (people, unit) in OFFICES.items():
        found += [_member(rng, len(found) + n + 1, role, unit) for n in range(people)]
    for each in found:
        each.away = _leave(rng)
    return found


def _member(rng: Random, number: int, role: Role, unit: str) -> Member:
    return Member(
        id=number,
        role=role,
        unit=unit,
        pace=PACE.get(role, 2.0) * rng.lognormvariate(0, 0.5 if role == AGENT else 0.25),
        forgets=_between(rng.lognormvariate(-3.3, 0.5), 0.015, 0.12),
        writes_herself=_between(rng.lognormvariate(-3.0, 0.6), 0.01, 0.25),
        late=_between(rng.lognormvariate(-2.6, 0.9), 0.0, 0.5),
        typos=_between(rng.lognormvariate(-2.9, 0.5), 0.01, 0.2),
        asks_astray=_between(rng.lognormvariate(-2.3, 0.8), 0.0, 0.6),
    )


def _leave(rng: Random) -> set[date]:
    """A holiday for most, a sick week for some, odd days off."""
    found = {day for day in DAYS if rng.random() < 0.015}
    if rng.random() < 0.6:
        found |= _stretch(rng, rng.randint(3, 12))
    if rng.random() < 0.15:
        found |= _stretch(rng, rng.randint(4, 9))
    return found


def _stretch(rng: Random, days: int) -> set[date]:
    first = rng.choice(DAYS)
    return {first + timedelta(days=n) for n in range(days)}


def _between(value: float, least: float, most: float) -> float:
    return max(least, min(most, value))
