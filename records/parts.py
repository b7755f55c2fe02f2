"""Rows that lie under the key of another row: accounts under finances, decisions under a claim, messages.

Their values count as the holding's own, each in a place `code/slot`. What is proposed or former is of an
element that the row names (`element`), and lies in a place of that name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from records.models import (
    Account,
    ClaimDecision,
    ClaimNeed,
    ClaimPayment,
    CorrectionItem,
    RequestMessage,
)


@dataclass(frozen=True)
class Part:
    """A table of such rows; `owner` is the column that says under which row they lie."""

    model: Any
    owner: str

    def of(self, owners: Iterable[int]) -> Any:
        return self.model._default_manager.filter(**{f"{self.owner}__in": list(owners)})


# By kind of holding.
PARTS: Final[Mapping[str, tuple[Part, ...]]] = {
    "financial": (Part(Account, "subject_id"),),
    "claim": tuple(Part(each, "claim_id") for each in (ClaimNeed, ClaimDecision, ClaimPayment)),
    "request": (Part(RequestMessage, "request_id"),),
    "correction": (Part(CorrectionItem, "correction_id"),),
}


def rows_of(kind: str, owners: Iterable[int]) -> Iterator[tuple[int, Any]]:
    """Each row with the key of the row under which it lies."""
    wanted = list(owners)
    for part in PARTS.get(kind, ()) if wanted else ():
        for row in part.of(wanted):
            yield getattr(row, part.owner), row


def blobs_of(kind: str, owners: Iterable[int]) -> dict[int, dict[str, bytes]]:
    """By owner the sealed values of such rows, by place."""
    found: dict[int, dict[str, bytes]] = defaultdict(dict)
    for owner, row in rows_of(kind, owners):
        found[owner] |= places(kind, row)
    return found


def places(kind: str, row: Any) -> dict[str, bytes]:
    if isinstance(row, CorrectionItem):
        return {} if row.value_sealed is None else {row.place: bytes(row.value_sealed)}
    return {f"{place}/{row.slot}": blob for place, blob in sealed_of(kind, row).items()}


def sealed_of(kind: str, row: Any) -> dict[str, bytes]:
    """The sealed columns of one row that are filled, by element."""
    if kind == "former":
        return {} if row.value_sealed is None else {row.element: bytes(row.value_sealed)}
    return {
        f"{kind}.{name}": bytes(blob)
        for name in sealed(type(row))
        if (blob := getattr(row, f"{name}_sealed")) is not None
    }


def sealed(model: Any) -> list[str]:
    """The names of a table's sealed columns, as the catalogue knows them."""
    return [
        field.name.removesuffix("_sealed")
        for field in model._meta.concrete_fields
        if field.name.endswith("_sealed")
    ]
