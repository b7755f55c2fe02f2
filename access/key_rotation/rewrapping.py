"""Puts keys under the current KEK, some thousand at a time; what changed meanwhile stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db import connection

from access import keystore, ports
from access.keystore import WrappedKey
from custodian.crypto.errors import OpenFailed
from custodian.crypto.keyring import Keyring

CHUNK: Final = 4_000
# The first key of each table comes after these.
_BEFORE: Final = {"holdings": str(UUID(int=0)), "subjects": "-1"}
_NEXT: Final = {
    "holdings": "SELECT holding::text, kek, wrapped FROM keys.data_key"
    " WHERE holding > %s::uuid AND kek < %s ORDER BY holding LIMIT %s",
    "subjects": "SELECT subject::text, kek, wrapped FROM keys.subject_key"
    " WHERE subject > %s::bigint AND kek < %s ORDER BY subject LIMIT %s",
}
_REPLACE: Final = {
    "holdings": "SELECT keys.rewrap_holdings(%s::uuid[], %s::bytea[], %s, %s::bytea[])",
    "subjects": "SELECT keys.rewrap_subjects(%s::bigint[], %s::bytea[], %s, %s::bytea[])",
}
TABLES: Final = tuple(_NEXT)


@dataclass(frozen=True)
class Chunk:
    """What became of some keys: how many were replaced, how many did not open, and where the next begin."""

    replaced: int
    unopened: int
    place: str | None  # None: there are no more


@dataclass
class _Fresh:
    names: list[str] = field(default_factory=list)
    olds: list[str] = field(default_factory=list)
    news: list[str] = field(default_factory=list)
    unopened: int = 0


def waiting(version: int) -> int:
    """How many keys are under an earlier KEK."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM keys.data_key WHERE kek < %s)"
            " + (SELECT count(*) FROM keys.subject_key WHERE kek < %s)",
            [version, version],
        )
        (count,) = cursor.fetchone()
    return int(count)


def chunk(table: str, *, after: str | None, ring: Keyring) -> Chunk:
    """Replace the next keys of a table by the same under the ring's current KEK."""
    version = ring.current_kek
    with connection.cursor() as cursor:
        cursor.execute(_NEXT[table], (after or _BEFORE[table], version, CHUNK))
        rows = cursor.fetchall()
        if not rows:
            return Chunk(0, 0, None)
        fresh = _rewrapped(rows, _contexts(table, rows), ring)
        replaced = 0
        if fresh.names:
            given = (_array(fresh.names), _array(fresh.olds), version, _array(fresh.news))
            cursor.execute(_REPLACE[table], given)
            (replaced,) = cursor.fetchone()
    return Chunk(int(replaced), fresh.unopened, rows[-1][0])


def _contexts(table: str, rows: Sequence[Any]) -> Mapping[str, bytes]:
    if table == "subjects":
        return {name: keystore.subject_context(int(name)) for name, _kek, _blob in rows}
    owners = ports.holders().owners_of([name for name, _kek, _blob in rows])
    return {
        name: keystore.context(bytes.fromhex(name.replace("-", "")), owners.get(name))
        for name, _kek, _blob in rows
    }


def _rewrapped(rows: Sequence[Any], contexts: Mapping[str, bytes], ring: Keyring) -> _Fresh:
    fresh = _Fresh()
    for name, kek, blob in rows:
        try:
            wrapped = ring.rewrap(WrappedKey(kek, blob), context=contexts[name])
        except OpenFailed:
            # Damaged, or of a holding that is not written yet: it stays, and is looked at again.
            fresh.unopened += 1
            continue
        fresh.names.append(name)
        fresh.olds.append(f'"\\\\x{bytes(blob).hex()}"')
        fresh.news.append(f'"\\\\x{wrapped.blob.hex()}"')
    return fresh


def _array(texts: Sequence[str]) -> str:
    """One literal: an expression for each element would cost the server more than the rows."""
    return "{" + ",".join(texts) + "}"
