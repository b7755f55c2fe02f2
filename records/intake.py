"""Registering customers: one at the desk, one by API, or a few hundred of a book, by the same steps.

Everything of a call is one transaction with one log entry: rows, keys, blind indexes and assignments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID, uuid4

from django.db import transaction

from access import gate, keystore, scopes
from access.actions import Action
from access.actors import Actor, system
from access.keystore import DataKey
from access.models import Assignment, Subject
from access.querylog.leaf import Tagged
from records import blind_indexes, vault
from records.models import Account, BlindIndex, Book, Customer, Finances, Identity
from records.vault import SealedValues


@dataclass(frozen=True, kw_only=True)
class NewCustomer:
    """A checked customer. `values` are texts by element code; `accounts` likewise, one mapping each."""

    kind: str
    source_key: str
    unit_id: int
    values: Mapping[str, str]
    accounts: Sequence[Mapping[str, str]] = ()
    intermediary_id: int | None = None
    assignments: Sequence[tuple[int, datetime]] = ()
    minor_until: date | None = None
    honey: bool = False
    origin: tuple[str, str] = (
        "import",
        "",
    )  # where the values came from, and since when (ISO date)


@dataclass
class _Sealing:
    """A customer on the way into the tables."""

    new: NewCustomer
    subject: Subject
    identity: SealedValues
    finances: SealedValues
    digests: list[tuple[str, bytes, UUID]] = field(default_factory=list)


def register(
    newcomers: Sequence[NewCustomer],
    *,
    book: Book,
    channel: str,
    actor: Actor,
    action: Action = Action.CUSTOMER_CREATE,
    operation: UUID | None = None,
) -> list[Customer]:
    """Write customers who are new to the book. Raises IntegrityError when one of them is not."""
    # The rows come into existence under the system's reach: nobody is assigned to them yet.
    with transaction.atomic(), scopes.acting(system("importer")):
        subjects = Subject.objects.bulk_create(
            [Subject(unit_id=new.unit_id, honey=new.honey) for new in newcomers]
        )
        keystore.create_subject_keys([subject.pk for subject in subjects])
        sealed = _seal_all(newcomers, subjects)
        customers = _write(sealed, book)
        gate.authorise(
            actor,
            action,
            channel=channel,
            purpose="import" if action is Action.BOOK_IMPORT else "policy_service",
            subjects=_tagged(subjects),
            facts={"state": _state(sealed), "book": book.code},
            operation=operation,
        )
    return customers


def _seal_all(newcomers: Sequence[NewCustomer], subjects: Sequence[Subject]) -> list[_Sealing]:
    holdings = [(uuid4(), uuid4()) for _ in newcomers]
    keys = keystore.create(holding for pair in holdings for holding in pair)
    return [
        _seal_one(new, subject, pair, keys)
        for new, subject, pair in zip(newcomers, subjects, holdings, strict=True)
    ]


def _seal_one(
    new: NewCustomer, subject: Subject, pair: tuple[UUID, UUID], keys: Mapping[UUID, DataKey]
) -> _Sealing:
    identity, finances = pair
    own = {code: text for code, text in new.values.items() if code.startswith("identity.") and text}
    money = {code: text for code, text in new.values.items() if code == "financial.income" and text}
    for slot, account in enumerate(new.accounts, 1):
        money |= {f"{code}/{slot}": text for code, text in account.items() if text}
    return _Sealing(
        new,
        subject,
        vault.seal(own, holding=identity, key=keys[identity]),
        vault.seal(money, holding=finances, key=keys[finances]),
        _digests(own, identity, new.accounts, finances),
    )


def _digests(
    own: Mapping[str, str], identity: UUID, accounts: Sequence[Mapping[str, str]], finances: UUID
) -> list[tuple[str, bytes, UUID]]:
    found = [(code, digest, identity) for code, digest in blind_indexes.of_values(own)]
    for account in accounts:
        found += [(code, digest, finances) for code, digest in blind_indexes.of_values(account)]
    return found


def _write(sealed: Sequence[_Sealing], book: Book) -> list[Customer]:
    customers = Customer.objects.bulk_create([_customer(each, book) for each in sealed])
    Identity.objects.bulk_create([_identity(each) for each in sealed])
    Finances.objects.bulk_create([_finances(each) for each in sealed])
    Account.objects.bulk_create([row for each in sealed for row in _accounts(each)])
    BlindIndex.objects.bulk_create(
        [
            BlindIndex(element=code, digest=digest, subject=each.subject, holding=holding)
            for each in sealed
            for code, digest, holding in each.digests
        ]
    )
    Assignment.objects.bulk_create(
        [
            Assignment(subject=each.subject, user_id=user, since=since)
            for each in sealed
            for user, since in each.new.assignments
        ]
    )
    return customers


def _customer(each: _Sealing, book: Book) -> Customer:
    return Customer(
        subject=each.subject,
        kind=each.new.kind,
        book=book,
        intermediary_id=each.new.intermediary_id,
        source_digest=blind_indexes.of_source(book.code, each.new.source_key),
        minor_until=each.new.minor_until,
    )


def _identity(each: _Sealing) -> Identity:
    source, since = each.new.origin
    return Identity(
        subject=each.subject,
        holding=each.identity.holding,
        epoch=each.identity.epoch,
        state_mac=each.identity.mac,
        origins={code: [source, since] for code in each.identity.blobs},
        **{f"{code.partition('.')[2]}_sealed": blob for code, blob in each.identity.blobs.items()},
    )


def _finances(each: _Sealing) -> Finances:
    source, since = each.new.origin
    return Finances(
        subject=each.subject,
        holding=each.finances.holding,
        epoch=each.finances.epoch,
        state_mac=each.finances.mac,
        origins={place.partition("/")[0]: [source, since] for place in each.finances.blobs},
        income_sealed=each.finances.blobs.get("financial.income"),
    )


def _accounts(each: _Sealing) -> list[Account]:
    blobs = each.finances.blobs
    return [
        Account(
            subject=each.subject,
            slot=slot,
            bank_name_sealed=blobs.get(f"financial.bank_name/{slot}"),
            bank_account_sealed=blobs.get(f"financial.bank_account/{slot}"),
        )
        for slot in range(1, len(each.new.accounts) + 1)
    ]


def _state(sealed: Sequence[_Sealing]) -> str:
    """One hash over the new state of every holding of the call, in order."""
    return sha256(
        b"".join(each.identity.state + each.finances.state for each in sealed)
    ).hexdigest()


def _tagged(subjects: Sequence[Subject]) -> list[Tagged]:
    found = scopes.find([subject.pk for subject in subjects])
    return gate.tagged(found)
