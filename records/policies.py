"""Registering policies: sealed values, who is who in them, and one entry in the log for each call."""

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
from records.models import Book, Policy, PolicyRole
from records.vault import SealedValues

_SEALED: Final = tuple(
    column.name.removesuffix("_sealed")
    for column in Policy._meta.concrete_fields
    if column.name.endswith("_sealed")
)
_COLUMNS: Final = {
    "ref": "text",
    "subject_id": "bigint",
    "book_id": "bigint",
    "product_id": "bigint",
    "intermediary_id": "bigint",
    "status": "text",
    "starts_on": "date",
    "ends_on": "date",
    "pay_frequency": "text",
    "next_due_on": "date",
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
class NewPolicy:
    """A checked policy; `values` are texts by element code, `roles` who is what besides holding it."""

    source_key: str
    holder: int
    product_id: int
    values: Mapping[str, str] = field(repr=False)
    roles: Sequence[tuple[int, str, str]] = ()  # subject, role, relation to the policyholder
    status: str = Policy.Status.IN_FORCE
    starts_on: date | None = None
    ends_on: date | None = None
    pay_frequency: str = ""
    next_due_on: date | None = None
    intermediary_id: int | None = None
    origin: tuple[str, str] = ("import", "")
    row_digest: bytes = b""


def register(
    newcomers: Sequence[NewPolicy],
    *,
    book: Book,
    channel: str,
    actor: Actor,
    action: Action = Action.CUSTOMER_CHANGE,
    operation: UUID | None = None,
) -> list[Policy]:
    """Write policies that are new to the book. Raises IntegrityError when one of them is not."""
    with transaction.atomic(), scopes.acting(system("importer")):
        holdings = [uuid4() for _ in newcomers]
        owners = {holding: new.holder for new, holding in zip(newcomers, holdings, strict=True)}
        keys = keystore.create(owners)
        sealed = [
            vault.seal(_filled(new.values), holding=holding, key=keys[holding])
            for new, holding in zip(newcomers, holdings, strict=True)
        ]
        policies = _write(newcomers, sealed, book)
        subjects = {policy.subject_id for policy in policies}
        subjects |= {subject for new in newcomers for subject, *_ in new.roles}
        gate.authorise(
            actor,
            action,
            channel=channel,
            purpose="import" if action in IMPORTING else "policy_service",
            subjects=gate.tagged(scopes.find(sorted(subjects))),
            facts={"state": states.keep(sealed), "held": len(sealed), "book": book.code},
            operation=operation,
        )
    return policies


def _filled(values: Mapping[str, str]) -> dict[str, str]:
    return {code: text for code, text in values.items() if text}


def _write(
    newcomers: Sequence[NewPolicy], sealed: Sequence[SealedValues], book: Book
) -> list[Policy]:
    policies = [_policy(new, own, book) for new, own in zip(newcomers, sealed, strict=True)]
    places = bulk.insert(
        "records_policy",
        _COLUMNS,
        [
            _row(policy, own, new.origin)
            for policy, own, new in zip(policies, sealed, newcomers, strict=True)
        ],
        returning="holding, id",
    )
    ids = dict(places)
    for policy in policies:
        policy.pk = ids[policy.holding]
    _write_roles(policies, newcomers)
    blind_indexes.write(
        [
            (each, policy.subject_id, policy.holding)
            for policy, new in zip(policies, newcomers, strict=True)
            for each in blind_indexes.of_values(new.values)
        ]
    )
    return policies


def _policy(new: NewPolicy, own: SealedValues, book: Book) -> Policy:
    return Policy(
        subject_id=new.holder,
        book=book,
        product_id=new.product_id,
        intermediary_id=new.intermediary_id,
        status=new.status,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        pay_frequency=new.pay_frequency,
        next_due_on=new.next_due_on,
        source_digest=blind_indexes.of_source(book.code, new.source_key),
        row_digest=new.row_digest,
        holding=own.holding,
        epoch=own.epoch,
        state_mac=own.mac,
    )


def _row(policy: Policy, own: SealedValues, origin: tuple[str, str]) -> tuple[object, ...]:
    clear = list(_COLUMNS)[: list(_COLUMNS).index("origins")]
    return (
        *(getattr(policy, column) for column in clear),
        json.dumps(dict.fromkeys(own.blobs, origin)),
        *(own.blobs.get(f"policy.{name}") for name in _SEALED),
    )


def _write_roles(policies: Sequence[Policy], newcomers: Sequence[NewPolicy]) -> None:
    roles: dict[tuple[int, int, str], str] = {}
    for policy, new in zip(policies, newcomers, strict=True):
        roles[policy.pk, new.holder, PolicyRole.Role.POLICYHOLDER] = ""
        for subject, role, relation in new.roles:
            roles.setdefault((policy.pk, subject, role), relation[:20])
    bulk.insert(
        "records_policyrole",
        {"policy_id": "bigint", "subject_id": "bigint", "role": "text", "relation": "text"},
        [(*key, relation) for key, relation in roles.items()],
    )
