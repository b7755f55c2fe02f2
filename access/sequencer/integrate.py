"""Takes committed entries into the tree: no gap, no doubling, and nothing that commits late is passed over.

The fence: whoever appends holds a shared lock from before its ids are drawn until it commits. Holding that
lock alone for a moment shows that every id up to the newest one is committed or dead. A dead id gets a void
entry, so that an entry's id and its index in the tree are the same number.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import psycopg2
from psycopg2 import extensions
from psycopg2.extras import execute_values

from access.querylog.leaf import loosen
from access.sequencer import rolls
from access.sequencer.drain import own
from custodian import clock, failpoints
from custodian.tlog.merkle import Absent
from custodian.tlog.notes import Signer, sign_checkpoint
from custodian.tlog.tiles import Edge, Tile
from custodian.tlog.verify import canonical, leaf_hash

LIMIT = 20_000
_NEWEST = "SELECT max(id) FROM querylog.entry"
_ROWS = "SELECT id, leaf, actor::text FROM querylog.entry WHERE id >= %s AND id < %s ORDER BY id"
_TILES = (
    "INSERT INTO querylog.tile (level, index, width, data) VALUES %s"
    " ON CONFLICT (level, index) DO UPDATE SET width = excluded.width, data = excluded.data"
)
_HOURLY = """
INSERT INTO querylog.hourly (hour, actor, unit, act, purpose, outcome, channel, count, shown)
SELECT date_trunc('hour', ts), actor, unit, act, purpose, outcome, channel,
       count(*), count(*) FILTER (WHERE subjects > 0)
