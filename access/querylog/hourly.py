"""Counting the log by hours: what the sequencer counted beside it, and the few entries not sealed yet.

It answers for everything that the counts know: operator, unit, act, purpose, outcome and channel. For a
customer, an element or a level only the entries themselves can answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection

from custodian import clock

if TYPE_CHECKING:
    from access.querylog.explore import Filters

NAMES = ("actor", "unit", "purpose", "act", "channel", "outcome")
# Between two bounds the database expects few entries, and finds them by their index instead of by their time.
_UNION = """
WITH counted AS (
    SELECT {keys}, sum(count) AS count, sum(count) FILTER (WHERE outcome = 'denied') AS denied,
           sum(shown) AS shown
    FROM querylog.hourly h WHERE h.hour >= %(start)s AND h.hour < %(end)s {where} GROUP BY {group}
    UNION ALL
    SELECT {tail_keys}, count(*), count(*) FILTER (WHERE outcome = 'denied'),
           count(*) FILTER (WHERE subjects > 0)
    FROM querylog.entry e
    WHERE e.id >= (SELECT size FROM querylog.tree) AND e.id < (SELECT size FROM querylog.tree) + 1000000000
      AND e.ts >= %(start)s AND e.ts < %(end)s {where} GROUP BY {group}
)
SELECT {group}, sum(count)::bigint, coalesce(sum(denied), 0)::bigint, sum(shown)::bigint
FROM counted GROUP BY {group} ORDER BY {group}
"""


@dataclass(frozen=True)
class Hour:
    at: datetime
    count: int
    denied: int


@dataclass(frozen=True)
class Act:
    """One operator's entries of one act."""

    act: str
    actor: UUID
    count: int
    shown: int


def countable(filters: Filters) -> bool:
    return not (filters.customer or filters.element or filters.level)


def by_hour(filters: Filters) -> Iterator[Hour]:
    keys = "h.hour AS at"
    for at, count, denied, _shown in _rows(filters, keys, "date_trunc('hour', e.ts) AS at", "at"):
        yield Hour(at, count, denied)


def by_act(filters: Filters) -> Iterator[Act]:
    for act, actor, count, _denied, shown in _rows(
        filters, "act, actor", "act, actor", "act, actor"
    ):
        yield Act(act, actor, count, shown)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.OFFICE)


def _rows(filters: Filters, keys: str, tail_keys: str, group: str) -> list[tuple[Any, ...]]:
    wanted = {name: value for name in NAMES if (value := getattr(filters, name))}
    where = "".join(f" AND {name} = %({name})s" for name in wanted)
    sql = _UNION.format(keys=keys, tail_keys=tail_keys, group=group, where=where)
    period = {
        "start": midnight(filters.since),
        "end": midnight(filters.until + timedelta(days=1)),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, {**period, **{name: str(value) for name, value in wanted.items()}})
        return list(cursor.fetchall())
