"""What stands beside a leaf in the database is what the leaf says: columns, and sealed reasons."""

from __future__ import annotations

import psycopg2
from psycopg2 import extensions

from access.verification.walk import Fault

_CONTEXT = """
SELECT min(e.id) FROM querylog.entry e LEFT JOIN querylog.context c ON c.entry_id = e.id
WHERE e.id >= %s AND e.id < %s AND c.body_sealed IS NOT NULL
  AND (e.leaf::jsonb ->> 'ctx') IS DISTINCT FROM encode(sha256(c.body_sealed), 'hex')
"""
# As text: a leaf with no number or time where one belongs must not end the check.
_COLUMNS = """
SELECT min(e.id) FROM querylog.entry e, LATERAL (SELECT e.leaf::jsonb AS said OFFSET 0) l
WHERE e.id >= %s AND e.id < %s AND
  (e.actor::text, e.staff_no, e.unit, e.act, e.purpose, e.outcome, e.channel, e.subjects::text,
   to_char(e.ts AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
  IS DISTINCT FROM
  (said ->> 'actor', said ->> 'no', said ->> 'unit', said ->> 'act', said ->> 'purp', said ->> 'out',
   said ->> 'ch', said ->> 'n', said ->> 'ts')
"""


def displayed(cursor: extensions.cursor, first: int, beyond: int) -> Fault | None:
    """What is filtered and shown by is what the leaf says."""
    return _first_bad("column-not-leaf", _COLUMNS, cursor, first, beyond)


def contexts(cursor: extensions.cursor, first: int, beyond: int) -> Fault | None:
    """A sealed reason is the one that the leaf holds the hash of; one that was erased is no fault."""
    return _first_bad("context-not-leaf", _CONTEXT, cursor, first, beyond)


def _first_bad(
    code: str, sql: str, cursor: extensions.cursor, first: int, beyond: int
) -> Fault | None:
    cursor.execute("SAVEPOINT columns")
    try:
        cursor.execute(sql, [first, beyond])
    except psycopg2.DataError:
        # A leaf that the database itself cannot read is looked for by halves.
        cursor.execute("ROLLBACK TO SAVEPOINT columns")
        if beyond - first == 1:
            return Fault("leaf-unreadable", first)
        middle = (first + beyond) // 2
        return _first_bad(code, sql, cursor, first, middle) or _first_bad(
            code, sql, cursor, middle, beyond
        )
    (index,) = cursor.fetchone() or (None,)
    return None if index is None else Fault(code, int(index))
