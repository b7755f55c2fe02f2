"""Walks a range of entries as they lie in the table: leaf, tags, mark, columns, chain, time and place.

Nothing here needs Django set up, so that a child process of its own can walk each range; it is handed a
database address and the key of the marks.
"""

from __future__ import annotations

import hashlib
import operator
import struct
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import psycopg2
from psycopg2 import extensions

from access.verification import apart, rows, stream
from access.verification.page import Fitting, fitting
from access.verification.stream import Page
from custodian.tlog.verify import HASH, SKEW, TILE

if TYPE_CHECKING:
    from access.verification.looks import Lists

FIRST_LINK = "0" * 16
MOST_FAULTS = 100


@dataclass(frozen=True)
class Fault:
    """What is wrong, at the first index where it shows; `code` is stable."""

    code: str
    index: int

    def __str__(self) -> str:
        return f"#{self.index}: {self.code}"


@dataclass(slots=True)
class Link:
    """Where a writer's session stood at its first and last entry of a range."""

    count: int
    link: str
    at: int
    last: int
    digest: str
    closed: bool = False


@dataclass
class Walked:
    """What one range holds: enough to join it to its neighbours and to the tree."""

    first: int
    beyond: int
    roots: list[bytes] = field(default_factory=list)  # of the tiles that begin in the range
    sessions: dict[str, Link] = field(default_factory=dict)
    latest: str = ""
    oldest: tuple[str, int] = ("", 0)
    faults: list[Fault] = field(default_factory=list)
    count: int = 0
    unlisted: int = 0  # rows that the customers' lists lack, the first of them at `gap`
    gap: int | None = None


@dataclass(frozen=True)
class Place:
    """Where to read: a database's address, one moment of it, and the key of the marks."""

    url: str = field(repr=False)
    key: bytes = field(repr=False)
    moment: str | None = None  # an exported snapshot


def walk(place: Place, first: int, beyond: int, size: int, lists: Lists | None = None) -> Walked:
    """Entries from `first` to below `beyond`, of a tree of `size`; `first` is a multiple of 256.

    `lists` are held against them in the same reading.
    """
    with closing(_connection(place)) as connection:
        here = place if place.moment else replace(place, moment=_moment(connection))
        found = _Walk(here, Walked(first, beyond), size, lists)
        with stream.pages(connection, first, beyond) as pages:
            return found.run(pages)


def _connection(place: Place) -> extensions.connection:
    connection = psycopg2.connect(place.url, application_name="custodian verify")
    connection.set_session(readonly=True, autocommit=False, isolation_level="REPEATABLE READ")
    if place.moment is not None:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION SNAPSHOT %s", [place.moment])
    return connection


def _moment(connection: extensions.connection) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        (moment,) = cursor.fetchone() or ("",)
        return str(moment)


