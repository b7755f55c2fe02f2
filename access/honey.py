"""Watches the honey customers: nobody has a reason to open one; whoever does is told of within the minute."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import connection, transaction

from access import actors, findings, scopes
from access.audits.day import SHOWN_ALONE
from access.audits.words import kind_of
from access.models import Feed, Finding, Subject, Tree, User

Touch = tuple[int, UUID]
NAME: Final = "honey"
KIND: Final = kind_of("honey")
# A page of a list may show one in passing; to search her out, open or export her takes a hand.
_ACTS: Final = [*sorted(SHOWN_ALONE), "export"]
_TOUCHED = """
SELECT a.entry_id, e.actor, a.subject
FROM querylog.subject_access a JOIN querylog.entry e ON e.id = a.entry_id
WHERE a.subject = ANY (%s::uuid[]) AND a.entry_id >= %s AND a.entry_id < %s AND e.act = ANY (%s)
  AND e.outcome = 'ok'
ORDER BY a.entry_id
"""


def watch() -> int:
    """Raise or grow a finding for each person who touched a honey customer since the last time."""
    with scopes.acting(actors.system("audits")), transaction.atomic():
        Feed.objects.get_or_create(name=NAME)
        feed = Feed.objects.select_for_update(skip_locked=True).filter(name=NAME).first()
        if feed is None:
            return 0  # another worker is at it
        sealed = Tree.objects.values_list("size", flat=True).first() or 0
        touched = _touched(feed.next_index, sealed)
        for person, touches in touched.items():
            _tell(person, touches)
        Feed.objects.filter(name=NAME).update(next_index=sealed)
        return len(touched)


def _touched(begin: int, end: int) -> dict[User, list[Touch]]:
    """By person, the entry and the honey customer of each touch."""
    marked = [str(uid) for uid in Subject.objects.filter(honey=True).values_list("uid", flat=True)]
    if not marked or end <= begin:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_TOUCHED, [marked, begin, end, _ACTS])
        rows = cursor.fetchall()
    people = {each.ref: each for each in User.objects.filter(ref__in={ref for _, ref, _ in rows})}
    found: dict[User, list[Touch]] = {}
    for entry, ref, subject in rows:
        if ref in people:
            found.setdefault(people[ref], []).append((entry, subject))
    return found


def _tell(person: User, touches: list[Touch]) -> None:
    entries = list(dict.fromkeys(entry for entry, _ in touches))
    customers = len({subject for _, subject in touches})
    findings.find_again(
        KIND,
        severity=Finding.Severity.URGENT,
        facts={"customers": customers, "looks": len(entries), "entry": entries[0]},
        operator=person,
        entries=entries,
        run=None,
    )
