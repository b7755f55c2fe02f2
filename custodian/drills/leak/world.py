"""An insurer of the drill's own: five units, twenty people who do their work, and insiders who do more."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Final

from access import actors, gate, scopes
from access.actions import Action
from access.models import Unit, User
from access.vocabulary import Channel, Purpose, Role
from custodian import clock
from custodian.drills import cast
from records import books, intake, vault
from records.intake import NewCustomer
from records.models import Customer

UNITS: Final = 5
PEOPLE: Final = 20
WORK: Final = 60  # customers whom each sees for his work, most of them his unit's
ELEMENTS: Final = ("identity.birth_date", "identity.email", "identity.mobile", "identity.name")
CHUNK: Final = 8  # customers of one entry
DAYS: Final = 25  # over which it all happens
_BIRTHS: Final = date(1950, 1, 1)
Row = tuple[str, ...]


@dataclass
class World:
    """`customers` by their numbers; `insiders` are some of the `people`."""

    folder: Path
    dice: Random
    begin: datetime
    customers: list[Customer]
    people: list[User]
    insiders: list[User] = field(default_factory=list)
    _planned: list[tuple[datetime, User, list[int]]] = field(default_factory=list)

    def work(self) -> None:
        """Everybody sees customers of his own unit, and a few of others."""
        for place, person in enumerate(self.people):
            own = [n for n in range(len(self.customers)) if n % UNITS == place % UNITS]
            seen = self.dice.sample(own, min(WORK, len(own)))
            self._plan(person, [*seen, *self.dice.sample(range(len(self.customers)), WORK // 10)])

    def steal(self, *, number: int, each: int) -> list[list[int]]:
        """So many insiders see so many customers, of whom most are then sold: the numbers sold by each."""
        self.insiders = self.dice.sample(self.people, number)
        sold = []
        for person in self.insiders:
            seen = self.dice.sample(range(len(self.customers)), each)
            self._plan(person, seen)
            sold.append(seen[: each * 4 // 5])
        return sold

    def live(self) -> None:
        """All looks in the order of their time, in clear, through the gate."""
        for at, person, numbers in sorted(self._planned, key=lambda each: each[0]):
            with clock.at(at):
                self._look(person, numbers)

    def _plan(self, person: User, numbers: Sequence[int]) -> None:
        """A few a time, so that no quota is touched: who takes much takes it slowly."""
        waiting = iter(dict.fromkeys(numbers))
        moment = self.begin + timedelta(minutes=self.dice.randrange(600))
        while some := list(islice(waiting, CHUNK)):
            self._planned.append((moment, person, some))
            moment += timedelta(hours=11, minutes=self.dice.randrange(120))

    def _look(self, person: User, numbers: Sequence[int]) -> None:
        with scopes.acting(actors.staff(person, stepped_up=True)) as actor:
            permit = gate.permit(
                actor or actors.staff(person),
                Action.CUSTOMER_REVEAL,
                purpose=Purpose.POLICY_SERVICE,
                channel=Channel.DESK,
                subjects=sorted(self.customers[each].subject_id for each in numbers),
                elements=list(ELEMENTS),
                reason="演练",
            )
            vault.reveal(permit)

    def list_of(self, name: str, rows: Iterable[Row]) -> Path:
        """A file as it might turn up; its rows in no order."""
        shuffled = list(rows)
        self.dice.shuffle(shuffled)
        path = self.folder / "elsewhere" / name
        with path.open("w", encoding="gb18030", newline="") as file:
            csv.writer(file).writerows(shuffled)
        return path

    def strangers(self, number: int) -> list[Row]:
        return [
            (f"路{chr(0x4E00 + n)}", f"139{self.dice.randrange(10**8):08}") for n in range(number)
        ]


def populate(folder: Path, *, customers: int, seed: int) -> World:
    cast.let_in()
    units = [Unit.objects.create(code=f"D{n}", name=f"演练{n}") for n in range(UNITS)]
    people = [
        cast.person(f"drill.p{n:02}", Role.SERVICE_DESK, units[n % UNITS]) for n in range(PEOPLE)
    ]
    new = [
        NewCustomer(
            kind="person",
            source_key=f"L{number:06}",
            unit_id=units[number % UNITS].pk,
            values=values_of(number),
        )
        for number in range(customers)
    ]
    begin = clock.now() - timedelta(days=DAYS)
    made: list[Customer] = []
    with clock.at(begin - timedelta(days=1)):
        for at in range(0, customers, 500):
            made += intake.register(
                new[at : at + 500],
                book=books.own(),
                channel=Channel.COMMAND,
                actor=actors.system("importer"),
            )
    dice = Random(seed)  # noqa: S311  a drill is repeatable
    return World(folder, dice, begin, made, people)


def values_of(number: int) -> dict[str, str]:
    """Of nobody."""
    return {
        "identity.name": f"李{chr(0x4E00 + number % 2_000)}",
        "identity.birth_date": (_BIRTHS + timedelta(days=number % 18_000)).isoformat(),
        "identity.mobile": f"138{number:08}",
        "identity.email": f"li{number}@example.com",
    }
