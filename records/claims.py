"""Registering claims: sealed under a key of their own, because they tell about somebody's health."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction

from access import gate, keystore, scopes
from access.actions import Action
from access.actors import Actor, system
from records import blind_indexes, bulk, states, vault
from records.intake import IMPORTING
from records.models import Book, Claim
from records.vault import SealedValues

_SEALED: Final = tuple(
    column.name.removesuffix("_sealed")
    for column in Claim._meta.concrete_fields
    if column.name.endswith("_sealed")
)
_COLUMNS: Final = {
    "ref": "text",
    "subject_id": "bigint",
    "policy_id": "bigint",
    "kind": "text",
    "status": "text",
    "reported_on": "date",
    "decided_on": "date",
    "occurred_on": "date",
    "source_digest": "bytea",
    "row_digest": "bytea",
    "created_at": "timestamptz",
    "holding": "uuid",
    "epoch": "int",
    "state_mac": "bytea",
    "origins": "jsonb",
    **{f"{name}_sealed": "bytea" for name in _SEALED},
}


@dataclass(frozen=True, kw_only=True)
class NewClaim:
    """A checked claim; `subject` is whose health or loss it tells about."""

    source_key: str
    policy_id: int
    subject: int
    values: Mapping[str, str] = field(repr=False)
    kind: str = Claim.Kind.OTHER
    status: str = Claim.Status.REPORTED
    reported_on: date | None = None
    decided_on: date | None = None
    occurred_on: date | None = None
    origin: tuple[str, str] = ("import", "")
    row_digest: bytes = b""


def register(
    newcomers: Sequence[NewClaim],
    *,
    book: Book,
    channel: str,
    actor: Actor,
    action: Action = Action.CUSTOMER_CHANGE,
    operation: UUID | None = None,
) -> list[Claim]:
    """Write claims that are new to their policies. Raises IntegrityError when one of them is not."""
    with transaction.atomic(), scopes.acting(system("importer")):
        holdings = [uuid4() for _ in newcomers]
        owners = {holding: new.subject for new, holding in zip(newcomers, holdings, strict=True)}
        keys = keystore.create(owners)
        sealed = [
            vault.seal(
                {code: text for code, text in new.values.items() if text},
                holding=holding,
                key=keys[holding],
            )
            for new, holding in zip(newcomers, holdings, strict=True)
        ]
        claims = _write(newcomers, sealed, book)
        gate.authorise(
            actor,
            action,
            channel=channel,
            purpose="import" if action in IMPORTING else "claim",
            subjects=gate.tagged(scopes.find(sorted({claim.subject_id for claim in claims}))),
            facts={"state": states.keep(sealed), "held": len(sealed), "book": book.code},
            operation=operation,
        )
    return claims


def _write(
    newcomers: Sequence[NewClaim], sealed: Sequence[SealedValues], book: Book
) -> list[Claim]:
    claims = [_claim(new, own, book) for new, own in zip(newcomers, sealed, strict=True)]
    places = bulk.insert(
        "records_claim",
        _COLUMNS,
        [
            _row(claim, own, new.origin)
            for claim, own, new in zip(claims, sealed, newcomers, strict=True)
        ],
        returning="holding, id",
    )
    ids = dict(places)
    for claim in claims:
        claim.pk = ids[claim.holding]
    blind_indexes.write(
        [
            (each, claim.subject_id, claim.holding)
            for claim, new in zip(claims, newcomers, strict=True)
            for each in blind_indexes.of_values(new.values)
        ]
    )
    return claims


def _claim(new: NewClaim, own: SealedValues, book: Book) -> Claim:
    return Claim(
        subject_id=new.subject,
        policy_id=new.policy_id,
        kind=new.kind,
        status=new.status,
        reported_on=new.reported_on,
        decided_on=new.decided_on,
        occurred_on=new.occurred_on,
        source_digest=blind_indexes.of_source(book.code, new.source_key),
        row_digest=new.row_digest,
        holding=own.holding,
        epoch=own.epoch,
        state_mac=own.mac,
    )


def _row(claim: Claim, own: SealedValues, origin: tuple[str, str]) -> tuple[object, ...]:
    clear = list(_COLUMNS)[: list(_COLUMNS).index("origins")]
    return (
        *(getattr(claim, column) for column in clear),
        json.dumps(dict.fromkeys(own.blobs, origin)),
        *(own.blobs.get(f"claim.{name}") for name in _SEALED),
    )
