"""Checks a whole log from its rows alone, sharing no code with whoever wrote it."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg2.extensions

SKEW = timedelta(seconds=60)
FIRST = "0" * 16


@dataclass(frozen=True)
class Row:
    """An entry as it lies in the table."""

    id: int
    ts: datetime
    leaf: str
    tags: bytes

    @property
    def body(self) -> dict[str, Any]:
        return json.loads(self.leaf)


@dataclass
class Verdict:
    """What is wrong, each fault naming the entry; `sessions` are the lengths of the chains found."""

    faults: list[str] = field(default_factory=list)
    sessions: dict[str, int] = field(default_factory=dict)
    lost: dict[str, int] = field(default_factory=dict)  # session → entries it may have written


def read(connection: psycopg2.extensions.connection) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, ts, leaf, tags FROM querylog.entry ORDER BY id")
        return [Row(number, ts, leaf, bytes(tags)) for number, ts, leaf, tags in cursor]


def verify(rows: Iterable[Row]) -> Verdict:
    verdict = Verdict()
    chains: dict[str, list[Row]] = defaultdict(list)
    latest = datetime(2000, 1, 1, tzinfo=UTC)
    for row in rows:
        verdict.faults += _alone(row)
        if row.ts < latest - SKEW:
            verdict.faults.append(f"#{row.id}: time runs backwards")
        latest = max(latest, row.ts)
        if row.body["act"] == "void":  # in the place of a number whose writing failed
            continue
        chains[row.body["w"]].append(row)
        for gone in row.body.get("lost", ()):
            verdict.lost[gone["w"]] = gone["upto"]
    for name, chain in chains.items():
        verdict.sessions[name] = len(chain)
        verdict.faults += _chained(chain)
    verdict.faults += [
        f"session {name}: {length} entries, but only {verdict.lost[name]} were named as lost"
        for name, length in verdict.sessions.items()
        if name in verdict.lost and length > verdict.lost[name]
    ]
    return verdict


def _alone(row: Row) -> list[str]:
    """What can be seen on one row by itself."""
    body, faults = row.body, []
    if row.leaf != rfc8785(body):
        faults.append(f"#{row.id}: the leaf is not canonical")
    if hashlib.sha256(row.tags).hexdigest() != body["subj"]:
        faults.append(f"#{row.id}: the tags are not those of the leaf")
    tags = [row.tags[at : at + 16] for at in range(0, len(row.tags), 16)]
    if len(tags) != body["n"] or tags != sorted(tags):
        faults.append(f"#{row.id}: {len(tags)} tags for {body['n']} subjects, or not in order")
    if datetime.fromisoformat(body["ts"]) != row.ts:
        faults.append(f"#{row.id}: the time is not the leaf's")
    return faults


def _chained(chain: list[Row]) -> list[str]:
    faults, previous = [], FIRST
    for number, row in enumerate(chain):
        if row.body["ws"] != number:
            faults.append(f"#{row.id}: number {row.body['ws']} stands at place {number}")
        if row.body["wp"] != previous:
            faults.append(f"#{row.id}: does not follow its predecessor")
        previous = hashlib.sha256(b"\x00" + row.leaf.encode()).hexdigest()[:16]
    return faults


def rfc8785(value: Any) -> str:
    """RFC 8785 for objects, arrays, strings, whole numbers and literals; a float is refused."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        if abs(value) >= 2**53:
            raise ValueError("beyond what an IEEE double holds")
        return str(value)
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, list):
        return "[" + ",".join(map(rfc8785, value)) + "]"
    if isinstance(value, dict):
        # Section 3.2.3: keys are sorted by their UTF-16 code units.
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{_string(key)}:{rfc8785(value[key])}" for key in keys) + "}"
    raise TypeError(f"{type(value).__name__} is outside the profile")


_SHORT = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}


def _string(text: str) -> str:
    """Section 3.2.2.2: two-character escapes where there are any, \\u00xx below the space, else as is."""
    return '"' + "".join(_character(ord(each)) for each in text) + '"'


def _character(point: int) -> str:
    if 0xD800 <= point <= 0xDFFF:
        raise ValueError("a lone surrogate")
    return _SHORT.get(point) or (f"\\u{point:04x}" if point < 0x20 else chr(point))
