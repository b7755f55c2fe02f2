"""Blind indexes computed anew from the sealed values, as after a restore, whose backup has none.

Those of values that were corrected come back as far as the former value is kept. A run that was killed is
run again; a chunk is one transaction, and replaces what it finds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from access import machine_reads, scopes
from access.actions import Action
from access.actors import Actor
from access.keystore import DataKey
from access.machine_reads import Sweep
from custodian.keys import index_versions
from records import blind_indexes, integrity, parts, vault
from records.models import BlindIndex, FormerValue
from records.storage import former_marks

PAGE: Final = 500
Owned = tuple[blind_indexes.Fingerprint, int, UUID]


def rebuild_blind_indexes(*, actor: Actor) -> int:
    """All fingerprints of all holdings that still have a key; how many they are."""
    with scopes.acting(actor):
        current = sum(_rebuild(kind, actor) for kind in integrity.HOLDINGS if _codes(kind))
        return current + _rebuild_former(actor)


def _codes(kind: str) -> frozenset[str]:
    """The elements of which fingerprints are made."""
    return frozenset(code for code in blind_indexes.sources() if code.partition(".")[0] == kind)


def _rebuild(kind: str, actor: Actor) -> int:
    rows: QuerySet[Any] = integrity.HOLDINGS[kind]._default_manager.order_by("pk")
    count, last = 0, 0
    while page := list(rows.filter(pk__gt=last)[:PAGE]):
        last = page[-1].pk
        sweep = machine_reads.read(
            Action.INDEX_REBUILD,
            subjects={row.subject_id for row in page},
            elements=_codes(kind),
            actor=actor,
        )
        with transaction.atomic():
            found = list(_fingerprints(kind, page, sweep))
            BlindIndex.objects.filter(holding__in=[row.holding for row in page]).delete()
            blind_indexes.write(found)
        count += len(found)
    return count


def _rebuild_former(actor: Actor) -> int:
    """After the current ones: what ended with a correction was made of both."""
    count, last = 0, 0
    while page := _next_corrected(last):
        last = page[-1]
        sweep = machine_reads.read(
            Action.INDEX_REBUILD, subjects=page, elements=blind_indexes.sources(), actor=actor
        )
        with transaction.atomic():
            found = [
                (mark.made, mark.subject, mark.holding, mark.until)
                for each in former_marks.undone(page, sweep)
                for mark in each.marks(index_versions()[0])
            ]
            holdings = FormerValue.objects.filter(subject__in=page).values("holding")
            BlindIndex.objects.filter(holding__in=holdings).delete()
            blind_indexes.write_ended(found)
        count += len(found)
    return count


def _next_corrected(after: int) -> list[int]:
    rows = FormerValue.objects.filter(subject__gt=after).order_by("subject_id")
    return list(rows.values_list("subject_id", flat=True).distinct()[:PAGE])


def _fingerprints(kind: str, page: Sequence[Any], sweep: Sweep) -> Iterator[Owned]:
    beside = _current_parts(kind, page)
    keys = integrity.keys_of({row.holding: row.subject_id for row in page})
    for row in page:
        if row.holding not in keys:
            continue
        blobs = {**parts.sealed_of(kind, row), **beside.get(row.pk, {})}
        for values in _values(row, blobs, keys[row.holding], sweep):
            for each in blind_indexes.of_values(values):
                yield each, row.subject_id, row.holding


def _values(
    row: Any, blobs: Mapping[str, bytes], key: DataKey, sweep: Sweep
) -> Iterator[Mapping[str, str]]:
    """The values of which fingerprints are made, those of each account apart."""
    wanted = {place: blob for place, blob in blobs.items() if _code(place) in sweep.elements}
    slots: dict[str, dict[str, str]] = defaultdict(dict)
    opened = vault.examine(sweep, wanted, subject=row.subject_id, holding=row.holding, key=key)
    for place, text in opened:
        if text is not None:
            slots[place.partition("/")[2]][_code(place)] = text
    yield from slots.values()


def _code(place: str) -> str:
    return place.partition("/")[0]


def _current_parts(kind: str, page: Sequence[Any]) -> dict[int, dict[str, bytes]]:
    """A former account stays findable by its former fingerprints only, which are gone."""
    found: dict[int, dict[str, bytes]] = defaultdict(dict)
    for owner, row in parts.rows_of(kind, [each.pk for each in page]):
        if getattr(row, "until", None) is None:
            found[owner] |= parts.places(kind, row)
    return found