FROM querylog.entry WHERE id >= %s AND id < %s GROUP BY 1, 2, 3, 4, 5, 6, 7
ON CONFLICT (hour, actor, unit, act, purpose, outcome, channel) DO UPDATE
SET count = hourly.count + excluded.count, shown = hourly.shown + excluded.shown
"""
_RESIGN = (
    "UPDATE querylog.checkpoint SET note = %(note)s, made_at = %(at)s"
    " WHERE size = %(size)s AND root = %(root)s"
)
_SIGN = (
    "INSERT INTO querylog.checkpoint (size, root, note, made_at)"
    " VALUES (%(size)s, %(root)s, %(note)s, %(at)s)"
)


class FenceBusy(Exception):
    """Somebody holds an append transaction open; nothing is wrong if it passes."""


class Overtaken(Exception):
    """The tree is not where this sequencer left it: another one is at work."""


class Integrator:
    """The tree of one database, held by the only sequencer.

    Made from the rows; raises `Absent` or `EntryMissing` when a part of them is gone.
    """

    def __init__(self, connection: extensions.connection) -> None:
        self._connection = connection
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT size FROM querylog.tree")
            (size,) = cursor.fetchone() or (0,)
            self.edge = _load(cursor, size)
            self.rolls = rolls.load(cursor, size=size)
            cursor.execute("SELECT max(made_at) FROM querylog.checkpoint")
            (self._latest,) = cursor.fetchone() or (None,)

    @property
    def size(self) -> int:
        return self.edge.size

    def fence(self) -> int:
        """The index below which every id is committed or dead; raises `FenceBusy`."""
        try:
            with self._connection, self._connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '250ms'")
                cursor.execute("SELECT pg_advisory_xact_lock(4242)")
                cursor.execute(_NEWEST)
                (newest,) = cursor.fetchone() or (None,)
        except psycopg2.errors.LockNotAvailable:
            raise FenceBusy from None
        failpoints.hit("sequencer-after-fence")
        return 0 if newest is None else newest + 1

    def take(self, beyond: int, *, signers: Sequence[Signer]) -> int:
        """Take the next entries below `beyond` into the tree, sign its new head, and say how many."""
        before, until = self.size, min(beyond, self.size + LIMIT)
        if until <= before:
            return 0
        with self._connection, self._connection.cursor() as cursor:
            rows = self._rows(cursor, before, until)
            hashes = [leaf_hash(leaf.encode()) for _, leaf, _ in rows]
            for (_, leaf, actor), digest in zip(rows, hashes, strict=True):
                self.rolls.take(actor, digest)
                self.rolls.asked |= rolls.asks(leaf)
            _save_tiles(cursor, self.edge.grow(hashes))
            failpoints.hit("sequencer-after-tiles")
            cursor.execute(_HOURLY, [before, until])
            self._sign(cursor, signers)
            cursor.execute("UPDATE querylog.tree SET size = %s WHERE size = %s", [until, before])
            if cursor.rowcount != 1:
                raise Overtaken
        failpoints.hit("sequencer-after-commit")
        return until - before

    def again(self, *, signers: Sequence[Signer]) -> None:
        """Sign the head of a tree that did not grow, with the time of now."""
        with self._connection, self._connection.cursor() as cursor:
            self._sign(cursor, signers)

    def _rows(self, cursor: extensions.cursor, low: int, beyond: int) -> list[tuple[int, str, str]]:
        """Index, leaf and operator of every id in the range, the dead ones filled."""
        cursor.execute(_ROWS, [low, beyond])
        rows = cursor.fetchall()
        if len(rows) < beyond - low:
            _fill(cursor, rows, low, beyond)
            cursor.execute(_ROWS, [low, beyond])
            rows = cursor.fetchall()
        if [row[0] for row in rows] != list(range(low, beyond)):
            raise Overtaken
        failpoints.hit("sequencer-after-fill")
        return rows

    def _sign(self, cursor: extensions.cursor, signers: Sequence[Signer]) -> None:
        origin = signers[0].key.name
        made_at = max(clock.real(), self._latest or clock.real())
        root = self.edge.root()
        note = sign_checkpoint(
            origin, self.size, root, signers=signers, at=int(made_at.timestamp())
        )
        values = {"size": self.size, "root": root, "note": note.decode(), "at": made_at}
        cursor.execute(_RESIGN, values)
        if cursor.rowcount == 0:
            cursor.execute(_SIGN, values)
        self._latest = made_at


def read_tile(cursor: extensions.cursor, level: int, index: int) -> bytes:
    cursor.execute("SELECT data FROM querylog.tile WHERE (level, index) = (%s, %s)", [level, index])
    row = cursor.fetchone()
    return bytes(row[0]) if row else b""


def _load(cursor: extensions.cursor, size: int) -> Edge:
    try:
        return Edge.load(size, lambda level, index: read_tile(cursor, level, index))
    except ValueError as error:
        raise Absent(str(error)) from None


def _save_tiles(cursor: extensions.cursor, tiles: Sequence[Tile]) -> None:
    rows = [(tile.level, tile.index, tile.width, tile.data) for tile in tiles]
    execute_values(cursor, _TILES, rows, page_size=200)


def _fill(
    cursor: extensions.cursor, rows: Sequence[tuple[int, str, str]], low: int, beyond: int
) -> None:
    """A void entry in the place of each dead id, with the time of the entry before it.

    Before the first entry of all it is the time of that one, which it may not be later than.
    """
    known = {row[0]: row[1] for row in rows}
    ids = [index for index in range(low, beyond) if index not in known]
    leaves, before = [], _leaf_from(cursor, max(low - 1, 0))
    for index in range(low, beyond):
        if index in known:
            before = known[index]
        else:
            leaves.append(_void(before))
    cursor.execute("SELECT querylog.fill(%s::bigint[], %s::text[])", [ids, leaves])


def _void(before: str) -> str:
    at = datetime.fromisoformat(json.loads(before)["ts"])
    return canonical(loosen(replace(own("void", {}), at=at)).body)


def _leaf_from(cursor: extensions.cursor, index: int) -> str:
    """The leaf at the index, or the next one there is: below the newest entry there always is one."""
    cursor.execute("SELECT leaf FROM querylog.entry WHERE id >= %s ORDER BY id LIMIT 1", [index])
    (leaf,) = cursor.fetchone() or ("",)
    return str(leaf)
