"""Which fingerprints a customer's values leave, so that exact values can be looked up while sealed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from custodian import clock, elements
from custodian.crypto import blind_index
from custodian.elements import Search
from custodian.keys import index_key, index_versions, source_key
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


class Fingerprint(NamedTuple):
    """What one value leaves; `version` is that of the root behind it."""

    element: str
    digest: bytes
    version: int

    def columns(self) -> dict[str, Any]:
        return self._asdict()


def digest(element: str, value: str, *, version: int = 0) -> bytes:
    """The fingerprint of one value; the value is normalised here. Version 0 is the one written with."""
    key = index_key(element, version=version)
    return blind_index.index(elements.get(element).normalise(value), key=key)


def digests(element: str, value: str) -> list[bytes]:
    """Each fingerprint under which the value may lie: two while a rotation is under way."""
    return [digest(element, value, version=version) for version in index_versions()]


def combined(name: str, birth_date: str, *, version: int = 0) -> bytes:
    parts = [
        elements.get(code).normalise(v)
        for code, v in zip(COMBINED_PARTS, (name, birth_date), strict=True)
    ]
    return blind_index.combined_index(parts, key=index_key(COMBINED, version=version))


def place(address: str, *, version: int = 0) -> bytes:
    """The fingerprint of a whole address, however it is spaced."""
    return blind_index.index(_together(address), key=index_key(ADDRESS, version=version))


def kin(name: str, address: str, *, version: int = 0) -> bytes | None:
    """The fingerprint of a surname in a street; None where the address names no house in a street."""
    text, surname = _together(address), surname_of(name)
    house = _HOUSE.search(text)
    if house is None or house.start() < _SHORTEST_STREET or not surname:
        return None
    key = index_key(KIN, version=version)
    return blind_index.combined_index([surname, text[: house.start()]], key=key)


def surname_of(name: str) -> str:
    text = elements.get("identity.name").normalise(name)
    return next((each for each in _COMPOUND if text.startswith(each)), text[:1])


_SHORTEST_STREET = 6  # shorter ones are towns


def _together(address: str) -> str:
    return "".join(elements.get(ADDRESS).normalise(address).split())


def _near(name: str, address: str, *, version: int) -> list[tuple[str, bytes]]:
    """What tells who lives with, or near, a member of staff."""
    if not address:
        return []
    street = kin(name, address, version=version) if name else None
    found = [(ADDRESS, place(address, version=version))]
    return [*found, *([(KIN, street)] if street else [])]


def of_source(book: str, key: str) -> bytes:
    """The fingerprint of the number that a customer, policy or claim has in its book."""
    return blind_index.index(f"{book}/{key.strip()}", key=source_key("source.key"))


def of_values(values: Mapping[str, str], *, version: int = 0) -> list[Fingerprint]:
    """Every fingerprint that values by element code leave, in the same order each time; empty ones none."""
    number = version or index_versions()[0]
    found = [
        (code, digest(code, value, version=number))
        for code, value in values.items()
        if value and elements.get(code).search is Search.EXACT
    ]
    name, birth = (values.get(code, "") for code in COMBINED_PARTS)
    if name and birth:
        found.append((COMBINED, combined(name, birth, version=number)))
    found += _near(name, values.get(ADDRESS, ""), version=number)
    return [Fingerprint(element, made, number) for element, made in found]


def sources() -> frozenset[str]:
    """The elements of whose values fingerprints are made."""
    exact = {each.code for each in elements.catalogue() if each.search is Search.EXACT}
    return frozenset({*exact, *COMBINED_PARTS, ADDRESS})


def of_query(kind: str, values: Sequence[str]) -> list[bytes]:
    """What to look for: two fingerprints while a rotation is under way."""
    if kind != COMBINED:
        return digests(kind, values[0])
    return [combined(values[0], values[1], version=version) for version in index_versions()]


_COLUMNS: Final[dict[str, str]] = {
    "element": "text",
    "digest": "bytea",
    "version": "smallint",
    "subject_id": "bigint",
    "holding": "uuid",
    "since": "timestamptz",
}


def write(found: Sequence[tuple[Fingerprint, int, UUID]]) -> None:
    """Store fingerprints as current: each with the subject and the holding it belongs to."""
    now = clock.now()
    bulk.insert(
        "records_blindindex",
        _COLUMNS,
        [
            (each.element, each.digest, each.version, subject, holding, now)
            for each, subject, holding in found
        ],
    )


def write_ended(found: Sequence[tuple[Fingerprint, int, UUID, datetime]]) -> None:
    """Those of values that stand there no longer, each with the moment until which it did."""
    bulk.insert(
        "records_blindindex",
        {**_COLUMNS, "until": "timestamptz"},
        [
            (each.element, each.digest, each.version, subject, holding, until, until)
            for each, subject, holding, until in found
        ],
    )
