"""The counts by hour, which charts and alarms read instead of the entries."""

from __future__ import annotations

from psycopg2 import extensions

from access.verification.walk import Fault

_DIFFERENT = """
SELECT count(*), min(counted.first) FROM (
    SELECT date_trunc('hour', ts) AS hour, actor, unit, act, purpose, outcome, channel,
           count(*) AS count, count(*) FILTER (WHERE subjects > 0) AS shown, min(id) AS first
    FROM querylog.entry WHERE id < %s GROUP BY 1, 2, 3, 4, 5, 6, 7
) counted FULL JOIN querylog.hourly kept
USING (hour, actor, unit, act, purpose, outcome, channel)
WHERE (counted.count, counted.shown) IS DISTINCT FROM (kept.count, kept.shown)
"""


def fault(cursor: extensions.cursor, *, size: int) -> Fault | None:
    """Counted again from all entries of the tree; at the first one that is not counted as it is."""
    cursor.execute(_DIFFERENT, [size])
    different, first = cursor.fetchone() or (0, None)
    if not different:
        return None
    return Fault("count-not-entries", size if first is None else int(first))
