"""A closed book of old endowments in the insurer's own columns: couples and single people, long in force."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Final

from custodian.demo.insurer import dialects, places, products, staff, words
from custodian.demo.insurer.contracts import IN_FORCE, Claim, Policy
from custodian.demo.insurer.manifest import Manifest
from custodian.demo.insurer.numbers import Supply
from custodian.demo.insurer.parties import Party, Registry
from custodian.demo.insurer.tables import Tables

CODE, NAME = "QH-OLD", "青禾早年两全险"
SOLD: Final = products.PERSONAL[-1]  # not sold any more
CUSTOMERS, POLICIES, CLAIMS = "早年客户.xlsx", "早年保单.csv", "早年理赔.csv"
_SHEET: Final = "个人客户"
_AGES: Final = (38, 66)
_COUPLES: Final = 4  # of each so many the first two are a couple
_CLAIMED: Final = 7
_YEARS: Final = 20


def write(folder: Path, *, customers: int, today: date) -> list[Path]:
    """The same arguments write the same content; the files in the order of their import."""
    folder.mkdir(parents=True, exist_ok=True)
    people = _people(customers, today)
    policies = list(_policies(people, today))
    written = Manifest(
        insurer=staff.INSURER, code=CODE, seed=0, today=today.isoformat(), importable=[], reference=[],
    )  # fmt: skip
    table = f"{CUSTOMERS}#{_SHEET}"
    with Tables(folder, written) as tables:
        tables.sheet(CUSTOMERS, _SHEET, dialects.PERSONS, holds="customers")
        tables.csv(POLICIES, dialects.PERSONAL_POLICIES, holds="policies", encoding="gb18030")
        tables.csv(CLAIMS, dialects.CLAIMS, holds="claims", encoding="utf-8-sig")
        for party in people:
            tables.add(table, party, dialects.PERSONS)
        for policy in policies:
            tables.add(POLICIES, policy, dialects.PERSONAL_POLICIES)
        for claim in _claims(policies, today):
            tables.add(CLAIMS, claim, dialects.CLAIMS)
    return [folder / name for name in (CUSTOMERS, POLICIES, CLAIMS)]


def _people(count: int, today: date) -> list[Party]:
    random = Random(CODE)  # noqa: S311 - invented data, repeatable on purpose
    registry = Registry(random=random, supply=Supply(random), today=today)
    people: list[Party] = []
    for number in range(count):
        party = registry.adult(random.choice(places.ELSEWHERE), ages=_AGES)
        party.key = f"ZN{number + 1:05d}"
        if number % _COUPLES == 1:
            party.address = people[-1].address
        people.append(party)
    return people


def _policies(people: Sequence[Party], today: date) -> Iterator[Policy]:
    """Each has one; the first of a couple insures the second."""
    for number, holder in enumerate(people):
        couple = number % _COUPLES == 0 and number + 1 < len(people)
        insured = people[number + 1] if couple else holder
        starts = today - timedelta(days=365 * 13 + number * 97 % 1800)
        amount = 20_000 + number * 7 % 11 * 10_000
        yield Policy(
            number=f"Z{starts.year}3201{700 + number:06d}",
            holder_key=holder.key,
            insured_key=insured.key,
            relation="配偶" if couple else "本人",
            product=SOLD,
            starts=starts,
            ends=starts + timedelta(days=round(365.25 * _YEARS)),
            status=IN_FORCE,
            next_due=None,
            sum_insured=amount,
            premium=round(amount * SOLD.rate),
            unit=staff.HEAD_OFFICE.code,
        )


def _claims(policies: Sequence[Policy], today: date) -> Iterator[Claim]:
    kind, story, diagnosis, usual = next(each for each in words.CLAIMS if each[0] == "重疾")
    for number, policy in enumerate(policies[::_CLAIMED]):
        reported = today - timedelta(days=400 + 31 * number)
        yield Claim(
            number=f"ZC{reported.year}{number + 1:05d}",
            policy_number=policy.number,
            insured_key=policy.insured_key,
            kind=kind,
            status="已结案",
            reported=reported,
            decided=reported + timedelta(days=17),
            description=story,
            diagnosis=diagnosis,
            amount=usual,
            handler="",
        )
