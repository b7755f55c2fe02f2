"""Joins walked ranges into one log: sessions across borders, tiles above tiles, checkpoints over all."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from psycopg2 import extensions

from access.sequencer.integrate import read_tile
from access.verification.outside import Trusted
from access.verification.walk import FIRST_LINK, Fault, Walked
from custodian.tlog import merkle, notes
from custodian.tlog.verify import (
    SKEW,
    TILE,
    Checkpoint,
    Failed,
    Key,
    Note,
    Policy,
    perfect_root,
    split_hashes,
)

# A session by name: number and link of its last entry; one that was closed is forgotten.
Sessions = dict[str, tuple[int, str]]
_CHECKPOINTS = (
    "SELECT size, root, note, made_at FROM querylog.checkpoint WHERE size > %s ORDER BY size"
)

_COSIGNED = """
SELECT size, note, witness, line, at FROM querylog.cosignature JOIN querylog.checkpoint USING (size)
WHERE size > %s ORDER BY size DESC LIMIT %s
"""
NEWEST = 1_000  # cosignatures that one run checks


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
        """An empty root is one that is known to be wrong already; what is above it tells nothing new."""
        level, first = 1, self.first
        while roots:
            upper: list[bytes] = []
            start = first
            for index, mine in _groups(roots, first):
                low = max(start - index * TILE, 0)
                theirs = split_hashes(read_tile(self.cursor, level, index))[low : low + len(mine)]
                pairs = list(itertools.zip_longest(mine, theirs, fillvalue=b""))
                wrong = next(
                    (at for at, pair in enumerate(pairs) if pair[0] and len({*pair}) > 1), None
                )
                if wrong is not None:
                    self.faults.append(Fault("tile-not-its-leaves", (start + wrong) * TILE**level))
                if low == 0 and len(mine) == TILE:
                    whole = wrong is None and len(theirs) == TILE
                    upper.append(perfect_root(theirs) if whole else b"")
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
    cursor: extensions.cursor, policy: Trusted | None, *, since: int, size: int
) -> Iterator[Fault]:
    """Every checkpoint has the root of its size, a signature of the log, and a time after the one before.

    The newest is signed by a key that is good today.
    """

    @lru_cache(maxsize=64)
    def read(level: int, index: int) -> bytes:
        return read_tile(cursor, level, index)

    cursor.execute(_CHECKPOINTS, [since])
    latest, last, newest = datetime.min.replace(tzinfo=UTC), 0, ""
    for at, root, note, made_at in cursor.fetchall():
        last, newest = at, note
        if at > size or _root(at, read) != bytes(root):
            yield Fault("checkpoint-not-its-entries", min(at, size) - 1)
            continue
        yield from _note(note, policy, at, bytes(root), made_at)
        if made_at < latest:
            yield Fault("checkpoint-back-in-time", at - 1)
        latest = max(latest, made_at)
    if last < size and size > since:
        yield Fault("checkpoint-missing", size - 1)
    elif policy and newest and not _is_good_today(newest, policy):
        yield Fault("checkpoint-signature", last - 1)


def cosignatures(cursor: extensions.cursor, policy: Policy, *, since: int) -> Iterator[Fault]:
    """What a witness is said to have signed it did sign; one that the policy does not name is passed over."""
    cursor.execute(_COSIGNED, [since, NEWEST])
    for size, note, witness, line, at in cursor.fetchall():
        if witness in policy.witnesses and _signed(policy.witnesses[witness], note, line) != at:
            yield Fault("cosignature-not-witness", size - 1)


def _signed(witness: Key, note: str, line: str) -> datetime | None:
    """When the witness signed, by its own word."""
    try:
        text = Checkpoint.parse(note.encode()).note.text
        when = Note.parse(notes.note(text, [line])).signed_by(witness)
    except Failed:
        return None
    return None if when is None else datetime.fromtimestamp(when, UTC)


def _root(size: int, read: merkle.Read) -> bytes:
    """The root of the first entries; nothing where a tile is gone."""
    try:
        return merkle.root(size, read)
    except merkle.Absent:
        return b""


def _is_good_today(note: str, policy: Policy) -> bool:
    try:
        return policy.signed_by_log(Checkpoint.parse(note.encode()))
    except Failed:
        return False


def _note(
    note: str, policy: Trusted | None, size: int, root: bytes, made_at: datetime
) -> Iterator[Fault]:
    try:
        signed = Checkpoint.parse(note.encode())
        said = policy.log_time_then(signed) if policy else 0
    except Failed:
        yield Fault("checkpoint-signature", size - 1)
        return
    if (signed.size, signed.root) != (size, root):
        yield Fault("checkpoint-not-its-note", size - 1)
    if said and abs(datetime.fromtimestamp(said, UTC) - made_at) > timedelta(seconds=SKEW):
        yield Fault("checkpoint-time", size - 1)