class _Walk:
    def __init__(self, place: Place, found: Walked, size: int, lists: Lists | None) -> None:
        self._place, self._size, self._lists = place, size, lists
        self._counts: Counter[str] = Counter()
        self.found = found

    def run(self, pages: Iterable[tuple[int, Page]]) -> Walked:
        found = self.found
        for low, page in pages:
            high = min(low + stream.PAGE, found.beyond)
            whole = self._is_dense(page, low, high)
            taken = fitting(page, self._place.key) if whole else None
            if taken:
                self._compare(low, taken.hashes, page)
            else:
                taken = self._apart(low, high, page)
            self._in_time(taken)
            self._in_session(taken)
            if self._lists:
                for fault in self._lists.hold(taken, page):
                    self._fault(fault.code, fault.index)
            found.count += len(taken.indexes)
            if len(found.faults) > MOST_FAULTS:
                break
        if self._lists:
            found.unlisted, found.gap = self._lists.lacking()
        return found

    def _is_dense(self, page: Page, low: int, high: int) -> bool:
        """Whether nothing of the tree is missing and nothing is there twice."""
        count = len(page.indexes)
        return count >= min(high, self._size) - low and page.indexes == (*range(low, low + count),)

    def _apart(self, low: int, high: int, page: Page) -> Fitting:
        with closing(_connection(self._place)) as connection, connection.cursor() as cursor:
            taken = rows.entries(cursor, low, high)
        all_of_it = apart.dense(taken, low, min(high, self._size), self._fault)
        hashes = [hashlib.sha256(b"\x00" + leaf).digest() for _, leaf, _, _ in all_of_it]
        self._compare(low, hashes, page)
        return apart.gone_through(all_of_it, hashes, self._place.key, self._fault)

    def _in_time(self, taken: Fitting) -> None:
        times = [self.found.latest, *[each.ts for each in taken.said]]
        if not all(map(operator.le, times, times[1:])):
            latest = times[0]
            for index, when in zip(taken.indexes, times[1:], strict=True):
                if is_late(when, after=latest):
                    self._fault("time-regression", index)
                latest = max(latest, when)
        self.found.latest = max(times)
        when = min(times[1:], default="")
        if when and (when < self.found.oldest[0] or not times[0]):
            self.found.oldest = (when, taken.indexes[times.index(when, 1) - 1])

    def _in_session(self, taken: Fitting) -> None:
        known = self.found.sessions.get
        for leaf, digest, index in zip(taken.said, taken.hashes, taken.indexes, strict=True):
            before, link = known(leaf.w), digest[:8].hex()
            if before is None:
                if leaf.act == "void":
                    continue
                before = Link(leaf.ws, leaf.wp, index, leaf.ws, link)
                self.found.sessions[leaf.w] = before
            elif leaf.ws != before.last + 1 or leaf.wp != before.digest or before.closed:
                if leaf.act == "void":
                    continue
                self._fault("writer-gap", index)
            before.last, before.digest = leaf.ws, link
            if leaf.act == "writer.close":
                before.closed = True

    def _compare(self, first: int, hashes: Sequence[bytes], page: Page) -> None:
        """Hold the page's hashes against the tiles of the tree, and keep the roots of full ones."""
        last, tiles = min(first + len(hashes), self._size) - 1, page.tiles
        for block in range(first // TILE, last // TILE + 1):
            low, high = max(block * TILE, first), min(block * TILE + TILE, last + 1)
            tile = tiles.get(block, b"")
            # A tile may have become full since the size was read; its root is not in that tree yet.
            full = low == block * TILE and low + TILE <= self._size
            mine = b"".join(hashes[low - first : high - first])
            theirs = (
                tile if full else tile[(low - block * TILE) * HASH : (high - block * TILE) * HASH]
            )
            if mine != theirs:
                self._fault("leaf-not-tile", low + first_difference(mine, theirs))
            if full:
                self.found.roots.append(_root(tile) if mine == theirs else b"")

    def _fault(self, code: str, index: int) -> None:
        """The first ones of each kind, so that many of one do not hide another that came before."""
        if self._counts[code] <= MOST_FAULTS:
            self._counts[code] += 1
            self.found.faults.append(Fault(code, index))


def is_late(when: str, *, after: str) -> bool:
    """Whether a leaf's time lies further before an earlier leaf's than clocks of machines differ."""
    if when >= after:
        return False
    try:
        difference: timedelta = datetime.fromisoformat(after) - datetime.fromisoformat(when)
    except (TypeError, ValueError):
        return True
    return difference.total_seconds() > SKEW


def _root(tile: bytes) -> bytes:
    """As `perfect_root`, without a call for every node: half the time."""
    sha, pair = hashlib.sha256, 2 * HASH
    while len(tile) > HASH:
        pairs = struct.unpack(f"{pair}s" * (len(tile) // pair), tile)
        tile = b"".join([sha(b"\x01" + each).digest() for each in pairs])
    return tile


def first_difference(mine: bytes, theirs: bytes) -> int:
    """The place of the first hash that differs between two tiles."""
    for at in range(0, len(mine), HASH):
        if mine[at : at + HASH] != theirs[at : at + HASH]:
            return at // HASH
    return 0
