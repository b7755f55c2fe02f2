"""Whether the holdings are as their last change left them; no value is opened to tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from access import keystore
from custodian.crypto.errors import KeyringSealed, OpenFailed
from records import vault
from records.models import (
    Account,
    Claim,
    Correction,
    CorrectionItem,
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
    more = beside(kind, rows)
    keys = keys_of({row.holding: row.subject_id for row in rows})
    stones = Tombstone.objects.filter(gone__in=[row.holding for row in rows])
    gone = set(stones.values_list("gone", flat=True))
    for row in rows:
        if row.holding in gone:
            continue
        blobs = {**blobs_of(kind, row), **more.get(row.holding, {})}
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
    """By place. What is former is called as the element that it was of."""
    if kind == "former":
        return {} if row.value_sealed is None else {row.element: bytes(row.value_sealed)}
    return {
        f"{kind}.{field.name.removesuffix('_sealed')}": bytes(blob)
        for field in row._meta.concrete_fields
        if field.name.endswith("_sealed") and (blob := getattr(row, field.name)) is not None
    }


def beside(kind: str, rows: Sequence[Any]) -> dict[UUID, dict[str, bytes]]:
    """By holding the blobs that lie in rows of their own: bank accounts, and what a correction proposes."""
    if kind == "financial":
        accounts = accounts_of(rows)
        return {row.holding: accounts.get(row.subject_id, {}) for row in rows}
    if kind == "correction":
        return proposals_of(rows)
    return {}


def proposals_of(rows: Sequence[Correction]) -> dict[UUID, dict[str, bytes]]:
    holdings = {row.pk: row.holding for row in rows}
    found: dict[UUID, dict[str, bytes]] = {}
    items = CorrectionItem.objects.filter(correction__in=list(holdings), value_sealed__isnull=False)
    for item in items:
        found.setdefault(holdings[item.correction_id], {})[item.place] = bytes(item.value_sealed)
    return found


def accounts_of(rows: Sequence[Any]) -> dict[int, dict[str, bytes]]:
    """The account blobs of each subject by place; they belong to the holding of its finances."""
    found: dict[int, dict[str, bytes]] = {}
    for account in Account.objects.filter(subject_id__in=[row.subject_id for row in rows]):
        places = found.setdefault(account.subject_id, {})
        for place, blob in blobs_of("financial", account).items():
            places[f"{place}/{account.slot}"] = blob
    return found
