"""Carries full bundles and tiles into the write-once folder, behind the head and never in its way."""

from __future__ import annotations

from datetime import datetime, timedelta

from psycopg2 import extensions

from access.sequencer.integrate import read_tile
from custodian import clock
from custodian.tlog.archive import Archive
from custodian.tlog.tiles import Tile
from custodian.tlog.verify import TILE

NOTE_EVERY = timedelta(hours=1)
MOST = 64  # bundles in one turn
_STATE = (
    "SELECT t.announced, c.note FROM querylog.tree t"
    " LEFT JOIN querylog.checkpoint c ON c.size = t.announced"
)
_BLOCK = "SELECT leaf, tags FROM querylog.entry WHERE id >= %s AND id < %s ORDER BY id"


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
        if note is not None:
            self._note(announced, note.encode())
        return len(blocks)

    def _put(self, cursor: extensions.cursor, block: int) -> None:
        level, count = 0, block + 1
        while True:
            data = read_tile(cursor, level, count - 1)
            self._archive.put_tile(Tile(level, count - 1, data))
            if count % TILE:
                break
            level, count = level + 1, count // TILE
        cursor.execute(_BLOCK, [block * TILE, block * TILE + TILE])
        rows = cursor.fetchall()
        leaves = [leaf.encode() for leaf, _ in rows]
        self._archive.put_block(block, leaves, [bytes(tags) for _, tags in rows])

    def _note(self, size: int, note: bytes) -> None:
        now = clock.real()
        if self._noted is None or now - self._noted >= NOTE_EVERY:
            self._archive.put_checkpoint(size, note)
            self._noted = now
