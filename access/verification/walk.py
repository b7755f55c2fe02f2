"""Walks a range of entries as they lie in the table: leaf, tags, columns, chain, time and place in the tree.

No Django here, so that a child process of its own can walk each range; it is handed a database address.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
import psycopg2
from psycopg2 import extensions

from custodian.tlog.verify import HASH, SKEW, TAG, TILE, perfect_root, split_hashes

PAGE = 10_240
FIRST_LINK = "0" * 16
MOST_FAULTS = 100
Row = tuple[int, bytes, bytes]
_MARK = re.compile(r'"wm":"[0-9a-f]{32}",')
_ROWS = (
    "COPY (SELECT id, leaf, tags FROM querylog.entry WHERE id >= {:d} AND id < {:d} ORDER BY id)"
    " TO STDOUT (FORMAT binary)"
)
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
    faults: list[Fault] = field(default_factory=list)
    count: int = 0


def walk(url: str, first: int, beyond: int, size: int) -> Walked:
    """Entries from `first` to below `beyond`, of a tree of `size`; `first` is a multiple of 256."""
    connection = psycopg2.connect(url, application_name="custodian verify")
    tiles = psycopg2.connect(url, application_name="custodian verify")
    for each in (connection, tiles):
        each.set_session(readonly=True, autocommit=True)
    try:
        return _Walk(connection, tiles, first, beyond, size).run()
    finally:
        connection.close()
        tiles.close()


class Said(msgspec.Struct, gc=False):
    """What the walk needs of a leaf."""

    act: str
    n: int
    subj: str
    ts: str
    w: str = ""
    wp: str = ""
    ws: int = 0


class _Rows:
    """Takes a binary COPY, one row a piece, which costs half of what fetching costs."""

    HEAD = struct.Struct(">hiqi")
    START = 19  # length of the signature and header before the first row

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._first = True

    def write(self, piece: bytes) -> None:
        at = self.START if self._first else 0
        self._first = False
        if len(piece) - at < self.HEAD.size:
            return
        _, _, index, length = self.HEAD.unpack_from(piece, at)
        start = at + self.HEAD.size
        self.rows.append((index, piece[start : start + length], piece[start + length + 4 :]))


class _Walk:
    def __init__(
        self,
        connection: extensions.connection,
        tiles: extensions.connection,
        first: int,
        beyond: int,
        size: int,
    ) -> None:
        self._connection, self._tiles = connection, tiles
        self._size = size
        self.found = Walked(first, beyond)

    def run(self) -> Walked:
        found = self.found
        for page in self._pages():
            self._compare(found.first + found.count, self._leaves(page))
            found.count += len(page)
            if len(found.faults) > MOST_FAULTS:
                break
        return found

    def _pages(self) -> Iterator[list[Row]]:
        """Page after page; the next one is fetched while this one is checked."""
        lows = range(self.found.first, self.found.beyond, PAGE)
        with ThreadPoolExecutor(1) as ahead:
            waiting = deque(ahead.submit(self._fetch, low) for low in lows[:1])
            for low in lows:
                if low + PAGE < self.found.beyond:
                    waiting.append(ahead.submit(self._fetch, low + PAGE))
                high = min(low + PAGE, self.found.beyond)
                yield self._dense(waiting.popleft().result(), low, high)

    def _fetch(self, low: int) -> list[Row]:
        taken = _Rows()
        with self._connection.cursor() as cursor:
            cursor.copy_expert(_ROWS.format(low, min(low + PAGE, self.found.beyond)), taken)
        return taken.rows

    def _dense(self, rows: list[Row], low: int, high: int) -> list[Row]:
        """The rows with an empty one in the place of each that is missing."""
        if len(rows) == high - low:
            return rows
        known = {row[0]: row for row in rows}
        missing = [index for index in range(low, high) if index not in known]
        for index in missing[:MOST_FAULTS]:
            self._fault("entry-missing", index)
        return [known.get(index, (index, b"", b"")) for index in range(low, high)]

    def _leaves(self, page: list[Row]) -> list[bytes]:
        """Check each row by itself, in time and in its session, and give the leaf hashes.

        The page is held against its leaves as a whole; only one that does not fit is gone through.
        """
        sha, decode = hashlib.sha256, msgspec.json.Decoder(Said).decode
        hashes = [sha(b"\x00" + raw).digest() for _, raw, _ in page]
        try:
            said = [decode(raw) for _, raw, _ in page]
        except msgspec.DecodeError:
            page, hashes_ = self._readable(page, hashes)
            said = [decode(raw) for _, raw, _ in page]
        else:
            hashes_ = hashes
        tags = b"".join([sha(tags).digest() for _, _, tags in page])
        if tags.hex() != "".join([each.subj for each in said]) or (
            sum(len(row[2]) for row in page) != TAG * sum(each.n for each in said)
        ):
            self._tags(page, said)
        self._in_time(page, said)
        self._in_session(page, said, hashes_)
        return hashes

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
        for (index, _, tags), leaf in zip(page, said, strict=True):
            if hashlib.sha256(tags).hexdigest() != leaf.subj or len(tags) != leaf.n * TAG:
                self._fault("tags-not-leaf", index)

    def _in_time(self, page: list[Row], said: list[Said]) -> None:
        times = [self.found.latest, *[each.ts for each in said]]
        if times != sorted(times):
            latest = times[0]
            for (index, _, _), when in zip(page, times[1:], strict=True):
                if when < latest and seconds_between(when, latest) > SKEW:
                    self._fault("time-regression", index)
                latest = max(latest, when)
        self.found.latest = max(times)

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

    def _compare(self, first: int, hashes: list[bytes]) -> None:
        """Hold the page's hashes against the tiles of the tree, and keep the roots of full ones."""
        last = min(first + len(hashes), self._size) - 1
        if last < first:
            return
        with self._tiles.cursor() as cursor:
            cursor.execute(_TILES, [first // TILE, last // TILE])
            tiles = {index: bytes(data) for index, data in cursor.fetchall()}
        for block in range(first // TILE, last // TILE + 1):
            low, high = max(block * TILE, first), min(block * TILE + TILE, last + 1)
            tile = tiles.get(block, b"")
            mine = b"".join(hashes[low - first : high - first])
            theirs = tile[(low - block * TILE) * HASH : (high - block * TILE) * HASH]
            if mine != theirs:
                self._fault("leaf-not-tile", low + _first_difference(mine, theirs))
            if low == block * TILE and len(tile) == TILE * HASH:
                self.found.roots.append(perfect_root(split_hashes(tile)))

    def _fault(self, code: str, index: int) -> None:
        if len(self.found.faults) <= MOST_FAULTS:
            self.found.faults.append(Fault(code, index))


def unmarked(text: str) -> str:
    """A leaf as its writer marked it: its own mark cut out."""
    return _MARK.sub("", text, count=1)


def seconds_between(early: str, late: str) -> float:
    difference: timedelta = datetime.fromisoformat(late) - datetime.fromisoformat(early)
    return difference.total_seconds()


def _first_difference(mine: bytes, theirs: bytes) -> int:
    for at in range(0, len(mine), HASH):
        if mine[at : at + HASH] != theirs[at : at + HASH]:
            return at // HASH
    return 0
