"""The demo's consents: most came with the book, some were said since, and one was taken back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from access import actors, scopes
from access.models import Subject
from custodian import clock
from records.consents import asking, changing
from records.consents.changing import Word
from records.models import Consent, Customer

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


def begin(hers: Mapping[str, int]) -> None:
    """`hers`: whom a newcomer can be, by name; what they say themselves comes after the book."""
    with scopes.acting(actors.system("demo")):
        living = Customer.objects.exclude(subject__status=Subject.Status.DESTROYED)
        rows = living.filter(kind="person", subject__honey=False)
        customers = list(rows.select_related("book").order_by("pk")[:MOST])
        known = Customer.objects.select_related("book").in_bulk(list(hers.values()))
    for customer in customers:
        for code, said in _on_paper(customer.pk):
            _brought(customer, code, said)
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


def _brought(customer: Customer, code: str, said: Said) -> None:
    purpose = asking.find(code)
    if purpose is None or not asking.concerns(purpose, customer):
        return
    at = clock.now() - AGO - timedelta(days=customer.pk % 700)
    word = Word(said=said, by=Consent.By.IMPORT, at=at, source=customer.book.code)
    changing.follow(customer, purpose, word, channel="command")


def _says(customer: Customer, code: str, said: Said, *, capacity: str = "self") -> None:
    purpose = asking.find(code)
    if purpose is not None:
        actor = actors.customer(customer.pk, capacity=capacity)
        with scopes.acting(actor):
            changing.choose(customer, purpose, said, channel="portal", actor=actor)
