"""Moves entries of changes from the outbox into the log, in commit order as far as it can be seen."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import psycopg2
import structlog
from psycopg2 import extensions

from access.actors import system
from access.querylog.connection import APPEND
from access.querylog.leaf import Draft, Loose, Sealed, Session, loosen, stamp
from access.querylog.writer import CONTENT, GONE
from access.vocabulary import Channel
from custodian import clock, databases, failpoints

BATCH = 500
ASIDE_SECONDS = 300.0
PARTITION = 2_000_000  # entries; a partition is a range of leaves
_LEADER = "SELECT pg_try_advisory_xact_lock(4243)"
_TAKE = (
    "SELECT id, body, tags, subjects::text[], context_sealed FROM querylog.outbox"
    " WHERE id <> ALL (%s) ORDER BY id LIMIT %s FOR UPDATE"
)
_DROP = "DELETE FROM querylog.outbox WHERE id = ANY (%s)"

_log = structlog.get_logger("sequencer")

# Runs in the transaction of an entry of the sequencer's own, once the entry's id is known.
Then = Callable[[extensions.cursor, int], None]


class Drain:
    """One process's drain. `once` moves a batch and says how many; nothing is lost or doubled by a crash.

    An append that fails uses up ids, so after a failure it goes on with one change, then two, then four.
    A change that cannot be written at all is left where it is for a while and told, and the others pass it.
    """

    def __init__(self) -> None:
        self._connection: extensions.connection | None = None
        self._session = Session()
        self._most = BATCH
        self._taken: list[int] = []
        self._aside: dict[int, float] = {}

    def once(self) -> int:
        self._taken = []
        try:
            moved = self._do(self._move)
        except Exception as error:
            if isinstance(error, psycopg2.Error) and error.pgcode in GONE:
                raise
            self._most = 1
            if len(self._taken) == 1 and _is_about_content(error):
                self._aside[self._taken[0]] = time.monotonic() + ASIDE_SECONDS
                _log.error("change-set-aside", outbox=self._taken[0])
            raise
        self._most = min(self._most * 2, BATCH)
        return moved

    def write(self, act: str, facts: dict[str, Any], *, then: Then | None = None) -> int:
        """Append one entry of the sequencer's own and return its index."""

        def add(cursor: extensions.cursor) -> int:
            sealed = self._session.chain(loosen(own(act, facts)))
            (entry,) = _append(cursor, [sealed])
            if then:
                then(cursor, entry)
            return entry

        return self._do(add)

    def close(self) -> None:
        """End the session with a leaf of its own, so that its last entry has a successor."""
        if self._connection is not None and not self._connection.closed and self._session.count:
            self.write("writer.close", {})
        if self._connection is not None:
            self._connection.close()

    def abandon(self) -> None:
        """Let go without a word; the next session of another drain goes on."""
        if self._connection is not None:
            self._connection.close()

    def _do(self, work: Callable[[extensions.cursor], int]) -> int:
        if self._connection is None or self._connection.closed:
            self._connection = databases.connect("sequencer", application_name="custodian drain")
            self._connection.autocommit = False
            self._session = Session()
        try:
            with self._connection, self._connection.cursor() as cursor:
                return work(cursor)
        except BaseException:
            # An unknown outcome ends the chain; the next leaf opens another session.
            self._connection.close()
            raise

    def _move(self, cursor: extensions.cursor) -> int:
        cursor.execute(_LEADER)
        if cursor.fetchone() != (True,):
            # Two drains at once could tear a transaction's entries apart and turn them round.
            return 0
        passed = [row for row, until in self._aside.items() if until > time.monotonic()]
        cursor.execute(_TAKE, [passed, self._most])
        rows = cursor.fetchall()
        self._taken = [row[0] for row in rows]
        if not rows:
            return 0
        # `ts` is when the entry takes its place, so that time never runs backwards; `at` is the change.
        placed = stamp(clock.now())
        sealed = [
            self._session.chain(loose, {"ts": placed, "at": loose.body["ts"]})
            for loose in (_loose(*row[1:]) for row in rows)
        ]
        cursor.execute(_DROP, [self._taken])
        # The last statement, because it holds the log's fence until the commit.
        _append(cursor, sealed)
        failpoints.hit("sequencer-in-drain")
        return len(rows)


def _is_about_content(error: Exception) -> bool:
    return not isinstance(error, psycopg2.Error) or (error.pgcode or "")[:2] in CONTENT


def own(act: str, facts: dict[str, Any]) -> Draft:
    """An entry that the sequencer writes about the log itself."""
    actor = system("sequencer")
    return Draft(actor=actor, act=act, at=clock.now(), channel=Channel.TASK, facts=facts)


def _append(cursor: extensions.cursor, sealed: Sequence[Sealed]) -> list[int]:
    subjects = [(uid, place) for place, entry in enumerate(sealed, 1) for uid in entry.subjects]
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
    row = cursor.fetchone()
    if row is None:
        raise psycopg2.DatabaseError
    return list(row[0])


def _loose(body: str, tags: memoryview, subjects: list[str], context: memoryview | None) -> Loose:
    return Loose(
        body=json.loads(body),
        tags=bytes(tags),
        context=bytes(context) if context is not None else None,
        subjects=tuple(UUID(subject) for subject in subjects),
    )
