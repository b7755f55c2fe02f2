"""Registering customers: one at the desk, one by API, or a few hundred of a book, by the same steps.

Everything of a call is one transaction with one log entry: rows, keys, blind indexes and assignments.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID, uuid4

from django.db import transaction

from access import gate, keystore, scopes
from access.actions import Action
from access.actors import Actor, system
from access.keystore import DataKey
from access.models import Subject
from access.querylog.leaf import Tagged
from custodian import clock
from records import blind_indexes, bulk, references, states, vault
from records.blind_indexes import Fingerprint
from records.models import Book, Customer, Identity
from records.vault import SealedValues

_IDENTITY: Final = tuple(
    field.name.removesuffix("_sealed")
    for field in Identity._meta.concrete_fields
    if field.name.endswith("_sealed")
)
IMPORTING: Final = frozenset({Action.BOOK_IMPORT, Action.QUARANTINE_FIX, Action.TRANSFER_LOAD})
_HOLDING: Final = {
    "holding": "uuid",
    "epoch": "int",
    "state_mac": "bytea",
    "origins": "jsonb",
}


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
    # Where the values came from, and since when (ISO date).
    origin: tuple[str, str] = ("import", "")
    origins: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # of elements that differ
    row_digest: bytes = b""


class _Registered(NamedTuple):
    """A subject's ordinal, and what log entries are tagged by."""

    pk: int
    uid: UUID


@dataclass
class _Sealing:
    """A customer on the way into the tables."""

    new: NewCustomer
    subject: _Registered
    log_key: bytes
    identity: SealedValues
    finances: SealedValues
    digests: Sequence[tuple[Fingerprint, UUID]]


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
        sealed = _seal_all(newcomers, _subjects(newcomers))
        holdings = _sealed_of(sealed)
        customers = _write(sealed, book)
        gate.authorise(
            actor,
            action,
            channel=channel,
            purpose="import" if action in IMPORTING else "policy_service",
            subjects=[Tagged(each.subject.uid, each.log_key) for each in sealed],
            facts={"state": states.keep(holdings), "held": len(holdings), "book": book.code},
            operation=operation,
        )
    return customers


def _subjects(newcomers: Sequence[NewCustomer]) -> list[_Registered]:
    uids, now = [uuid4() for _ in newcomers], clock.now()
    places = bulk.insert(
        "access_subject",
        {
            "uid": "uuid",
            "status": "text",
            "unit_id": "bigint",
            "honey": "bool",
            "registered_at": "timestamptz",
        },
        [
            (uid, Subject.Status.ACTIVE, new.unit_id, new.honey, now)
            for uid, new in zip(uids, newcomers, strict=True)
        ],
        returning="uid, id",
    )
    ids = dict(places)
    return [_Registered(ids[uid], uid) for uid in uids]


def _seal_all(newcomers: Sequence[NewCustomer], subjects: Sequence[_Registered]) -> list[_Sealing]:
    log_keys = keystore.create_subject_keys([subject.pk for subject in subjects])
    holdings = [(uuid4(), uuid4()) for _ in newcomers]
    keys = keystore.create(
        {
            holding: subject.pk
            for subject, pair in zip(subjects, holdings, strict=True)
            for holding in pair
        }
    )
    return [
        _seal_one(new, subject, log_keys[subject.pk], pair, keys)
        for new, subject, pair in zip(newcomers, subjects, holdings, strict=True)
    ]


def _seal_one(
    new: NewCustomer,
    subject: _Registered,
    log_key: bytes,
    pair: tuple[UUID, UUID],
    keys: Mapping[UUID, DataKey],
) -> _Sealing:
    identity, finances = pair
    own = {code: text for code, text in new.values.items() if code.startswith("identity.") and text}
    money = {code: text for code, text in new.values.items() if code == "financial.income" and text}
    for slot, account in enumerate(new.accounts, 1):
        money |= {f"{code}/{slot}": text for code, text in account.items() if text}
    return _Sealing(
        new,
        subject,
        log_key,
        vault.seal(own, holding=identity, key=keys[identity]),
        vault.seal(money, holding=finances, key=keys[finances]),
        _digests(own, identity, new.accounts, finances),
    )


