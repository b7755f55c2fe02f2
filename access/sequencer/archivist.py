"""Carries full bundles and tiles into the write-once folder, behind the head and never in its way.

Once an hour it also keeps the checkpoint there, and lets older ones that nobody needs go from the database.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from psycopg2 import extensions

from access.sequencer.integrate import read_tile
from custodian import clock, failpoints
from custodian.tlog.archive import Archive
from custodian.tlog.tiles import Tile
from custodian.tlog.verify import TILE, leaf_hash, split_hashes

NOTE_EVERY = timedelta(hours=1)
THIN_AFTER = timedelta(days=7)
MOST = 64  # bundles in one turn
_STATE = (
    "SELECT t.announced, c.note FROM querylog.tree t"
    " LEFT JOIN querylog.checkpoint c ON c.size = t.announced"
)
_BLOCK = "SELECT leaf, tags FROM querylog.entry WHERE id >= %s AND id < %s ORDER BY id"


class NotAsSealed(Exception):
    """A bundle in the database is not the one that was sealed; what is written once must be right."""


class Archivist:
    """One folder's writer; what lies there already is never read back from the database."""

    def __init__(self, connection: extensions.connection, archive: Archive) -> None:
        self._connection = connection
        self._archive = archive
        self._done = archive.blocks()
        self._noted: datetime | None = None

    def once(self) -> int:
        """Write what became full since, up to `MOST` bundles, and say how many."""
        with self._connection.cursor() as cursor:
            cursor.execute(_STATE)
            announced, note = cursor.fetchone() or (0, None)
            blocks = range(self._done, min(announced // TILE, self._done + MOST))
            for block in blocks:
                self._put(cursor, block)
                self._done = block + 1
            if note is not None and self._hour_is_over():
                self._archive.put_checkpoint(announced, note.encode())
                cursor.execute("SELECT querylog.thin(%s)", [clock.real() - THIN_AFTER])
        return len(blocks)

    def _put(self, cursor: extensions.cursor, block: int) -> None:
        cursor.execute(_BLOCK, [block * TILE, block * TILE + TILE])
        rows = cursor.fetchall()
        leaves = [leaf.encode() for leaf, _ in rows]
        if split_hashes(read_tile(cursor, 0, block)) != [leaf_hash(leaf) for leaf in leaves]:
            raise NotAsSealed
        self._put_tiles(cursor, block + 1)
        failpoints.hit("archivist-after-tiles")
        self._archive.put_block(block, leaves, [bytes(tags) for _, tags in rows])

    def _put_tiles(self, cursor: extensions.cursor, count: int) -> None:
        """The tiles that became full with the last of `count` bundles, at every level."""
        level = 0
        while True:
            tile = Tile(level, count - 1, read_tile(cursor, level, count - 1))
            if tile.width != TILE:
                raise NotAsSealed
            self._archive.put_tile(tile)
            if count % TILE:
                break
            level, count = level + 1, count // TILE

    def _hour_is_over(self) -> bool:
        now = clock.real()
        over = self._noted is None or now - self._noted >= NOTE_EVERY
        self._noted = now if over else self._noted
        return over
