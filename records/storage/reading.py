"""Holdings as they lie in the tables, a chunk at a time: their ciphertexts, and whose they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from access.models import Subject
from records import parts
from records.corrections import groups
from records.integrity import HOLDINGS
from records.models import Customer, Tombstone

CHUNK: Final = 500
FILES: Final = 20  # documents, whose files are read through
FILE_CONTENTS: Final = ("document.content", "document.proof")


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
    if kind == "former":
        return list(groups.ELEMENTS)
    own = [f"{kind}.{name}" for name in parts.sealed(HOLDINGS[kind])]
    if kind == "correction":
        return [*own, *groups.ELEMENTS]
    more = FILE_CONTENTS if kind == "document" else ()
    models = [part.model for part in parts.PARTS.get(kind, ())]
    return own + [f"{kind}.{name}" for model in models for name in parts.sealed(model)] + list(more)


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
    found = [
        Held(
            kind=kind,
            pk=row.pk,
            holding=row.holding,
            subject=row.subject_id,
            epoch=row.epoch,
            mac=bytes(row.state_mac),
            blobs=parts.sealed_of(kind, row),
            row=row if kind == "document" else None,
        )
        for row in rows
    ]
    _add_parts(kind, found)
    if kind == "former":
        for held in found:
            held.past |= held.blobs.keys()
    return found


def _add_parts(kind: str, found: Sequence[Held]) -> None:
    """A bank account lies in a row of its own under the key of its owner's finances, and so on."""
    by_row: Mapping[int, Held] = {each.pk: each for each in found}
    for owner, row in parts.rows_of(kind, by_row):
        held = by_row[owner]
        held.blobs |= parts.places(kind, row)
        # What is proposed stands nowhere yet, so nobody is found by it.
        if kind == "correction" or getattr(row, "until", None) is not None:
            held.past |= parts.places(kind, row).keys()
