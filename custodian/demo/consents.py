"""The demo's consents: most came as a file of the book, some were said since, and one was taken back."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

from access import actors, scopes
from access.models import Subject
from custodian import clock
from custodian.demo import reference
from custodian.demo.insurer import Manifest
from records.consents import asking, changing
from records.importing import runs
from records.models import Book, Consent, Customer, ImportRun

Said = Consent.Said
# Of so many customers of the book something was on its paper forms; of the others nothing is recorded.
MOST: Final = 90
# In a hundred: how many had said yes, and how many no.
MIX: Final[Mapping[str, tuple[int, int]]] = {
    "health": (74, 2),
    "account": (80, 3),
    "income": (45, 10),
    "child": (85, 0),
    "marketing": (38, 27),
    "partners": (14, 41),
    "survey": (31, 12),
}
AGO: Final = timedelta(days=1_100)


FILE: Final = "同意记录.csv"
HEADERS: Final = ("客户号", "同意用途", "同意与否", "表示日期", "表示渠道", "凭证编号")
WORDS: Final[Mapping[str, str]] = {Said.GIVEN: "同意", Said.REFUSED: "不同意"}
WAYS: Final = ("书面", "柜面", "电话", "网上")
Row = tuple[str, str, str, str, str, str]


def bring(manifest: Manifest, book: Book, folder: Path) -> ImportRun:
    """What the book's paper forms said, as a file through the importer; one row of it is set aside."""
    path = folder / FILE
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEADERS)
        rows.writerows(_rows(manifest, book))
    return runs.run_files([path], book=book, actor=actors.system("importer"))


def begin(hers: Mapping[str, int]) -> None:
    """`hers`: whom a newcomer can be, by name; what they say themselves comes after the book."""
    with scopes.acting(actors.system("demo")):
        known = Customer.objects.select_related("book").in_bulk(list(hers.values()))
    if (one := known.get(hers.get("customer.mobile", 0))) is not None:
        _says(one, "marketing", Said.GIVEN)
        _says(one, "partners", Said.REFUSED)
        _says(one, "survey", Said.GIVEN)
        _says(one, "survey", Said.WITHDRAWN)
    if (two := known.get(hers.get("customer.email", 0))) is not None:
        _says(two, "marketing", Said.REFUSED)
        _says(two, "account", Said.GIVEN)
    if (child := known.get(hers.get("customer.guardian", 0))) is not None and child.is_child:
        _says(child, "child", Said.GIVEN, capacity="guardian")


def _on_paper(number: int) -> Iterator[tuple[str, Said]]:
    """The same for the same customer each time, and different from one purpose to the next."""
    for place, (code, (yes, no)) in enumerate(MIX.items(), 1):
        drawn = (number * 37 + place * 61 + number * place * 13) % 100
        if drawn < yes + no:
            yield code, Said.GIVEN if drawn < yes else Said.REFUSED


def _rows(manifest: Manifest, book: Book) -> Iterator[Row]:
    facts = manifest.facts
    keys = {key for listed in facts.portfolios.values() for key in listed} | set(facts.claimants)
    named = {pk: key for key, pk in reference.by_key(book, keys).items()}
    living = Customer.objects.exclude(subject__status=Subject.Status.DESTROYED)
    people = living.filter(kind="person", subject__honey=False, pk__in=list(named))
    for place, customer in enumerate(people.order_by("pk")[:MOST]):
        for code, said in _on_paper(customer.pk):
            purpose = asking.find(code)
            if purpose is not None and asking.concerns(purpose, customer):
                yield _row(named[customer.pk], purpose.name, said, customer.pk)
        if place == MOST // 2:
            # The form of some lottery, which is no purpose of this company.
            yield named[customer.pk], "抽奖活动", "同意", "2022-05-01", "网上", ""


def _row(key: str, purpose: str, said: Said, number: int) -> Row:
    day = clock.local(clock.now() - AGO - timedelta(days=number % 700)).date()
    way = WAYS[number % len(WAYS)]
    paper = f"TY-{day.year}-{number:05}" if way == "书面" else ""
    return key, purpose, WORDS[said], day.isoformat(), way, paper


def _says(customer: Customer, code: str, said: Said, *, capacity: str = "self") -> None:
    purpose = asking.find(code)
    if purpose is not None:
        actor = actors.customer(customer.pk, capacity=capacity)
        with scopes.acting(actor):
            changing.choose(customer, purpose, said, channel="portal", actor=actor)
