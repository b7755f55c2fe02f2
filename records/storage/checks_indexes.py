"""Whether each holding's values leave exactly the fingerprints that are stored as current."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from custodian.keys import index_versions
from records import blind_indexes
from records.blind_indexes import Fingerprint
from records.models import BlindIndex
from records.storage.checks_values import fault
from records.storage.faults import Fault
from records.storage.reading import Held

Stored = Mapping[UUID, set[tuple[Fingerprint, int]]]  # with whose it says that it is


def stored(rows: Sequence[Held]) -> Stored:
    """The current fingerprints of the chunk in one statement."""
    found: dict[UUID, set[tuple[Fingerprint, int]]] = defaultdict(set)
    current = BlindIndex.objects.current().filter(holding__in=[row.holding for row in rows])
    for holding, element, digest, version, subject in current.values_list(
        "holding", "element", "digest", "version", "subject_id"
    ):
        found[holding].add((Fingerprint(element, bytes(digest), version), subject))
    return found


def by_slot(row: Held, values: Mapping[str, str | None]) -> list[dict[str, str]]:
    """The values that stand, by element; those of an account by themselves, as on intake."""
    slots: dict[str, dict[str, str]] = defaultdict(dict)
    for place, text in values.items():
        if text is not None and place not in row.past:
            code, _, slot = place.partition("/")
            slots[slot][code] = text
    return list(slots.values())


def expected(row: Held, values: Mapping[str, str | None]) -> list[tuple[Fingerprint, ...]]:
    """What each value would leave if it were written now, under every root that it may lie under."""
    found: list[tuple[Fingerprint, ...]] = []
    for own in by_slot(row, values):
        under = [blind_indexes.of_values(own, version=each) for each in index_versions()]
        found += zip(*under, strict=True)
    return found


def wrong_marks(row: Held, values: Mapping[str, str | None], known: Stored) -> Iterator[Fault]:
    """At most one of each sort: a fingerprint too few, and one too many or of somebody else."""
    wanted, there = expected(row, values), known.get(row.holding, set())
    missing = [each[0] for each in wanted if not any((one, row.subject) in there for one in each)]
    right = {(one, row.subject) for each in wanted for one in each}
    foreign = [mark for mark, _subject in there - right]
    for code, marks in (("index-missing", missing), ("index-foreign", foreign)):
        if marks:
            yield fault(code, row, element=min(marks).element)
