"""Whether each holding's values leave exactly the fingerprints that are stored as current."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from records import blind_indexes
from records.models import BlindIndex
from records.storage.checks_values import fault
from records.storage.faults import Fault
from records.storage.reading import Held

Mark = tuple[str, bytes]  # element and digest
Stored = Mapping[UUID, set[tuple[Mark, int]]]  # with whose it says that it is


def stored(rows: Sequence[Held]) -> Stored:
    """The current fingerprints of the chunk in one statement."""
    found: dict[UUID, set[tuple[Mark, int]]] = defaultdict(set)
    current = BlindIndex.objects.current().filter(holding__in=[row.holding for row in rows])
    for holding, element, digest, subject in current.values_list(
        "holding", "element", "digest", "subject_id"
    ):
        found[holding].add(((element, bytes(digest)), subject))
    return found


def expected(row: Held, values: Mapping[str, str | None]) -> set[Mark]:
    """What the values would leave if they were written now; an account's by itself, as on intake."""
    slots: dict[str, dict[str, str]] = defaultdict(dict)
    for place, text in values.items():
        if text is not None and place not in row.past:
            code, _, slot = place.partition("/")
            slots[slot][code] = text
    return {mark for own in slots.values() for mark in blind_indexes.of_values(own)}


def wrong_marks(row: Held, values: Mapping[str, str | None], known: Stored) -> Iterator[Fault]:
    """At most one of each sort: a fingerprint too few, and one too many or of somebody else."""
    wanted = {(mark, row.subject) for mark in expected(row, values)}
    there = known.get(row.holding, set())
    for code, marks in (("index-missing", wanted - there), ("index-foreign", there - wanted)):
        if marks:
            (element, _digest), _subject = min(marks)
            yield fault(code, row, element=element)
