"""Which entries a bundle holds: a range of indexes, and in it the entries that were asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from psycopg2 import extensions

from access.bundles.criteria import Criteria
from access.querylog.explore import index_at
from custodian.tlog.bundle import WITHHELD, Leaf
from custodian.tlog.verify import TILE

PAGE = 2_000
WINDOW = 50_000  # indexes that one statement looks through, however rare its entries are
_FILTERS = (
    "(e.actor = ANY (%(operators)s::uuid[]) OR e.unit = ANY (%(units)s)"
    " OR e.id = ANY (%(rolls)s) OR EXISTS (SELECT FROM querylog.subject_access s"
    " WHERE s.entry_id = e.id AND s.subject = ANY (%(customers)s::uuid[])))"
)
_ROWS = (
    "SELECT e.id, e.leaf, e.tags FROM querylog.entry e"
    " WHERE e.id >= %(low)s AND e.id < %(high)s AND {} ORDER BY e.id LIMIT %(page)s"
)


@dataclass(frozen=True)
class Range:
    first: int
    beyond: int


def range_of(criteria: Criteria, *, size: int) -> Range:
    """The indexes of the period that lie in a tree of `size`."""
    start, end = criteria.period
    first = min(index_at(start), size)
    return Range(first, max(first, min(index_at(end), size)))


def blocks(
    cursor: extensions.cursor,
    criteria: Criteria,
    found: Range,
    *,
    rolls: list[int],
    size: int,
    reached: Callable[[int], None] = lambda _index: None,
) -> Iterator[tuple[int, list[Leaf]]]:
    """Index and leaves of every bundle of 256 that holds an entry that was asked for.

    `rolls` are entries outside or inside the range that show that nobody was left out; `reached` hears
    how far the search has come, also where it finds nothing.
    """
    found_rows = _rows(cursor, criteria, found, rolls, reached)
    for block, rows in groupby(found_rows, lambda row: row[0] // TILE):
        width = min(size - block * TILE, TILE)
        leaves = [WITHHELD] * width
        for index, leaf, tags in rows:
            leaves[index % TILE] = Leaf(leaf.encode(), bytes(tags))
        yield block, leaves


def _rows(
    cursor: extensions.cursor,
    criteria: Criteria,
    found: Range,
    rolls: list[int],
    reached: Callable[[int], None],
) -> Iterator[tuple[int, str, memoryview]]:
    before = [at for at in rolls if at < found.first]
    after = [at for at in rolls if at >= found.beyond]
    yield from _named(cursor, before)
    sql = _ROWS.format("TRUE" if criteria.everything else _FILTERS)
    low = found.first
    while low < found.beyond:
        high = min(low + WINDOW, found.beyond)
        cursor.execute(sql, _terms(criteria, rolls, low, high))
        rows = cursor.fetchall()
        yield from rows
        low = rows[-1][0] + 1 if len(rows) == PAGE else high
        reached(low)
    yield from _named(cursor, after)


def _named(cursor: extensions.cursor, indexes: list[int]) -> list[tuple[int, str, memoryview]]:
    cursor.execute(
        "SELECT id, leaf, tags FROM querylog.entry WHERE id = ANY (%s) ORDER BY id", [indexes]
    )
    return cursor.fetchall()


def _terms(criteria: Criteria, rolls: list[int], low: int, high: int) -> dict[str, object]:
    return {
        "operators": [str(each) for each in criteria.operators],
        "customers": [str(each) for each in criteria.customers],
        "units": list(criteria.units),
        "rolls": rolls,
        "low": low,
        "high": high,
        "page": PAGE,
    }
