"""Which fingerprints a customer's values leave, so that exact values can be looked up while sealed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from uuid import UUID

from custodian import clock, elements
from custodian.crypto import blind_index
from custodian.elements import Search
from custodian.keys import index_key, source_key
from records import bulk

COMBINED = "identity.name+identity.birth_date"
COMBINED_PARTS = ("identity.name", "identity.birth_date")
# Nobody searches by these two: audits compare them with those of the staff.
ADDRESS = "identity.address"
KIN = "identity.name+identity.address"
_HOUSE = re.compile(r"[0-9零〇一二三四五六七八九十百]+\s*[号弄幢栋]|[0-9]")
_COMPOUND = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "司徒",
    "夏侯",
)


def digest(element: str, value: str) -> bytes:
    """The fingerprint of one value; the value is normalised here."""
    return blind_index.index(elements.get(element).normalise(value), key=index_key(element))


def combined(name: str, birth_date: str) -> bytes:
    parts = [
        elements.get(code).normalise(v)
        for code, v in zip(COMBINED_PARTS, (name, birth_date), strict=True)
    ]
    return blind_index.combined_index(parts, key=index_key(COMBINED))


def place(address: str) -> bytes:
    """The fingerprint of a whole address, however it is spaced."""
    return blind_index.index(_together(address), key=index_key(ADDRESS))


def kin(name: str, address: str) -> bytes | None:
    """The fingerprint of a surname in a street; None where the address names no house in a street."""
    text, surname = _together(address), surname_of(name)
    house = _HOUSE.search(text)
    if house is None or house.start() < _SHORTEST_STREET or not surname:
        return None
    return blind_index.combined_index([surname, text[: house.start()]], key=index_key(KIN))


def surname_of(name: str) -> str:
    text = elements.get("identity.name").normalise(name)
    return next((each for each in _COMPOUND if text.startswith(each)), text[:1])


_SHORTEST_STREET = 6  # shorter ones are towns


def _together(address: str) -> str:
    return "".join(elements.get(ADDRESS).normalise(address).split())


def _near(name: str, address: str) -> list[tuple[str, bytes]]:
    """What tells who lives with, or near, a member of staff."""
    if not address:
        return []
    street = kin(name, address) if name else None
    return [(ADDRESS, place(address)), *([(KIN, street)] if street else [])]


def of_source(book: str, key: str) -> bytes:
    """The fingerprint of the number that a customer, policy or claim has in its book."""
    return blind_index.index(f"{book}/{key.strip()}", key=source_key("source.key"))


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
    return found + _near(name, values.get(ADDRESS, ""))


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
