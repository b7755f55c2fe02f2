"""People's looks as the source of a list: who has seen whom of it, when, and whether work asked for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from pyroaring import BitMap

from access import exposure
from access.models import User
from custodian import clock
from incidents.tracing.lists import PAGE, TheList
from incidents.tracing.weighing import Source

OPERATOR: Final = "operator"
# One row for a person and a customer; who only saw masks has had no value of hers. Each entry is fetched
# by its number: told to join, the planner reads a log of ten million entries from end to end.
_LOOKS: Final = """
SELECT e.actor, s.id, min(e.ts), max(e.ts), array_agg(DISTINCT e.ts) FILTER (WHERE s.id = ANY (%(dated)s))
FROM access_subject s
JOIN querylog.subject_access a ON a.subject = s.uid
CROSS JOIN LATERAL (
    SELECT actor, ts FROM querylog.entry
    WHERE id = a.entry_id AND outcome = 'ok' AND act = ANY (%(acts)s)
      AND ts >= %(since)s AND ts < %(until)s
      AND (%(any)s OR leaf::jsonb -> 'fields' ?| %(fields)s)
    OFFSET 0
) e
WHERE s.id = ANY (%(subjects)s)
GROUP BY e.actor, s.id
"""
# A person's day is one row, and a list that many have touched brings a hundred thousand of them: of each
# person the sets come as one string, each with its length before it.
_OPENED: Final = """
SELECT user_id,
  string_agg(int4send(length(opened)) || opened, '') FILTER (WHERE opened <> ''),
  string_agg(int4send(length(unasked)) || unasked, '') FILTER (WHERE unasked <> '')
FROM access_exposure WHERE user_id = ANY (%s) AND day >= %s AND day <= %s GROUP BY user_id
"""
_ANY: Final = _OPENED.replace("opened", "seen")
_LENGTH: Final = 4  # bytes
_CLEAR: Final = ("reveal", "export")
_SEEN: Final = (*_CLEAR, "list", "search", "view")


@dataclass(frozen=True)
class Window:
    since: datetime
    until: datetime

    @property
    def days(self) -> tuple[date, date]:
        return clock.local(self.since).date(), clock.local(self.until).date()


@dataclass
class _Looks:
    """What one person has had of the list."""

    covered: BitMap = field(default_factory=BitMap)
    first: datetime | None = None
    last: datetime | None = None
    dated: int = 0
    fitting: int = 0


def operators(the_list: TheList, window: Window) -> Iterator[Source]:
    exposure.note()
    found = _looks(the_list, window)
    sets = _sets(found, window, _OPENED if the_list.fields else _ANY)
    for user, looks in found.items():
        seen, unasked = sets.get(user, (BitMap(), None))
        yield Source(
            OPERATOR,
            str(user),
            the_list.by_stratum(seen | looks.covered),
            looks.covered,
            first=looks.first,
            last=looks.last,
            unexplained=None if unasked is None else len(looks.covered & unasked),
            fitting=looks.fitting if looks.dated else None,
            dated=looks.dated,
        )


def _looks(the_list: TheList, window: Window) -> dict[int, _Looks]:
    found: dict[int, _Looks] = defaultdict(_Looks)
    subjects = list(the_list.listed.subjects)
    users = dict(User.objects.values_list("ref", "pk"))
    for at in range(0, len(subjects), PAGE):
        for actor, subject, first, last, times in _page(subjects[at : at + PAGE], the_list, window):
            if actor not in users:
                continue  # a piece of the house
            looks = found[users[actor]]
            looks.covered.add(subject)
            looks.first = first if looks.first is None else min(looks.first, first)
            looks.last = last if looks.last is None else max(looks.last, last)
            if times:
                looks.dated += 1
                looks.fitting += any(the_list.spans[subject].holds(each) for each in times)
    return dict(found)


def _page(subjects: list[int], the_list: TheList, window: Window) -> list[Any]:
    fields = sorted(the_list.fields)
    with connection.cursor() as cursor:
        cursor.execute(
            _LOOKS,
            {
                "subjects": subjects,
                "dated": [each for each in subjects if each in the_list.spans],
                "acts": list(_CLEAR if fields else _SEEN),
                "since": window.since,
                "until": window.until,
                "any": not fields,
                "fields": fields,
            },
        )
        return list(cursor.fetchall())


def _sets(users: Iterable[int], window: Window, statement: str) -> dict[int, tuple[BitMap, BitMap]]:
    """Of each whom he has seen on these days, and of whom no work asked for it."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(users), *window.days])
        return {user: (_union(seen), _union(unasked)) for user, seen, unasked in cursor}


def _union(told: memoryview | None) -> BitMap:
    body, at, parts = bytes(told or b""), 0, list[BitMap]()
    while at < len(body):
        end = at + _LENGTH + int.from_bytes(body[at : at + _LENGTH], "big")
        parts.append(exposure.unpacked(body[at + _LENGTH : end]))
        at = end
    return BitMap.union(BitMap(), *parts)
