"""The customers: households, surnames and streets, the staff who are customers too, known people."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from random import Random
from typing import Final

from pyroaring import BitMap

from access.audits.day import Lists, Related

CUSTOMERS: Final = 10_000
STREETS: Final = 420
VIPS: Final = 30
HONEY: Final = 12
# Share of the ten most usual surnames; the others have a long tail.
SURNAMES: Final = [0.075, 0.072, 0.068, 0.055, 0.048, 0.03, 0.027, 0.022, 0.02, 0.018]


@dataclass
class Town:
    surname: list[int]
    street: list[int]
    household: list[int]
    vip: BitMap
    honey: BitMap
    # Which customer a member of staff is, for those who are customers.
    of_staff: dict[int, int] = field(default_factory=dict)
    # Whoever calls often is called for often.
    callers: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.members: dict[int, list[int]] = defaultdict(list)
        self.neighbours: dict[tuple[int, int], list[int]] = defaultdict(list)
        for customer, household in enumerate(self.household):
            self.members[household].append(customer)
            place = self.surname[customer], self.street[customer]
            self.neighbours[place].append(customer)

    @property
    def lists(self) -> Lists:
        return Lists(staff=BitMap(self.of_staff.values()), vip=self.vip, honey=self.honey)

    def related(self, person: int) -> Related:
        own = self.of_staff.get(person)
        if own is None:
            return Related()
        family = BitMap(self.members[self.household[own]]) - BitMap([own])
        kin = BitMap(self.neighbours[self.surname[own], self.street[own]]) - BitMap([own])
        return Related(own=BitMap([own]), family=family, kin=kin - family)


def built(rng: Random, staff: list[int]) -> Town:
    surname, street, household = [0] * CUSTOMERS, [0] * CUSTOMERS, [0] * CUSTOMERS
    order = list(range(CUSTOMERS))
    rng.shuffle(order)  # a family does not register in one go
    number = 0
    while order:
        size = min(len(order), rng.choices((1, 2, 3, 4, 5), (45, 22, 18, 10, 5))[0])
        lives, name = rng.randrange(STREETS), _surname(rng)
        for place in range(size):
            customer = order.pop()
            # Wives keep their names.
            surname[customer] = _surname(rng) if place == 1 and rng.random() < 0.9 else name
            street[customer], household[customer] = lives, number
        number += 1
    some = rng.sample(range(CUSTOMERS), VIPS + HONEY)
    town = Town(surname, street, household, BitMap(some[:VIPS]), BitMap(some[VIPS:]))
    _employ(town, rng, staff)
    town.callers = _callers(town, rng)
    return town


def _surname(rng: Random) -> int:
    chance = rng.random()
    for name, share in enumerate(SURNAMES):
        if chance < share:
            return name
        chance -= share
    return 10 + int(rng.paretovariate(0.7)) % 400


def _employ(town: Town, rng: Random, staff: list[int]) -> None:
    """Six in ten of the staff are customers of the house, most of them with their families."""
    special = town.vip | town.honey
    families = [
        each for each in town.members.values() if len(each) >= 2 and not special & BitMap(each)
    ]
    rng.shuffle(families)
    for person in staff:
        if rng.random() < 0.6:
            town.of_staff[person] = families.pop()[0]


def _callers(town: Town, rng: Random) -> list[int]:
    """Customers as often as they call; staff and known people mostly use ways of their own."""
    quiet = town.vip | BitMap(town.of_staff.values())
    found: list[int] = []
    for customer in range(CUSTOMERS):
        if customer in town.honey:
            continue
        times = min(int(rng.paretovariate(1.1)), 12)
        if customer in quiet:
            times = 1 if rng.random() < 0.35 else 0
        found += [customer] * times
    return found
