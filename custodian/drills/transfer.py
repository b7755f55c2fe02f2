"""Carries this installation's log into a database of a drill; it is only read, at one moment."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager

from psycopg2 import extensions, sql

from custodian import databases
from custodian.drills import scratch

# What a verification reads. What witnesses said stays: the drill has a witness of its own.
TABLES = (
    *("querylog.entry", "querylog.subject_access", "querylog.context", "querylog.outbox"),
    *("querylog.tile", "querylog.checkpoint", "querylog.roll", "querylog.roll_record"),
    *("querylog.hourly", "keys.subject_key", "public.access_subject"),
)
_TREE = "SELECT size, announced, announced_at, min_index, keys, codes FROM querylog.tree"
_PUT_TREE = (
    "UPDATE querylog.tree SET (size, announced, announced_at, min_index, keys, codes)"
    " = (%s, %s, %s, %s, %s, %s)"
)
_COLUMNS = (
    "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
    " AND NOT attisdropped AND attgenerated = '' ORDER BY attnum"
)


def size() -> int:
    """How many entries this installation's log has; 0 where there is none yet."""
    with _reading() as cursor:
        cursor.execute("SELECT to_regclass('querylog.tree') IS NOT NULL")
        if cursor.fetchone() != (True,):
            return 0
        cursor.execute("SELECT size FROM querylog.tree")
        (entries,) = cursor.fetchone() or (0,)
    return int(entries)


def carry(into: str) -> int:
    """Copy the log, the customers' log keys, wrapped as they are, and what those belong to; its size."""
    with (
        _reading() as source,
        closing(scratch.superuser(into)) as target,
        target.cursor() as cursor,
    ):
        # No foreign key is looked at: the customers' units stay where they are.
        cursor.execute("SET session_replication_role = replica")
        for table in TABLES:
            _carry(table, source, cursor)
        source.execute(_TREE)
        tree = source.fetchone() or ()
        cursor.execute(_PUT_TREE, tree)
        for name in ("querylog.entry_id", "public.access_subject_id_seq"):
            _carry_sequence(name, source, cursor)
    return int(tree[0])


def _carry(table: str, source: extensions.cursor, target: extensions.cursor) -> None:
    source.execute(_COLUMNS, [table])
    columns = sql.SQL(", ").join(sql.Identifier(name) for (name,) in source.fetchall())
    name = sql.Identifier(*table.split("."))
    with tempfile.TemporaryFile() as rows:
        out = sql.SQL("COPY (SELECT {} FROM {} ORDER BY 1) TO STDOUT (FORMAT binary)")
        source.copy_expert(out.format(columns, name), rows)
        rows.seek(0)
        into = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)")
        target.copy_expert(into.format(name, columns), rows)


def _carry_sequence(name: str, source: extensions.cursor, target: extensions.cursor) -> None:
    source.execute(
        sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(*name.split(".")))
    )
    target.execute("SELECT setval(%s, %s, %s)", [name, *(source.fetchone() or ())])


@contextmanager
def _reading() -> Iterator[extensions.cursor]:
    with closing(databases.connect("superuser", application_name="custodian drill")) as connection:
        connection.set_session(readonly=True, autocommit=False, isolation_level="REPEATABLE READ")
        with connection.cursor() as cursor:
            yield cursor
