"""Streams a range of the log page by page: entries, the customers' lists and the tree's tiles beside them.

One statement for the whole range, read by a thread of its own: the database joins the next pages while one
is checked, and each comes over in one piece, so that the two hardly wait for Python's one lock.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Queue

from psycopg2 import extensions

from custodian.tlog.verify import TILE

PAGE = 1_280  # entries; larger ones cost the database more for each
AHEAD = 3
START = 19  # length of the signature and header before the first row
BETWEEN = "\x1f"  # what nobody types: between two values, so that none can pass for part of another
# Beside each leaf, in the order of `Page.columns`.
COLUMNS = (
    "to_char(ts AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')",
    *("actor::text", "staff_no", "unit", "act", "purpose", "outcome", "channel"),
)
_COUNT, _LENGTH = struct.Struct(">h"), struct.Struct(">i")
_ENTRIES = ", ".join(
    [
        "string_agg(int8send(id), '')",
        "string_agg(leaf, E'\\n')",
        "string_agg(tags, '')",
        "string_agg(int4send(octet_length(tags)), '')",
        "string_agg(int4send(coalesce(subjects, -1)), '')",
        *[f"string_agg(coalesce({each}, ''), E'\\x1f')" for each in COLUMNS],
    ]
)
_PAGES = f"""
SELECT entries.*, listed.*, tiles.* FROM
    generate_series({{first:d}}::bigint, {{beyond:d}}::bigint - 1, {{page:d}}) AS low,
    LATERAL (SELECT least(low + {{page:d}}, {{beyond:d}}) AS high) AS high,
    LATERAL (SELECT {_ENTRIES} FROM (
        SELECT * FROM querylog.entry WHERE id >= low AND id < high ORDER BY id) AS page) AS entries,
    LATERAL (SELECT string_agg(int8send(entry_id), ''), string_agg(uuid_send(subject), '') FROM (
        SELECT entry_id, subject FROM querylog.subject_access
        WHERE entry_id >= low AND entry_id < high ORDER BY entry_id) AS page) AS listed,
    LATERAL (SELECT string_agg(int8send(index), ''), string_agg(int4send(octet_length(data)), ''),
        string_agg(data, '') FROM (
        SELECT index, data FROM querylog.tile
        WHERE level = 0 AND index >= low / {TILE} AND index <= (high - 1) / {TILE}
        ORDER BY index) AS page) AS tiles
"""  # noqa: S608  nothing of it comes from outside


@dataclass(frozen=True, slots=True)
class Page:
    """A page as the database joins it."""

    indexes: Sequence[int]
    leaves: bytes  # a line each
    tags: bytes
    lengths: Sequence[int]  # of each entry's tags
    subjects: Sequence[int]  # how many customers each entry is said to show
    columns: Sequence[memoryview]  # each joined by BETWEEN
    listed: Sequence[int]  # for each row of the customers' lists, the entry
    uids: Sequence[bytes]  # and the customer
    tiles: Mapping[int, bytes]


@contextmanager
def pages(
    connection: extensions.connection, first: int, beyond: int
) -> Iterator[Iterator[tuple[int, Page]]]:
    """From `first` to below `beyond`, each page by its first index; the connection is used up by it."""
    waiting = _Waiting()
    with ThreadPoolExecutor(1) as aside:
        read = aside.submit(
            _read, connection, _PAGES.format(first=first, beyond=beyond, page=PAGE), waiting
        )
        try:
            rows = (_page(row) for row in waiting.rows(read))
            yield zip(range(first, beyond, PAGE), rows, strict=True)
        finally:
            waiting.leave()


class _Left(Exception):
    """Nobody wants the rest."""


class _Waiting:
    """Rows on their way from the connection's thread to the one that checks them."""

    def __init__(self) -> None:
        self._queue: Queue[bytes | None] = Queue(AHEAD)  # None is the end
        self._begun = self._left = self._over = False

    def write(self, piece: bytes) -> None:
        """Take what the server sends, one row a piece."""
        row, self._begun = piece if self._begun else piece[START:], True
        if self._left:
            raise _Left
        if len(row) > _COUNT.size:
            self._queue.put(row)

    def end(self) -> None:
        self._queue.put(None)

    def rows(self, read: Future[None]) -> Iterator[bytes]:
        """Each as it comes; raises what kept `read` from its end."""
        while row := self._next():
            yield row
        read.result()

    def leave(self) -> None:
        """Let the connection's thread come to its end, wanted or not."""
        self._left = True
        while not self._over:
            self._next()

    def _next(self) -> bytes | None:
        row = self._queue.get()
        self._over = row is None
        return row


def _read(connection: extensions.connection, select: str, waiting: _Waiting) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL jit = off")
            cursor.copy_expert(f"COPY ({select}) TO STDOUT (FORMAT binary)", waiting)
    except _Left:
        pass
    finally:
        waiting.end()


def _page(row: bytes) -> Page:
    entries, beside = (values := list(_values(row)))[:5], values[-5:]
    indexes, leaves, tags, lengths, subjects = entries
    listed, uids, blocks, sizes, tiles = beside
    return Page(
        _integers("q", indexes), bytes(leaves), bytes(tags), _integers("i", lengths),
        _integers("i", subjects), values[5:-5], _integers("q", listed),
        struct.unpack("16s" * (len(uids) // 16), uids),
        dict(zip(_integers("q", blocks), parted(bytes(tiles), _integers("i", sizes)), strict=True)),
    )  # fmt: skip


def parted(joined: bytes, lengths: Iterable[int]) -> Iterator[bytes]:
    at = 0
    for length in lengths:
        yield joined[at : at + length]
        at += length


def _values(row: bytes) -> Iterator[memoryview]:
    """The columns of a row of binary COPY; nothing where one is null."""
    view, at = memoryview(row), _COUNT.size
    for _ in range(*_COUNT.unpack_from(row)):
        length = max(*_LENGTH.unpack_from(row, at), 0)
        at += _LENGTH.size
        yield view[at : at + length]
        at += length


def _integers(kind: str, values: memoryview) -> tuple[int, ...]:
    return struct.unpack(f">{len(values) // struct.calcsize(kind)}{kind}", values)
