"""Walks a range of entries as they lie in the table: leaf, tags, mark, columns, chain, time and place.

Nothing here needs Django set up, so that a child process of its own can walk each range; it is handed a
database address and the key of the marks.
"""

from __future__ import annotations

import hashlib
import operator
import struct
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import psycopg2
from psycopg2 import extensions

from access.verification import marks, rows
from access.verification.rows import BETWEEN, Pair, Row
from custodian.tlog.verify import HASH, SKEW, TAG, TILE

if TYPE_CHECKING:
    from access.verification.looks import Lists

PAGE = 2_560
FIRST_LINK = "0" * 16
MOST_FAULTS = 100
_TILES = "SELECT index, data FROM querylog.tile WHERE level = 0 AND index >= %s AND index <= %s"


@dataclass(frozen=True)
class Fault:
    """What is wrong, at the first index where it shows; `code` is stable."""

    code: str
    index: int

    def __str__(self) -> str:
        return f"#{self.index}: {self.code}"


@dataclass
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
    connection = psycopg2.connect(place.url, application_name="custodian verify")
    connection.set_session(readonly=True, autocommit=False, isolation_level="REPEATABLE READ")
    try:
        if place.moment is not None:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION SNAPSHOT %s", [place.moment])
        return _Walk(connection, place.key, Walked(first, beyond), size, lists).run()
    finally:
        connection.close()


class Said(msgspec.Struct, gc=False):
    """What the walk needs of a leaf."""

    act: str
    n: int
    subj: str
    ts: str
    w: str = ""
    wp: str = ""
    ws: int = 0
    uid: str = ""
    actor: str | None = None
    no: str | None = None
    unit: str | None = None
    purp: str | None = None
    out: str | None = None
    ch: str | None = None