def _digests(
    own: Mapping[str, str], identity: UUID, accounts: Sequence[Mapping[str, str]], finances: UUID
) -> list[tuple[Fingerprint, UUID]]:
    found = [(each, identity) for each in blind_indexes.of_values(own)]
    for account in accounts:
        found += [(each, finances) for each in blind_indexes.of_values(account)]
    return found


def _write(sealed: Sequence[_Sealing], book: Book) -> list[Customer]:
    customers = [_customer(each, book) for each in sealed]
    _write_customers(customers)
    _write_identities(sealed)
    _write_finances(sealed)
    blind_indexes.write(
        [
            (fingerprint, each.subject.pk, holding)
            for each in sealed
            for fingerprint, holding in each.digests
        ]
    )
    bulk.insert(
        "access_assignment",
        {"subject_id": "bigint", "user_id": "bigint", "since": "timestamptz"},
        [(each.subject.pk, user, since) for each in sealed for user, since in each.new.assignments],
    )
    return customers


def _customer(each: _Sealing, book: Book) -> Customer:
    return Customer(
        subject_id=each.subject.pk,
        ref=references.new_customer(),
        kind=each.new.kind,
        book=book,
        intermediary_id=each.new.intermediary_id,
        source_digest=blind_indexes.of_source(book.code, each.new.source_key),
        row_digest=each.new.row_digest,
        minor_until=each.new.minor_until,
    )


def _write_customers(customers: Sequence[Customer]) -> None:
    bulk.insert(
        "records_customer",
        {
            "subject_id": "bigint",
            "ref": "text",
            "kind": "text",
            "book_id": "bigint",
            "intermediary_id": "bigint",
            "source_digest": "bytea",
            "row_digest": "bytea",
            "minor_until": "date",
            "created_at": "timestamptz",
        },
        [
            (
                c.subject_id,
                c.ref,
                c.kind,
                c.book_id,
                c.intermediary_id,
                c.source_digest,
                c.row_digest,
                c.minor_until,
                c.created_at,
            )
            for c in customers
        ],
    )


def _write_identities(sealed: Sequence[_Sealing]) -> None:
    columns = {
        "subject_id": "bigint",
        **_HOLDING,
        **{f"{name}_sealed": "bytea" for name in _IDENTITY},
    }
    bulk.insert(
        "records_identity",
        columns,
        [
            (
                each.subject.pk,
                *_of_holding(each.identity, each.new.origin, each.new.origins),
                *(each.identity.blobs.get(f"identity.{name}") for name in _IDENTITY),
            )
            for each in sealed
        ],
    )


def _write_finances(sealed: Sequence[_Sealing]) -> None:
    bulk.insert(
        "records_finances",
        {"subject_id": "bigint", **_HOLDING, "income_sealed": "bytea"},
        [
            (
                each.subject.pk,
                *_of_holding(each.finances, each.new.origin),
                each.finances.blobs.get("financial.income"),
            )
            for each in sealed
        ],
    )
    now = clock.now()
    bulk.insert(
        "records_account",
        {
            "subject_id": "bigint",
            "slot": "smallint",
            "bank_name_sealed": "bytea",
            "bank_account_sealed": "bytea",
            "since": "timestamptz",
        },
        [
            (
                each.subject.pk,
                slot,
                each.finances.blobs.get(f"financial.bank_name/{slot}"),
                each.finances.blobs.get(f"financial.bank_account/{slot}"),
                now,
            )
            for each in sealed
            for slot in range(1, len(each.new.accounts) + 1)
        ],
    )


def _of_holding(
    sealed: SealedValues, origin: tuple[str, str], but: Mapping[str, tuple[str, str]] | None = None
) -> tuple[UUID, int, bytes, str]:
    codes = {place.partition("/")[0] for place in sealed.blobs}
    origins = {code: (but or {}).get(code, origin) for code in codes}
    return sealed.holding, sealed.epoch, sealed.mac, json.dumps(origins)


def _sealed_of(sealed: Sequence[_Sealing]) -> list[SealedValues]:
    return [own for each in sealed for own in (each.identity, each.finances)]
