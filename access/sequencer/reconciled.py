"""Whether the log may go on: not in a database that was put back and waits to be reconciled."""

from __future__ import annotations

from psycopg2 import extensions


class NotReconciled(Exception):
    """The database was restored from a backup; the log goes on when it was reconciled."""


def require_reconciled(connection: extensions.connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT querylog.awaits_reconciliation()")
        if cursor.fetchone() == (True,):
            raise NotReconciled
