"""Feeds a quarter into the audit day after day, remembering the days before as the product does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from pyroaring import BitMap

from access.audits.day import Hit, Lists, Past
from access.audits.engine import AT_ONCE, World, audit
from access.audits.explaining import Explainer
from access.audits.numbers import Numbers
from access.audits.thresholds import DECLARED, WINDOW
from tests.audits.quarter.days import DAYS
from tests.audits.quarter.made import Quarter

Thresholds = Mapping[str, Mapping[str, float]]
RULES: Thresholds = {code: each.numbers for code, each in DECLARED.items() if code not in AT_ONCE}


@dataclass
class Memory:
    """The past, as the audit asks for it."""

    numbers: dict[int, dict[date, Numbers]] = field(default_factory=lambda: defaultdict(dict))
    unexplained: dict[int, dict[date, BitMap]] = field(default_factory=lambda: defaultdict(dict))
    unasked: dict[int, dict[date, BitMap]] = field(default_factory=lambda: defaultdict(dict))
    last_active: dict[int, date] = field(default_factory=dict)

    def past(self) -> Past:
        return Past(self.numbers, self.unexplained, self.unasked, self.last_active)

    def forget(self, before: date) -> None:
        for held in (self.numbers, self.unexplained, self.unasked):
            for days in held.values():
                for day in [day for day in days if day < before]:
                    del days[day]


@dataclass
class Run:
    """What a whole quarter's audits found, and what they remember at its end."""

    hits: list[tuple[date, Hit]] = field(default_factory=list)
    memory: Memory = field(default_factory=Memory)


def run(quarter: Quarter, rules: Thresholds = RULES) -> Run:
    """Audit day after day, with the numbers that an installation begins with."""
    its, lists = Run(), quarter.house.town.lists
    for day in DAYS:
        world = _world(quarter, day, lists)
        its.hits += [(day, hit) for hit in _day(world, quarter, day, its.memory, rules)]
    return its


def _world(quarter: Quarter, day: date, lists: Lists) -> World:
    house = quarter.house
    return World(
        operators={each.id: each.on(day) for each in house.members if day >= each.joins},
        explainer=Explainer(house.diary.items[day], house.diary.assigned),
        related=house.related,
        lists=lists,
    )


def _day(world: World, quarter: Quarter, day: date, memory: Memory, rules: Thresholds) -> list[Hit]:
    diary = quarter.house.diary
    memory.forget(day - timedelta(days=WINDOW))
    looks = {
        person: sorted(some, key=lambda look: look.at)
        for person, some in diary.looks[day].items()
        if person in world.operators
    }
    sign_ins = {
        person: sorted(some, key=lambda each: each.at)
        for person, some in diary.sign_ins[day].items()
    }
    outcome = audit(day, looks, world=world, past=memory.past(), rules=rules, sign_ins=sign_ins)
    for person, its in outcome.days.items():
        memory.numbers[person][day] = its.numbers
        memory.unexplained[person][day] = its.unexplained
        memory.unasked[person][day] = its.unasked
        memory.last_active[person] = day
    return list(outcome.hits)
