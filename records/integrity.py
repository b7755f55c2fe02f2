"""Whether the holdings are as their last change left them; no value is opened to tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from access import keystore
from custodian.crypto.errors import KeyringSealed, OpenFailed
from records import vault
from records.models import (
    Account,
    Claim,
    CustomerRequest,
    Document,
    Finances,
    Identity,
    Policy,
    RequestMessage,
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
}


class Part(NamedTuple):
    """Rows apart whose values lie under the holding of another: found by `key`, told apart by slot."""

    model: Any
    key: str  # the column that names the row of the holding, by its primary key


PARTS: Final[Mapping[str, Part]] = {
    "financial": Part(Account, "subject_id"),
    "request": Part(RequestMessage, "request_id"),
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
    parts = parts_of(kind, rows)
    keys = keys_of({row.holding: row.subject_id for row in rows})
    stones = Tombstone.objects.filter(gone__in=[row.holding for row in rows])
    gone = set(stones.values_list("gone", flat=True))
    for row in rows:
        if row.holding in gone:
            continue
        blobs = {**blobs_of(kind, row), **parts.get(row.pk, {})}
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


def blobs_of(kind: str, row: Any) -> dict[str, bytes]:
    return {
        f"{kind}.{field.name.removesuffix('_sealed')}": bytes(blob)
        for field in row._meta.concrete_fields
        if field.name.endswith("_sealed") and (blob := getattr(row, field.name)) is not None
    }


def parts_of(kind: str, rows: Sequence[Any]) -> dict[Any, dict[str, bytes]]:
    """The blobs of rows apart by place, for each row of a holding by its key."""
    found: dict[Any, dict[str, bytes]] = {}
    for part in part_rows(kind, [row.pk for row in rows]):
        places = found.setdefault(getattr(part, PARTS[kind].key), {})
        for place, blob in blobs_of(kind, part).items():
            places[f"{place}/{part.slot}"] = blob
    return found


def part_rows(kind: str, keys: Iterable[Any]) -> Iterable[Any]:
    """The rows apart of the holdings with these keys; none for a kind that has none."""
    if kind not in PARTS:
        return ()
    part = PARTS[kind]
    rows: Iterable[Any] = part.model._default_manager.filter(**{f"{part.key}__in": list(keys)})
    return rows
