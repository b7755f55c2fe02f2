"""Whether the holdings are as their last change left them; no value is opened to tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from access import keystore
from custodian.crypto.errors import KeyringSealed, OpenFailed
from records import parts, vault
from records.models import (
    Claim,
    Correction,
    CustomerRequest,
    Document,
    Finances,
    FormerValue,
    Identity,
    Policy,
    Tombstone,
)

PAGE = 500
HOLDINGS: Final[Mapping[str, Any]] = {
    "identity": Identity,
    "financial": Finances,
    "policy": Policy,
    "claim": Claim,
    "document": Document,
    "request": CustomerRequest,
    "correction": Correction,
    "former": FormerValue,
}


def altered(kind: str, *, every: int = 1) -> Iterator[UUID]:
    """Holdings of a kind whose sealed values are not exactly those of their last change.

    Compares a keyed fingerprint of the ciphertexts; no value is opened. `every` nth row is looked at.
    """
    rows = HOLDINGS[kind]._default_manager.order_by("pk")
    last: Any = 0
    while page := list(rows.filter(pk__gt=last)[: PAGE * every]):
        last = page[-1].pk
        yield from _altered(kind, page[::every])


def _altered(kind: str, rows: Sequence[Any]) -> Iterator[UUID]:
    beside = parts.blobs_of(kind, [row.pk for row in rows])
    keys = keys_of({row.holding: row.subject_id for row in rows})
    stones = Tombstone.objects.filter(gone__in=[row.holding for row in rows])
    gone = set(stones.values_list("gone", flat=True))
    for row in rows:
        if row.holding in gone:
            continue
        blobs = {**parts.sealed_of(kind, row), **beside.get(row.pk, {})}
        key = keys.get(row.holding)
        mac = bytes(row.state_mac)
        if key is None or not vault.whole(
            holding=row.holding, epoch=row.epoch, mac=mac, blobs=blobs, key=key
        ):
            yield row.holding


def keys_of(owners: Mapping[UUID, int | None]) -> Mapping[UUID, keystore.DataKey]:
    try:
        return keystore.unlock(owners)
    except (OpenFailed, KeyringSealed):
        if len(owners) == 1:
            return {}
        # Somebody's key does not unwrap; find out whose.
        apart = [keys_of({holding: owner}) for holding, owner in owners.items()]
        return {holding: key for keys in apart for holding, key in keys.items()}
