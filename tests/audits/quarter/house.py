"""Town, staff and diary together, and who has which customers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time
from random import Random

from access.audits.day import Related
from access.audits.explaining import Assigned
from tests.audits.quarter import staff, town
from tests.audits.quarter.days import FIRST
from tests.audits.quarter.diary import Diary
from tests.audits.quarter.staff import AGENT, Member
from tests.audits.quarter.town import CUSTOMERS

BEFORE = datetime.combine(FIRST.replace(year=FIRST.year - 1), time())


@dataclass
class House:
    rng: Random
    members: list[Member]
    town: town.Town
    diary: Diary
    portfolios: dict[int, list[int]] = field(default_factory=dict)
    inherited: dict[int, tuple[date, list[int]]] = field(default_factory=dict)
    related: dict[int, Related] = field(default_factory=dict)
    # Which confounder touches a unit or a person, by name.
    confounded: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    # Units on evening and weekend shifts, with the days.
    shifts: dict[str, range] = field(default_factory=dict)
    # Units whose telephone system names wrong numbers, with the days.
    wrong_numbers: dict[str, range] = field(default_factory=dict)

    def of(self, role: str) -> list[Member]:
        return [each for each in self.members if each.role == role]

    def team(self, unit: str) -> list[Member]:
        return [each for each in self.members if each.unit == unit]

    def units(self, role: str) -> list[str]:
        return sorted({each.unit for each in self.of(role)})

    def portfolio(self, who: Member, day: date) -> list[int]:
        """What is the person's own on that day, with what she took over from others."""
        since, left = self.inherited.get(who.id, (day, []))
        return self.portfolios[who.id] + (left if since < day else [])

    def relate(self) -> None:
        self.related = {each.id: self.town.related(each.id) for each in self.members}

    def assign(self, customer: int, who: Member, since: datetime = BEFORE) -> None:
        self.portfolios[who.id].append(customer)
        self.diary.assigned.append(Assigned(customer, who.id, since))

    def caller(self, who: Member) -> int:
        """Whoever calls next; nobody calls herself, and relatives are mostly passed on to others."""
        near = self.related[who.id]
        while True:
            customer = self.rng.choice(self.town.callers)
            relative = customer in near.family and self.rng.random() < 0.8
            if customer not in near.own and not relative:
                return customer

    def anybody(self) -> int:
        """Some customer of whom nobody takes special note."""
        special = self.town.vip | self.town.honey | self.town.lists.staff
        while True:
            customer = self.rng.randrange(CUSTOMERS)
            if customer not in special:
                return customer


def founded(rng: Random) -> House:
    members = staff.hired(rng)
    place = town.built(rng, [each.id for each in members])
    house = House(rng, members, place, Diary(rng), portfolios=defaultdict(list))
    house.relate()
    _assign(house)
    return house


def _assign(house: House) -> None:
    """Portfolios of very different sizes, taken in runs as books are; a fifth belongs to nobody."""
    rng, agents = house.rng, house.of(AGENT)
    weights = [rng.lognormvariate(0, 0.5) for _ in agents]
    customer = 0
    while customer < CUSTOMERS:
        length = rng.randint(1, 12)
        who = rng.choices(agents, weights)[0] if rng.random() < 0.8 else None
        for each in range(customer, min(customer + length, CUSTOMERS)):
            if who is not None and each not in house.town.honey | house.related[who.id].own:
                house.assign(each, who)
        customer += length
