"""Moves entries of changes from the outbox into the log, in commit order as far as it can be seen."""

from __future__ import annotations

import json
from uuid import UUID

import psycopg2

from access.querylog.connection import APPEND
from access.querylog.leaf import Loose, Session, stamp
from custodian import clock, databases

BATCH = 500
PARTITION = 2_000_000  # entries; a partition is a range of leaves
_LEADER = "SELECT pg_try_advisory_xact_lock(4243)"
_TAKE = (
    "SELECT id, body, tags, subjects::text[], context_sealed FROM querylog.outbox"
    " ORDER BY id LIMIT %s FOR UPDATE"
)
_DROP = "DELETE FROM querylog.outbox WHERE id = ANY (%s)"


class Drain:
    """One process's drain. `once` moves a batch and says how many; nothing is lost or doubled by a crash."""

    def __init__(self) -> None:
        self._connection: psycopg2.extensions.connection | None = None
        self._session = Session()

    def once(self) -> int:
        if self._connection is None or self._connection.closed:
            self._connection = databases.connect("sequencer", application_name="custodian drain")
            self._connection.autocommit = False
            self._session = Session()
        try:
            with self._connection, self._connection.cursor() as cursor:
                return self._move(cursor)
        except psycopg2.Error:
            # An unknown outcome ends the chain; the next leaf opens another session.
            self._connection.close()
            raise

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _move(self, cursor: psycopg2.extensions.cursor) -> int:
        cursor.execute(_LEADER)
        if cursor.fetchone() != (True,):
            # Two drains at once could tear a transaction's entries apart and turn them round.
            return 0
        cursor.execute(_TAKE, [BATCH])
        rows = cursor.fetchall()
        if not rows:
            return 0
        # `ts` is when the entry takes its place, so that time never runs backwards; `at` is the change.
        placed = stamp(clock.now())
        sealed = [
            self._session.chain(loose, {"ts": placed, "at": loose.body["ts"]})
            for loose in (_loose(*row[1:]) for row in rows)
        ]
        subjects = [(uid, place) for place, entry in enumerate(sealed, 1) for uid in entry.subjects]
        cursor.execute(_DROP, [[row[0] for row in rows]])
        # The last statement, because it holds the log's fence until the commit.
        cursor.execute(
            APPEND,
            [
                [entry.leaf for entry in sealed],
                [entry.tags for entry in sealed],
                [entry.context for entry in sealed],
                [str(uid) for uid, _ in subjects],
                [place for _, place in subjects],
            ],
        )
        return len(rows)


def _loose(body: str, tags: memoryview, subjects: list[str], context: memoryview | None) -> Loose:
    return Loose(
        body=json.loads(body),
        tags=bytes(tags),
        context=bytes(context) if context is not None else None,
        subjects=tuple(UUID(subject) for subject in subjects),
    )
