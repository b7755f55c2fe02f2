"""Invented customers: persons of every kind of document, and organisations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from custodian.demo.insurer import places, words
from custodian.demo.insurer.numbers import Supply
from custodian.demo.insurer.places import Place

RESIDENT_ID: Final = "居民身份证"
LONG_TERM: Final = "长期"
YEAR: Final = 365.2425


@dataclass(slots=True)
class Party:
    """One customer as the insurer keeps it; `born_text` stands in for a date nobody can read."""

    key: str
    name: str
    place: Place
    address: str
    id_type: str
    id_number: str
    kind: str = "person"
    sex: str = ""
    born: date | None = None
    born_text: str = ""
    nationality: str = "中国"
    occupation: str = ""
    valid_until: str = ""
    mobile: str = ""
    landline: str = ""
    email: str = ""
    workplace: str = ""
    income: int | None = None
    bank: str = ""
    account: str = ""
    legal_representative: str = ""
    guardian_name: str = ""
    guardian_key: str = ""
    relation: str = ""
    sheet: str = ""

    def age(self, today: date) -> int:
        return 0 if self.born is None else int((today - self.born).days / YEAR)


class Registry:
    """Makes parties, each with a key of its own."""

    def __init__(self, *, random: Random, supply: Supply, today: date) -> None:
        self.random, self.supply, self.today = random, supply, today
        self._keys = 10_000

    def key(self) -> str:
        self._keys += 1
        return f"KH{self._keys:08d}"

    def birthday(self, youngest: int, oldest: int) -> date:
        """A day that makes somebody at least `youngest` and less than `oldest` years old today."""
        latest = self.today - timedelta(days=int(youngest * YEAR) + 2)
        return latest - timedelta(days=self.random.randrange(int((oldest - youngest) * YEAR) - 3))

    def adult(
        self, place: Place, *, sex: str = "", surname: str = "", ages: tuple[int, int] = (20, 78)
    ) -> Party:
        random = self.random
        sex = sex or random.choice("男女")
        surname = surname or self._surname()
        party = self._resident(place, surname=surname, sex=sex, born=self.birthday(*ages))
        party.mobile = self.supply.mobile()
        if random.random() < 0.12:
            party.landline = self.supply.landline(place.dialling)
        self._livelihood(party)
        return party

    def child(self, parent: Party, *, surname: str, oldest: int) -> Party:
        random = self.random
        party = self._resident(
            parent.place,
            surname=surname,
            sex=random.choice("男女"),
            born=self.birthday(0, oldest),
        )
        age = party.age(self.today)
        party.address = parent.address
        party.mobile = parent.mobile
        party.occupation = words.PUPIL if age >= 6 else words.TODDLER
        party.guardian_name, party.guardian_key = parent.name, parent.key
        party.relation = "父亲" if parent.sex == "男" else "母亲"
        if age < 10 and random.random() < 0.5:
            party.id_type, party.valid_until = "户口簿", ""
        if age < 1:
            party.id_type, party.valid_until = "出生医学证明", ""
            party.id_number = f"{random.choice('PQRU')}{random.randrange(10**9):09d}"
        return party

    def foreigner(self, place: Place) -> Party:
        random = self.random
        sex = random.choice("男女")
        name = f"{random.choice(words.FOREIGN_FAMILY)} {random.choice(words.FOREIGN_GIVEN[sex])}"
        party = self.adult(place, sex=sex, ages=(24, 65))
        party.name, party.nationality = name, random.choice(words.FOREIGN_NATIONS)
        party.id_type, party.id_number = "护照", self.supply.passport()
        party.valid_until = self._until(years=10)
        if random.random() < 0.2 and party.born is not None:
            party.id_type = "外国人永久居留证"
            party.id_number = self.supply.resident_id("932840", party.born, sex)
        party.email = f"{name.lower().replace(' ', '.')}{random.randrange(1000)}@example.org"
        party.sheet = "境外客户"
        return party

    def compatriot(self, place: Place) -> Party:
        party = self.adult(place, ages=(24, 70))
        choice = self.random.randrange(4)
        party.valid_until = self._until(years=10)
        party.sheet = "境外客户"
        if choice == 0 and party.born is not None:
            party.id_type, party.nationality = "港澳台居民居住证", "中国香港"
            party.id_number = self.supply.resident_id("810000", party.born, party.sex)
        elif choice == 1:
            party.id_type, party.nationality = "台湾居民来往大陆通行证", "中国台湾"
            party.id_number = self.supply.permit()
        else:
            party.id_type = "港澳居民来往内地通行证"
            party.nationality = "中国香港" if choice == 2 else "中国澳门"
            party.id_number = self.supply.permit("H" if choice == 2 else "M")
        return party

    def organisation(self, place: Place) -> Party:
        random = self.random
        brand, trade = random.choice(words.BRANDS), random.choice(words.TRADES)
        name = f"{place.city}{brand}{random.choice(words.BRANDS)}{trade}有限公司"
        return Party(
            key=self.key(),
            kind="organisation",
            name=name,
            place=place,
            address=places.premises(place, random),
            id_type="统一社会信用代码",
            id_number=self.supply.uscc(place.code),
            valid_until=LONG_TERM if random.random() < 0.6 else self._until(years=20),
            occupation=random.choice(words.INDUSTRIES),
            landline=self.supply.landline(place.dialling),
            mobile=self.supply.mobile(),
            email=f"office{random.randrange(10**5)}@example.net",
            legal_representative=self._named(self._surname(), random.choice("男女"), 45),
            bank=random.choice(words.BANKS),
            account=self.supply.card(),
            sheet="单位客户",
        )

    def _resident(self, place: Place, *, surname: str, sex: str, born: date) -> Party:
        random = self.random
        area = place if random.random() < 0.75 else random.choice(places.ALL)
        age = int((self.today - born).days / YEAR)
        return Party(
            key=self.key(),
            name=self._named(surname, sex, age),
            place=place,
            address=places.address(place, random),
            id_type=RESIDENT_ID,
            id_number=self.supply.resident_id(area.code, born, sex),
            sex=sex,
            born=born,
            valid_until=LONG_TERM if age >= 50 else self._until(years=_validity(age)),
            sheet="个人客户",
        )

    def _livelihood(self, party: Party) -> None:
        random, age = self.random, party.age(self.today)
        party.occupation = words.RETIRED if age >= 62 else random.choice(words.OCCUPATIONS)
        party.workplace = "" if age >= 62 else self.employer(party.place)
        party.income = round(random.lognormvariate(11.3, 0.5) / 1000) * 1000
        party.bank, party.account = random.choice(words.BANKS), self.supply.card()
        if random.random() < 0.45:
            surname = words.SURNAMES.get(party.name[0]) or words.COMPOUND_SURNAMES.get(
                party.name[:2]
            )
            party.email = f"{surname or 'kehu'}{party.key[-6:].lstrip('0')}@example.com"

    def employer(self, place: Place) -> str:
        random, draw = self.random, self.random.random()
        if draw < 0.15:
            return random.choice(words.SELF_EMPLOYED)
        if draw < 0.3:
            return random.choice(words.PUBLIC_EMPLOYERS)
        return f"{place.city}{random.choice(words.BRANDS)}{random.choice(words.TRADES)}有限公司"

    def _surname(self) -> str:
        if self.random.random() < 0.02:
            return self.random.choice(_COMPOUND)
        # Two draws, the lower wins: the first surnames of the list are the common ones.
        return _SURNAMES[min(self.random.randrange(len(_SURNAMES)) for _ in range(2))]

    def _named(self, surname: str, sex: str, age: int) -> str:
        while (name := surname + self._given(sex, age)) in words.PUBLIC_FIGURES:
            pass
        return name

    def _given(self, sex: str, age: int) -> str:
        random, draw = self.random, self.random.random()
        if age > 55 and draw < 0.5:
            return random.choice(words.GIVEN_OLD[sex])
        if draw > 0.72:
            return random.choice(words.GIVEN[sex])
        return random.choice(words.GIVEN[sex]) + random.choice(words.GIVEN[sex])

    def _until(self, *, years: int) -> str:
        return (self.today + timedelta(days=self.random.randint(40, years * 365))).isoformat()


def _validity(age: int) -> int:
    if age < 16:
        return 5
    return 10 if age < 26 else 20


_SURNAMES: Final = tuple(words.SURNAMES)
_COMPOUND: Final = tuple(words.COMPOUND_SURNAMES)
