"""The erasable lists beside the log: every row of a customer's list carries that customer's tag."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from uuid import UUID

from django.db import connection

from access import keystore
from access.models import Subject
from access.verification.walk import Fault
from custodian.tlog.verify import TAG, subject_tag

PAGE = 5_000
_ROWS = """
SELECT e.id, e.leaf, e.tags, e.subjects,
       coalesce(array_agg(s.subject::text) FILTER (WHERE s.subject IS NOT NULL), '{}')
FROM querylog.entry e LEFT JOIN querylog.subject_access s ON s.entry_id = e.id
WHERE e.id >= %s AND e.id < %s AND (e.subjects > 0 OR s.subject IS NOT NULL)
GROUP BY e.id ORDER BY e.id
"""
_ERASED = (
    "SELECT coalesce(sum((leaf::jsonb ->> 'rows')::bigint), 0)"
    " FROM querylog.entry WHERE act = 'erase'"
)
_CONTEXT = """
SELECT e.id FROM querylog.entry e LEFT JOIN querylog.context c ON c.entry_id = e.id
WHERE e.id >= %s AND e.id < %s AND c.body_sealed IS NOT NULL
  AND (e.leaf::jsonb ->> 'ctx') IS DISTINCT FROM encode(sha256(c.body_sealed), 'hex')
ORDER BY e.id LIMIT 1
"""
_COLUMNS = """
SELECT min(e.id) FROM querylog.entry e, LATERAL (SELECT e.leaf::jsonb AS said OFFSET 0) l
WHERE e.id >= %s AND e.id < %s AND
  (e.actor::text, e.staff_no, e.unit, e.act, e.purpose, e.outcome, e.channel, e.subjects, e.ts)
  IS DISTINCT FROM
  (said ->> 'actor', said ->> 'no', said ->> 'unit', said ->> 'act', said ->> 'purp', said ->> 'out',
   said ->> 'ch', (said ->> 'n')::int, (said ->> 'ts')::timestamptz)
"""


def columns(first: int, beyond: int) -> Iterator[Fault]:
    """What is filtered and shown by is what the leaf says."""
    yield from _one("column-not-leaf", _COLUMNS, first, beyond)


def contexts(first: int, beyond: int) -> Iterator[Fault]:
    """A sealed reason is the one that the leaf holds the hash of; one that was erased is no fault."""
    yield from _one("context-not-leaf", _CONTEXT, first, beyond)


def listed(first: int, beyond: int) -> tuple[list[Fault], int]:
    """The rows whose tag is not in their entry, and how many rows are not there."""
    faults: list[Fault] = []
    missing = 0
    keys = _Keys()
    for low in range(first, beyond, PAGE):
        with connection.cursor() as cursor:
            cursor.execute(_ROWS, [low, min(low + PAGE, beyond)])
            rows = cursor.fetchall()
        known = keys.of({UUID(uid) for row in rows for uid in row[4]})
        for index, leaf, tags, count, uids in rows:
            marks = {bytes(tags)[at : at + TAG] for at in range(0, len(tags), TAG)}
            missing += count - len(uids)
            if len(uids) > count or not _belong(uids, known, json.loads(leaf)["uid"], marks):
                faults.append(Fault("look-altered", index))
    return faults, missing


def erased() -> int:
    """How many rows the log itself says were erased with their customers."""
    with connection.cursor() as cursor:
        cursor.execute(_ERASED)
        (rows,) = cursor.fetchone() or (0,)
    return int(rows)


def first_unlisted(first: int, beyond: int) -> int:
    """The first entry that has fewer rows than it showed customers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.id FROM querylog.entry e LEFT JOIN querylog.subject_access s ON s.entry_id = e.id"
            " WHERE e.id >= %s AND e.id < %s AND e.subjects > 0"
            " GROUP BY e.id HAVING count(s.subject) < max(e.subjects) ORDER BY e.id LIMIT 1",
            [first, beyond],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else first


def _belong(uids: list[str], known: Mapping[UUID, bytes], uid: str, marks: set[bytes]) -> bool:
    made = {subject_tag(known[each], uid) for each in map(UUID, uids) if each in known}
    return len(made) == len(uids) and made <= marks


class _Keys:
    """Customers' log keys, opened once each."""

    def __init__(self) -> None:
        self._known: dict[UUID, bytes] = {}

    def of(self, uids: set[UUID]) -> Mapping[UUID, bytes]:
        if wanted := uids - self._known.keys():
            rows = Subject.objects.filter(uid__in=wanted).values_list("id", "uid")
            keys = keystore.subject_keys_of([ordinal for ordinal, _ in rows])
            self._known |= {uid: keys[ordinal] for ordinal, uid in rows if ordinal in keys}
        return self._known


def _one(code: str, sql: str, first: int, beyond: int) -> Iterator[Fault]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [first, beyond])
        row = cursor.fetchone()
    if row and row[0] is not None:
        yield Fault(code, int(row[0]))
