"""Tells the head of the tree: into the head file first, and only then to anybody who asks.

The start-up rule: a database that is behind the head file, or whose tree does not contain it, was put back
or rewritten, and nothing more is signed until a person has looked.
"""

from __future__ import annotations

from datetime import datetime

from psycopg2 import extensions

from access.sequencer.integrate import read_tile
from custodian import clock, failpoints
from custodian.tlog import merkle
from custodian.tlog.head import Head
from custodian.tlog.verify import Checkpoint, Failed

_NEWEST = "SELECT size, note FROM querylog.checkpoint ORDER BY size DESC LIMIT 1"


class RefusesToSign(Exception):
    """The database does not continue what was announced; the message is a code."""


class Announcer:
    """The way from a signed head in the database to one that others may see."""

    def __init__(self, connection: extensions.connection, head: Head) -> None:
        self._connection = connection
        self._head = head
        try:
            self._known = head.read()
        except Failed:
            raise RefusesToSign("head-damaged") from None
        self._check()
        self.at: datetime | None = None

    def once(self) -> int | None:
        """Announce the newest head, and say its size; None when it is announced already."""
        with self._connection, self._connection.cursor() as cursor:
            cursor.execute(_NEWEST)
            row = cursor.fetchone()
        if row is None or row[1].encode() == self._known:
            return None
        size, note = int(row[0]), row[1].encode()
        self._head.advance(note, known=self._known)
        self._known = note
        failpoints.hit("sequencer-after-head")
        self._tell(size)
        return size

    def _tell(self, size: int) -> None:
        self.at = clock.real()
        with self._connection, self._connection.cursor() as cursor:
            cursor.execute(
                "UPDATE querylog.checkpoint SET announced_at = %s WHERE size = %s", [self.at, size]
            )
            cursor.execute(
                "UPDATE querylog.tree SET announced = %s,"
                " announced_at = greatest(announced_at, %s) WHERE announced <= %s",
                [size, self.at, size],
            )

    def _check(self) -> None:
        with self._connection, self._connection.cursor() as cursor:
            cursor.execute("SELECT size, announced FROM querylog.tree")
            size, announced = cursor.fetchone() or (0, 0)
            if self._known is None:
                if announced:
                    raise RefusesToSign("head-missing")
                return
            head = Checkpoint.parse(self._known)
            if size < head.size:
                raise RefusesToSign("database-behind")
            try:
                root = merkle.root(head.size, lambda level, index: read_tile(cursor, level, index))
            except merkle.Absent:
                raise RefusesToSign("tiles-missing") from None
            if root != head.root:
                raise RefusesToSign("database-forked")
        if announced < head.size:
            # Killed between the head file and the database's own mark: the mark follows now, but not
            # before the file is certainly on the disk.
            self._head.advance(self._known, known=self._known)
            self._tell(head.size)
