"""What a rule sees: one person's day, the days before it, and what is usual among people of her role."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from pyroaring import BitMap

from access.audits.day import SHOWN_ALONE, Day, Hit, Lists, Look, Operator, Past, Related
from access.audits.numbers import Numbers, median, quantile

MOST_ENTRIES = 50
_NOTHING = Numbers()


@dataclass
class House:
    """Everybody's days around one day: asked again and again for what is usual, counted once."""

    day: date
    operators: Mapping[int, Operator]
    today: Mapping[int, Day]
    past: Past
    related: Mapping[int, Related]
    lists: Lists
    _totals: dict[tuple[str, int], dict[int, float]] = field(default_factory=dict)

    def days_of(self, person: int, days: int) -> Iterator[tuple[date, Numbers]]:
        """The person's active days of the last `days`, today among them."""
        since = self.day - timedelta(days=days - 1)
        for day, numbers in self.past.numbers.get(person, {}).items():
            if since <= day < self.day:
                yield day, numbers
        if person in self.today:
            yield self.day, self.today[person].numbers

    def total(self, person: int, what: Callable[[Numbers], float], days: int) -> float:
        return sum(what(numbers) for _, numbers in self.days_of(person, days))

    def usual(
        self, operator: Operator, name: str, what: Callable[[Numbers], float], days: int
    ) -> float:
        """What the others of the role do over the same days: the median, or what two thirds stay below."""
        others = [
            total
            for person, total in self._all_totals(name, what, days).items()
            if person != operator.id and self.operators[person].role == operator.role
        ]
        return max(median(others), quantile(others, 0.67))

    def usual_part(
        self,
        operator: Operator,
        name: str,
        what: Callable[[Numbers], float],
        of: Callable[[Numbers], float],
        days: int,
    ) -> float:
        parts = self._all_totals(f"{name}/part", what, days)
        wholes = self._all_totals(f"{name}/whole", of, days)
        return median(
            parts[person] / whole
            for person, whole in wholes.items()
            if whole and person != operator.id and self.operators[person].role == operator.role
        )

    def alike(
        self,
        operator: Operator,
        name: str,
        what: Callable[[Numbers], float],
        days: int,
        least: float,
    ) -> float:
        """Of the others in the unit who were at work, the part with at least so much of it."""
        totals = self._all_totals(name, what, days)
        others = [
            total >= least
            for person, total in totals.items()
            if person != operator.id and self.operators[person].unit == operator.unit
        ]
        return sum(others) / len(others) if others else 0.0

    def _all_totals(
        self, name: str, what: Callable[[Numbers], float], days: int
    ) -> Mapping[int, float]:
        if (name, days) not in self._totals:
            self._totals[name, days] = {
                person: self.total(person, what, days)
                for person in self.operators
                if self._active(person, days)
            }
        return self._totals[name, days]

    def _active(self, person: int, days: int) -> bool:
        return any(True for _ in self.days_of(person, days))


@dataclass
class Case:
    """One person's day as one rule weighs it, with the rule's numbers."""

    rule: str
    house: House
    its: Day
    numbers: Mapping[str, float]

    @property
    def operator(self) -> Operator:
        return self.its.operator

    @cached_property
    def related(self) -> Related:
        return self.house.related.get(self.operator.id, Related())

    def __getitem__(self, name: str) -> float:
        return self.numbers[name]

    def days(self) -> int:
        return int(self.numbers.get("days", 1))

    def total(self, what: Callable[[Numbers], float]) -> float:
        return self.house.total(self.operator.id, what, self.days())

    def on_days(self, what: Callable[[Numbers], float]) -> int:
        """On how many of the rule's days there was any."""
        held = self.house.days_of(self.operator.id, self.days())
        return sum(what(numbers) > 0 for _, numbers in held)

    def usual_part(self, what: Callable[[Numbers], float], of: Callable[[Numbers], float]) -> float:
        """The same for how large a part of one number another is."""
        return self.house.usual_part(self.operator, self.rule, what, of, self.days())

    def usual(self, what: Callable[[Numbers], float]) -> float:
        return self.house.usual(self.operator, self.rule, what, self.days())

    def unit_does(self, what: Callable[[Numbers], float]) -> bool:
        """Whether many of the unit do half of the rule's least: it is how the unit works."""
        part = self.house.alike(self.operator, self.rule, what, self.days(), self["least"] / 2)
        return 100 * part >= self["unit_share"]

    def sights(self, codes: frozenset[str]) -> Iterator[tuple[Look, int]]:
        """Each look that showed a customer alone, with the customers for whom it has one of these codes."""
        for look, explained in zip(self.its.looks, self.its.explained, strict=True):
            if look.act not in SHOWN_ALONE:
                continue
            for subject, code in zip(look.subjects, explained, strict=True):
                if code in codes:
                    yield look, subject

    def united(
        self, days_of: Mapping[int, Mapping[date, BitMap]], today: BitMap
    ) -> dict[date, BitMap]:
        """The person's sets of customers of the rule's days, today's among them."""
        since = self.house.day - timedelta(days=self.days() - 1)
        held = days_of.get(self.operator.id, {})
        found = {day: each for day, each in held.items() if since <= day < self.house.day and each}
        return {**found, self.house.day: today} if today else found

    def hit(self, entries: Sequence[int], **facts: float | str) -> Hit:
        kept = tuple(dict.fromkeys(entries))[:MOST_ENTRIES]
        return Hit(self.rule, self.operator.id, facts, kept)
