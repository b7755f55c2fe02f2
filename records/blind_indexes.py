"""Which fingerprints a customer's values leave, so that exact values can be looked up while sealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from custodian import clock, elements
from custodian.crypto import blind_index
from custodian.elements import Search
from custodian.keys import index_key
from records import bulk

COMBINED = "identity.name+identity.birth_date"
COMBINED_PARTS = ("identity.name", "identity.birth_date")


def digest(element: str, value: str) -> bytes:
    """The fingerprint of one value; the value is normalised here."""
    return blind_index.index(elements.get(element).normalise(value), key=index_key(element))


def combined(name: str, birth_date: str) -> bytes:
    parts = [
        elements.get(code).normalise(v)
        for code, v in zip(COMBINED_PARTS, (name, birth_date), strict=True)
    ]
    return blind_index.combined_index(parts, key=index_key(COMBINED))


def of_source(book: str, key: str) -> bytes:
    """The fingerprint of the number that a customer, policy or claim has in its book."""
    return blind_index.index(f"{book}/{key.strip()}", key=index_key("source.key"))


def of_values(values: Mapping[str, str]) -> list[tuple[str, bytes]]:
    """Every fingerprint that values by element code leave; empty values leave none."""
    found = [
        (code, digest(code, value))
        for code, value in values.items()
        if value and elements.get(code).search is Search.EXACT
    ]
    name, birth = (values.get(code, "") for code in COMBINED_PARTS)
    if name and birth:
        found.append((COMBINED, combined(name, birth)))
    return found


def of_query(kind: str, values: Sequence[str]) -> bytes:
    return combined(values[0], values[1]) if kind == COMBINED else digest(kind, values[0])


def write(found: Sequence[tuple[str, bytes, int, UUID]]) -> None:
    """Store fingerprints as current: element, digest, subject and the holding they belong to."""
    now = clock.now()
    bulk.insert(
        "records_blindindex",
        {
            "element": "text",
            "digest": "bytea",
            "subject_id": "bigint",
            "holding": "uuid",
            "since": "timestamptz",
        },
        [(*each, now) for each in found],
    )
