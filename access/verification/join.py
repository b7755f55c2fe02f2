"""Joins walked ranges into one log: sessions across borders, tiles above tiles, checkpoints over all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from psycopg2 import extensions

from access.sequencer.integrate import read_tile
from access.verification.walk import FIRST_LINK, Fault, Walked
from custodian.tlog import merkle
from custodian.tlog.verify import HASH, SKEW, TILE, Checkpoint, Failed, Policy, perfect_root

# A session by name: number and link of its last entry; one that was closed is forgotten.
Sessions = dict[str, tuple[int, str]]
_CHECKPOINTS = (
    "SELECT size, root, note, made_at FROM querylog.checkpoint WHERE size > %s ORDER BY size"
)


def sessions(before: Mapping[str, tuple[int, str]], walked: Walked) -> tuple[Sessions, list[Fault]]:
    """The sessions after a range, and the entries that do not follow from those before it."""
    after, faults = dict(before), []
    for name, link in walked.sessions.items():
        count, digest = before.get(name, (-1, FIRST_LINK))
        if (link.count, link.link) != (count + 1, digest):
            faults.append(Fault("writer-gap", link.at))
        after[name] = (link.last, link.digest)
        if link.closed:
            del after[name]
    return after, faults


@dataclass
class Roots:
    """The roots of full tiles, level by level from the leaves' upwards, each held against the database."""

    cursor: extensions.cursor
    first: int  # the tile of level 0 that the first root belongs to
    faults: list[Fault] = field(default_factory=list)

    def compare(self, roots: Sequence[bytes]) -> None:
        level, first = 1, self.first
        while roots:
            upper: list[bytes] = []
            start = first
            for index, mine in _groups(roots, first):
                tile = read_tile(self.cursor, level, index)
                low = max(start - index * TILE, 0)
                theirs = tile[low * HASH : (low + len(mine)) * HASH]
                if theirs != b"".join(mine):
                    self.faults.append(Fault("tile-not-its-leaves", start * TILE**level))
                if low == 0 and len(mine) == TILE:
                    upper.append(perfect_root(list(mine)))
                start = (index + 1) * TILE
            roots, first, level = upper, -(-first // TILE), level + 1


def _groups(roots: Sequence[bytes], first: int) -> Iterator[tuple[int, Sequence[bytes]]]:
    """The roots by the tile above that they stand in."""
    at = 0
    while at < len(roots):
        index = (first + at) // TILE
        count = (index + 1) * TILE - (first + at)
        yield index, roots[at : at + count]
        at += count


def checkpoints(
    cursor: extensions.cursor, policy: Policy | None, *, since: int, size: int
) -> Iterator[Fault]:
    """Every checkpoint has the root of its size, a signature of the log, and a time after the one before."""

    @lru_cache(maxsize=64)
    def read(level: int, index: int) -> bytes:
        return read_tile(cursor, level, index)

    cursor.execute(_CHECKPOINTS, [since])
    latest, last = datetime.min.replace(tzinfo=UTC), 0
    for at, root, note, made_at in cursor.fetchall():
        last = at
        if at > size or _root(at, read) != bytes(root):
            yield Fault("checkpoint-not-its-entries", min(at, size) - 1)
            continue
        yield from _note(note, policy, at, bytes(root), made_at)
        if made_at < latest:
            yield Fault("checkpoint-back-in-time", at - 1)
        latest = max(latest, made_at)
    if last < size and size > since:
        yield Fault("checkpoint-missing", size - 1)


def _root(size: int, read: merkle.Read) -> bytes:
    """The root of the first entries; nothing where a tile is gone."""
    try:
        return merkle.root(size, read)
    except merkle.Absent:
        return b""


def _note(
    note: str, policy: Policy | None, size: int, root: bytes, made_at: datetime
) -> Iterator[Fault]:
    try:
        signed = Checkpoint.parse(note.encode())
        said = policy.log_time(signed) if policy else 0
    except Failed:
        yield Fault("checkpoint-signature", size - 1)
        return
    if (signed.size, signed.root) != (size, root):
        yield Fault("checkpoint-not-its-note", size - 1)
    if said and abs(datetime.fromtimestamp(said, UTC) - made_at) > timedelta(seconds=SKEW):
        yield Fault("checkpoint-time", size - 1)