class _Walk:
    def __init__(
        self,
        connection: extensions.connection,
        key: bytes,
        found: Walked,
        size: int,
        lists: Lists | None,
    ) -> None:
        self._connection, self._key, self._lists = connection, key, lists
        self._size = size
        self._counts: Counter[str] = Counter()
        self.found = found

    def run(self) -> Walked:
        found, sha = self.found, hashlib.sha256
        for low, taken, tiles, listed in self._pages():
            page = self._dense(taken, low, min(low + PAGE, found.beyond))
            hashes = [sha(b"\x00" + raw).digest() for _, raw, _, _ in page]
            self._compare(low, hashes, tiles)
            self._leaves(page, hashes, listed)
            found.count += len(page)
            if len(found.faults) > MOST_FAULTS:
                break
        return found

    def _pages(self) -> Iterator[tuple[int, list[Row], dict[int, bytes], list[Pair]]]:
        """Page after page with its tiles; the next one is fetched while this one is checked."""
        lows = range(self.found.first, self.found.beyond, PAGE)
        with ThreadPoolExecutor(1) as ahead:
            waiting = deque(ahead.submit(self._fetch, low) for low in lows[:1])
            for low in lows:
                if low + PAGE < self.found.beyond:
                    waiting.append(ahead.submit(self._fetch, low + PAGE))
                yield low, *waiting.popleft().result()

    def _fetch(self, low: int) -> tuple[list[Row], dict[int, bytes], list[Pair]]:
        high = min(low + PAGE, self.found.beyond)
        with self._connection.cursor() as cursor:
            taken = rows.entries(cursor, low, high)
            listed = self._lists.read(cursor, low, high) if self._lists else []
            cursor.execute(_TILES, [low // TILE, (high - 1) // TILE])
            return taken, {index: bytes(data) for index, data in cursor.fetchall()}, listed

    def _dense(self, page: list[Row], low: int, high: int) -> list[Row]:
        """The rows of the tree with an empty one in the place of each that is missing.

        Beyond the tree an index may be dead, or still to come.
        """
        if len(page) == high - low:
            return page
        known = {row[0]: row for row in page}
        sealed = range(low, min(high, self._size))
        for index in [each for each in sealed if each not in known][:MOST_FAULTS]:
            self._fault("entry-missing", index)
        tail = [row for row in page if row[0] >= self._size]
        return [known.get(index, (index, b"", b"", b"")) for index in sealed] + tail

    def _leaves(self, page: list[Row], hashes: list[bytes], listed: list[Pair]) -> None:
        """Check each row by itself, in time, in its session and with what lies beside it.

        The page is held against its leaves as a whole; only one that does not fit is gone through.
        """
        sha, decode = hashlib.sha256, msgspec.json.Decoder(Said).decode
        try:
            said = [decode(raw) for _, raw, _, _ in page]
        except msgspec.DecodeError:
            page, hashes = self._readable(page, hashes)
            said = [decode(raw) for _, raw, _, _ in page]
        tags = b"".join([sha(tags).digest() for _, _, tags, _ in page])
        if tags.hex() != "".join([each.subj for each in said]) or (
            sum(len(row[2]) for row in page) != TAG * sum(each.n for each in said)
        ):
            self._tags(page, said)
        self._in_time(page, said)
        self._in_session(page, said, hashes)
        for index in marks.unfit(self._key, page):
            self._fault("mark-not-leaf", index)
        self._columns(page, said)
        if self._lists:
            shown = [
                (row[0], leaf.uid, row[2]) for row, leaf in zip(page, said, strict=True) if row[2]
            ]
            for fault in self._lists.hold(shown, listed):
                self._fault(fault.code, fault.index)

    def _readable(self, page: list[Row], hashes: list[bytes]) -> tuple[list[Row], list[bytes]]:
        """The rows that can be read at all, with their hashes; the others are named."""
        kept = []
        for row, digest in zip(page, hashes, strict=True):
            try:
                msgspec.json.decode(row[1], type=Said)
            except msgspec.DecodeError:
                if row[1]:
                    self._fault("leaf-unreadable", row[0])
            else:
                kept.append((row, digest))
        return [row for row, _ in kept], [digest for _, digest in kept]

    def _tags(self, page: list[Row], said: list[Said]) -> None:
        for (index, _, tags, _), leaf in zip(page, said, strict=True):
            if hashlib.sha256(tags).hexdigest() != leaf.subj or len(tags) != leaf.n * TAG:
                self._fault("tags-not-leaf", index)

    def _columns(self, page: list[Row], said: list[Said]) -> None:
        """What is filtered and shown by is what the leaf says."""
        by = BETWEEN
        told = [
            f"{leaf.actor}{by}{leaf.no}{by}{leaf.unit}{by}{leaf.act}{by}{leaf.purp}{by}{leaf.out}"
            f"{by}{leaf.ch}{by}{leaf.n}{by}{leaf.ts}"
            for leaf in said
        ]
        if "".join(told).encode() != b"".join([shown for _, _, _, shown in page]):
            for (index, _, _, shown), leaf in zip(page, said, strict=True):
                if _told(leaf).encode() != shown:
                    self._fault("column-not-leaf", index)

    def _in_time(self, page: list[Row], said: list[Said]) -> None:
        times = [self.found.latest, *[each.ts for each in said]]
        if not all(map(operator.le, times, times[1:])):
            latest = times[0]
            for (index, *_), when in zip(page, times[1:], strict=True):
                if is_late(when, after=latest):
                    self._fault("time-regression", index)
                latest = max(latest, when)
        self.found.latest = max(times)
        when = min(times[1:], default="")
        if when and (when < self.found.oldest[0] or not times[0]):
            self.found.oldest = (when, page[times.index(when, 1) - 1][0])

    def _in_session(self, page: list[Row], said: list[Said], hashes: list[bytes]) -> None:
        sessions = self.found.sessions
        for leaf, digest, row in zip(said, hashes, page, strict=True):
            if leaf.act == "void":
                continue
            before, link = sessions.get(leaf.w), digest[:8].hex()
            if before is None:
                before = sessions[leaf.w] = Link(leaf.ws, leaf.wp, row[0], leaf.ws, link)
            elif leaf.ws != before.last + 1 or leaf.wp != before.digest or before.closed:
                self._fault("writer-gap", row[0])
            before.last, before.digest = leaf.ws, link
            before.closed = leaf.act == "writer.close"

    def _compare(self, first: int, hashes: list[bytes], tiles: Mapping[int, bytes]) -> None:
        """Hold the page's hashes against the tiles of the tree, and keep the roots of full ones."""
        last = min(first + len(hashes), self._size) - 1
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


def _told(leaf: Said) -> str:
    """The columns as the database joins them; it writes nothing for what is not there."""
    said = (leaf.actor, leaf.no, leaf.unit, leaf.act, leaf.purp, leaf.out, leaf.ch)
    return BETWEEN.join([*[each or "" for each in said], str(leaf.n), leaf.ts])


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
