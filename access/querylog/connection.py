"""The log writer's own connection: a raw one with its own role, outside every Django transaction.

It is polled with a deadline, because server-side timeouts cannot help when the server itself hangs.
"""

from __future__ import annotations

import select
import time
from collections.abc import Sequence

import psycopg2
from psycopg2 import extensions

from access.querylog.leaf import Sealed
from custodian import databases
from custodian.embedded import Role
from custodian.errors import Unavailable

DEADLINE = 3.0
OPTIONS = "-c lock_timeout=1000 -c statement_timeout=3000 -c synchronous_commit=on"
# Not empty while this process reconciles a restored database, where nobody else may write.
reconciling: list[bool] = []
_RECONCILING = " -c custodian.reconciling=on"
APPEND = "SELECT querylog.append(%s::text[], %s::bytea[], %s::bytea[], %s::uuid[], %s::int[])"


class LogUnavailable(Unavailable):
    """The entry could not be written for certain; therefore nothing is shown."""

    code = "log-unavailable"


class Connection:
    """A connection to the log; any error closes it."""

    def __init__(self, *, role: Role = "log_writer") -> None:
        self._raw = psycopg2.connect(
            databases.url(role),
            options=OPTIONS + (_RECONCILING if reconciling else ""),
            application_name="custodian querylog",
            connect_timeout=3,
            async_=True,
        )
        self._wait()

    def append(self, entries: Sequence[Sealed]) -> list[int]:
        """Commit the entries in this order and return their ids."""
        subjects = [
            (uid, place) for place, entry in enumerate(entries, 1) for uid in entry.subjects
        ]
        with self._raw.cursor() as cursor:
            cursor.execute(
                APPEND,
                [
                    [entry.leaf for entry in entries],
                    [entry.tags for entry in entries],
                    [entry.context for entry in entries],
                    [str(uid) for uid, _ in subjects],
                    [place for _, place in subjects],
                ],
            )
            self._wait()
            row = cursor.fetchone()
        if row is None:
            raise LogUnavailable
        return list(row[0])

    def probe(self) -> None:
        """Append nothing: rights, fence and locks are tried, and no index is used up."""
        with self._raw.cursor() as cursor:
            cursor.execute(APPEND, [[], [], [], [], []])
            self._wait()

    def close(self) -> None:
        self._raw.close()

    def _wait(self) -> None:
        deadline = time.monotonic() + DEADLINE
        while (state := self._raw.poll()) != extensions.POLL_OK:
            left = deadline - time.monotonic()
            reads = [self._raw] if state == extensions.POLL_READ else []
            writes = [self._raw] if state == extensions.POLL_WRITE else []
            if left <= 0 or not any(select.select(reads, writes, [], left)):
                self._raw.close()
                raise LogUnavailable


def probe() -> None:
    """Raise `LogUnavailable` unless an entry could be written now."""
    try:
        connection = Connection()
        try:
            connection.probe()
        finally:
            connection.close()
    except psycopg2.Error:
        raise LogUnavailable from None
