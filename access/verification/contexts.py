"""The sealed reason beside an entry is the one that its leaf holds the hash of."""

from __future__ import annotations

import psycopg2
from psycopg2 import extensions

from access.verification.walk import Fault

_CONTEXT = """
SELECT min(e.id) FROM querylog.entry e LEFT JOIN querylog.context c ON c.entry_id = e.id
WHERE e.id >= %s AND e.id < %s AND c.body_sealed IS NOT NULL
  AND (e.leaf::jsonb ->> 'ctx') IS DISTINCT FROM encode(sha256(c.body_sealed), 'hex')
"""


def fault(cursor: extensions.cursor, first: int, beyond: int) -> Fault | None:
    """The first that is another one; one that was erased is no fault."""
    cursor.execute("SAVEPOINT contexts")
    try:
        cursor.execute(_CONTEXT, [first, beyond])
    except psycopg2.DataError:
        # A leaf that the database itself cannot read is looked for by halves.
        cursor.execute("ROLLBACK TO SAVEPOINT contexts")
        if beyond - first == 1:
            return Fault("leaf-unreadable", first)
        middle = (first + beyond) // 2
        return fault(cursor, first, middle) or fault(cursor, middle, beyond)
    (index,) = cursor.fetchone() or (None,)
    return None if index is None else Fault("context-not-leaf", int(index))
