"""One quarter from one seed: the town, the confounders, the snoopers, and everybody's ordinary days."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from tests.audits.quarter import routine
from tests.audits.quarter.confounders import CONFOUNDERS
from tests.audits.quarter.house import House, founded
from tests.audits.quarter.snoopers import SNOOPERS, fit

FEW = 6  # a confounder of no more people is theirs, not their unit's


@dataclass
class Quarter:
    seed: int
    house: House
    planted: dict[int, str]  # the kind that each snooper is

    @property
    def looks(self) -> int:
        return sum(len(some) for day in self.house.diary.looks.values() for some in day.values())


def made(seed: int) -> Quarter:
    house = founded(Random(seed))
    for name, confound in CONFOUNDERS.items():
        people = confound(house)
        house.confounded[name] |= {each.id for each in people}
        if len(people) <= FEW:
            for each in people:
                each.part = f"benign: {name}"
    planted = dict[int, str]()
    for kind, (snoop, roles) in SNOOPERS.items():
        for role in roles:
            who = house.rng.choice([each for each in house.of(role) if fit(house, kind, each)])
            who.part = kind
            planted[who.id] = kind
            snoop(house, who)
    routine.lived(house)
    return Quarter(seed, house, planted)
