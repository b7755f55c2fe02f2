"""Holdings as they lie in the tables, a chunk at a time: their ciphertexts, and whose they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from access.models import Subject
from records.integrity import HOLDINGS, PARTS, part_rows
from records.models import Customer, Tombstone

CHUNK: Final = 500
FILES: Final = 20  # documents, whose files are read through
CONTENT: Final = "document.content"


@dataclass
class Held:
    """One holding. `past` are the places whose value is not the current one any more."""

    kind: str
    pk: int
    holding: UUID
    subject: int
    epoch: int
    mac: bytes
    blobs: dict[str, bytes]
    row: Any = None  # the document itself, whose file has a name and a size
    past: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Owner:
    uid: UUID
    status: str
    ref: str


def chunk(kind: str, *, after: int, limit: int) -> list[Held]:
    """The next holdings of a kind by the key of their rows."""
    rows = HOLDINGS[kind]._default_manager.filter(pk__gt=after).order_by("pk")[:limit]
    return _held(kind, rows)


def again(kind: str, pks: Iterable[int]) -> list[Held]:
    return _held(kind, HOLDINGS[kind]._default_manager.filter(pk__in=list(pks)))


def of_subjects(kind: str, subjects: Iterable[int]) -> list[Held]:
    return _held(kind, HOLDINGS[kind]._default_manager.filter(subject_id__in=list(subjects)))


def codes(kind: str) -> list[str]:
    """Every element that may be sealed in a holding of the kind."""
    models = [HOLDINGS[kind], *([PARTS[kind].model] if kind in PARTS else [])]
    more = [CONTENT] if kind == "document" else []
    return [f"{kind}.{name}" for model in models for name in _sealed(model)] + more


def owners(subjects: Iterable[int]) -> dict[int, Owner]:
    wanted = set(subjects)
    rows = Subject.objects.filter(pk__in=wanted)
    refs = dict(Customer.objects.filter(pk__in=wanted).values_list("pk", "ref"))
    return {
        pk: Owner(uid, status, refs.get(pk, ""))
        for pk, uid, status in rows.values_list("pk", "uid", "status")
    }


def destroyed(holdings: Sequence[UUID]) -> set[UUID]:
    """Those whose key was destroyed on purpose, as a tombstone says."""
    return set(Tombstone.objects.filter(gone__in=holdings).values_list("gone", flat=True))


def _held(kind: str, rows: Iterable[Any]) -> list[Held]:
    names = _sealed(HOLDINGS[kind])
    found = [
        Held(
            kind=kind,
            pk=row.pk,
            holding=row.holding,
            subject=row.subject_id,
            epoch=row.epoch,
            mac=bytes(row.state_mac),
            blobs=_blobs(kind, row, names),
            row=row if kind == "document" else None,
        )
        for row in rows
    ]
    if kind in PARTS:
        _add_parts(kind, found)
    return found


def _add_parts(kind: str, found: Sequence[Held]) -> None:
    """A bank account or a message lies in a row of its own, under the key of its owner's holding."""
    by_row: Mapping[int, Held] = {each.pk: each for each in found}
    names = _sealed(PARTS[kind].model)
    for part in part_rows(kind, by_row):
        held = by_row[getattr(part, PARTS[kind].key)]
        for place, blob in _blobs(kind, part, names).items():
            held.blobs[f"{place}/{part.slot}"] = blob
            if getattr(part, "until", None) is not None:
                held.past.add(f"{place}/{part.slot}")


def _blobs(kind: str, row: Any, names: Sequence[str]) -> dict[str, bytes]:
    return {
        f"{kind}.{name}": bytes(blob)
        for name in names
        if (blob := getattr(row, f"{name}_sealed")) is not None
    }


def _sealed(model: Any) -> list[str]:
    return [
        field.name.removesuffix("_sealed")
        for field in model._meta.concrete_fields
        if field.name.endswith("_sealed")
    ]
