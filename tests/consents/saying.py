"""What the tests of consents do over and over: say yes or no in her name, and look."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from access import actors, gate, scopes
from access.models import User
from custodian import clock
from custodian.regimes.purposes import ProcessingPurpose
from records import evidence, vault
from records.consents import asking, changing
from records.consents.changing import Word
from records.models import Consent, Customer, Document
from tests import estate
from tests.corrections import files

GIVEN, REFUSED, WITHDRAWN = "given", "refused", "withdrawn"


def purpose(code: str) -> ProcessingPurpose:
    found = asking.find(code)
    assert found is not None
    return found


def says(customer: Customer, code: str, said: str, *, capacity: str = "self") -> Consent | None:
    """In the portal."""
    actor = actors.customer(customer.pk, capacity=capacity)
    with scopes.acting(actor):
        return changing.choose(customer, purpose(code), said, channel="portal", actor=actor)


def imported(customer: Customer, code: str, said: str, *, days: int = 400) -> Consent | None:
    word = Word(said=said, by="import", at=clock.now() - timedelta(days=days), source="QH")
    return changing.follow(customer, purpose(code), word, channel="command")


def paper(customer: Customer, person: User) -> Document:
    with estate.acting(person) as actor:
        return evidence.take(
            files.photo_of_a_place(), name="同意书.jpg", customer=customer, kind=Document.Kind.EVIDENCE,
            purpose="policy_service", channel="desk", actor=actor,
        )  # fmt: skip


def notes(
    person: User, customer: Customer, code: str, said: str, document: Document | None = None
) -> Consent | None:
    """At the desk."""
    with estate.acting(person) as actor:
        return changing.record(
            customer, purpose(code), said, evidence=document, channel="desk", actor=actor
        )


def reveal(person: User, customer: Customer, *codes: str, **more: Any) -> list[str]:
    with estate.acting(person) as actor:
        permit = gate.permit(
            actor, gate.Action.CUSTOMER_REVEAL, channel=more.pop("channel", "desk"),
            subjects=[customer.pk], elements=list(codes), **more,
        )  # fmt: skip
        return [each.text for each in vault.reveal(permit)]
