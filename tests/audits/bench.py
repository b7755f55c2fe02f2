"""One person's day on a bench: looks, work and past put together by hand, held against one rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count

from pyroaring import BitMap

from access.audits.day import Hit, Lists, Look, Operator, Past, Related, SignIn
from access.audits.engine import World, audit
from access.audits.explaining import Assigned, Explainer, Item
from access.audits.numbers import Numbers
from access.audits.thresholds import DECLARED

WEDNESDAY = date(2026, 3, 18)
UNIT = "1.4.41."
ME = Operator(1, "service_desk", UNIT)
# Four at the same desk, six elsewhere.
OTHERS = [Operator(n, "service_desk", UNIT if n < 6 else "1.4.42.") for n in range(2, 12)]
_entries = count(1)


def at(hour: int, minute: int = 0, second: int = 0, *, back: int = 0) -> datetime:
    day = WEDNESDAY - timedelta(days=back)
    return datetime.combine(day, time(hour)) + timedelta(minutes=minute, seconds=second)


def look(
    act: str, *subjects: int, when: datetime | None = None, purpose: str = "policy_service",
    because: str = "",
) -> Look:  # fmt: skip
    return Look(next(_entries), when or at(10), act, purpose, subjects, "", because)


def views(*subjects: int, when: datetime | None = None) -> list[Look]:
    return [look("view", each, when=when) for each in subjects]


def opens(*subjects: int, when: datetime | None = None) -> list[Look]:
    return [look("reveal", each, when=when) for each in subjects]


def work(subject: int, **more: object) -> Item:
    """An item of mine from another system, open since yesterday."""
    known = {"kind": "contact", "user": ME.id, "unit": "", "opened_at": at(9, back=1)}
    return Item(subject=subject, **{**known, **more})  # type: ignore[arg-type]


@dataclass
class Bench:
    looks: Sequence[Look] = ()
    sign_ins: Sequence[SignIn] = ()
    items: Sequence[Item] = ()
    assigned: Sequence[Assigned] = ()
    related: Related = field(default_factory=Related)
    lists: Lists = field(default_factory=Lists)
    me: Operator = ME
    team: Sequence[Operator] = ()
    # By person, and by how many days back.
    numbers: Mapping[int, Mapping[int, Numbers]] = field(default_factory=dict)
    unexplained: Mapping[int, BitMap] = field(default_factory=dict)
    unasked: Mapping[int, BitMap] = field(default_factory=dict)
    last_active: int | None = None
    # What others of the role did today.
    theirs: Mapping[int, Sequence[Look]] = field(default_factory=dict)

    def found(self, rule: str) -> Hit | None:
        """What the rule says with the numbers that it begins with."""
        outcome = audit(
            WEDNESDAY,
            {**self.theirs, self.me.id: self.looks},
            world=World(
                {each.id: each for each in (self.me, *OTHERS, *self.team)},
                Explainer(self.items, self.assigned),
                {self.me.id: self.related},
                self.lists,
            ),
            past=self._past(),
            rules={rule: DECLARED[rule].numbers},
            sign_ins={self.me.id: self.sign_ins},
        )
        return next((hit for hit in outcome.hits if hit.operator == self.me.id), None)

    def _past(self) -> Past:
        before = {
            person: {_back(n): each for n, each in days.items()}
            for person, days in self.numbers.items()
        }
        last = {} if self.last_active is None else {self.me.id: _back(self.last_active)}
        return Past(
            before,
            {self.me.id: {_back(n): each for n, each in self.unexplained.items()}},
            {self.me.id: {_back(n): each for n, each in self.unasked.items()}},
            last,
        )


def _back(days: int) -> date:
    return WEDNESDAY - timedelta(days=days)


def peers(**numbers: int) -> dict[int, dict[int, Numbers]]:
    """Everybody else of the role had this day yesterday."""
    return {each.id: {1: Numbers(**numbers)} for each in OTHERS}  # type: ignore[arg-type]
