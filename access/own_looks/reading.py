"""Reads the entries that carry a subject's own tag: by index from the newest, and never by counting.

What an investigation keeps back is passed over before anything is counted or paged, so that neither a
number, a short page nor a link to an older one tells that there is something.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from access import actors, ports, prepared, scopes
from access.audits.day import Operator
from access.audits.explaining import LEAD, TRAIL, Assigned, Explainer, Item
from access.models import Assignment, Subject, Unit, User, WorkItem
from access.own_looks import delays
from access.own_looks.changes import TOLD
from access.own_looks.visits import SELF, Day, Known, Person, Raw, Visit, days, is_own, is_told
from access.querylog.standing import Standing, standing
from custodian import clock

PAGE: Final = 60  # entries, which make fewer visits
CHUNK: Final = 120
DAYS: Final = 30
MOST: Final = 200  # entries that the number on the home page is made from, at most
_NEWEST: Final = 2**62
_READ: Final = """
SELECT e.id, e.actor, e.staff_no, e.unit, e.act, e.purpose, e.channel, e.outcome, e.leaf FROM (
    SELECT entry_id FROM querylog.subject_access
    WHERE subject = %(subject)s AND entry_id < %(before)s ORDER BY entry_id DESC LIMIT %(most)s
) s JOIN querylog.entry e ON e.id = s.entry_id ORDER BY e.id DESC
"""
_TYPES: Final = {"subject": "uuid", "before": "bigint", "most": "int"}
_READ_EACH: Final = """
SELECT u.subject, e.id, e.actor, e.staff_no, e.unit, e.act, e.purpose, e.channel, e.outcome, e.leaf
FROM unnest(%(subjects)s) u(subject) CROSS JOIN LATERAL (
    SELECT entry_id FROM querylog.subject_access
    WHERE subject = u.subject ORDER BY entry_id DESC LIMIT %(most)s
) s JOIN querylog.entry e ON e.id = s.entry_id ORDER BY u.subject, e.id DESC
"""
_TYPES_EACH: Final = {"subjects": "uuid[]", "most": "int"}


@dataclass(frozen=True)
class Page:
    """`older` is the index from which the next page goes on, if there is one."""

    days: list[Day]
    older: int | None
    standing: Standing


@dataclass(frozen=True)
class Recent:
    """How many visits the last days saw, at least, and the newest of them."""

    count: int
    more: bool  # there may be others yet
    newest: Visit | None


def page(
    subject: Subject, *, before: int | None = None, capacity: str = SELF, mine: Collection[int] = ()
) -> Page:
    """One page, newest first; `mine` are the entries that this very session made."""
    with scopes.acting(actors.system("portal")):
        known = Known(subject.pk, capacity=capacity, mine=frozenset(mine))
        found = list(islice(_told(subject, known, before=before), PAGE + 1))
        shown = found[:PAGE]
        return Page(
            days=days(shown, _known(subject, shown, known)),
            older=shown[-1].index if len(found) > PAGE else None,
            standing=standing(),
        )


def recent(subject: Subject, *, capacity: str = SELF) -> Recent:
    """For the home page: bounded, however long the list is."""
    since = clock.now() - timedelta(days=DAYS)
    with scopes.acting(actors.system("portal")):
        known = Known(subject.pk, capacity=capacity)
        others: list[Raw] = []
        capped = False
        for number, raw in enumerate(_told(subject, known, most=MOST)):
            if raw.at < since:
                break
            capped = number + 1 == MOST
            if not is_own(raw, known) and not raw.by_system and raw.act not in _CHANGES:
                others.append(raw)
        told = [
            each
            for day in days(others, _known(subject, others[:PAGE], known))
            for each in day.visits
        ]
    return Recent(len(told), capped, told[0] if told else None)


# An export leaves with values, and counts as a look; what only changes or ends does not.
_CHANGES: Final = frozenset({"change", "destroy"})


def find(subject: Subject, index: int, *, capacity: str = SELF) -> Visit | None:
    """One entry if it is in the subject's list now: for a question about it, or its proof."""
    if not 0 <= index < _NEWEST:
        return None
    with scopes.acting(actors.system("portal")):
        known = Known(subject.pk, capacity=capacity)
        chunk = _chunk(subject, before=index + 1, most=1)
        found = [each for each in _shown(chunk, known) if each.index == index]
        if not found or is_own(found[0], known):
            return None
        told = days(found, _known(subject, found, known))
    return next((each for day in told for each in day.visits), None)


def told_each(subjects: Sequence[Subject]) -> Iterator[tuple[Subject, list[Raw]]]:
    """The whole list of each of several: one statement for all of them, but for lists that are long."""
    system = actors.system("portal")
    with scopes.acting(system):
        begun = _begun(subjects)
        delayed = delays.about([raw for chunk in begun.values() for raw in chunk])
    for subject in subjects:
        chunk, known = begun.pop(subject.uid, []), Known(subject.pk)
        found = list(delays.passed([each for each in chunk if is_told(each, TOLD, known)], delayed))
        if len(chunk) == CHUNK:
            with scopes.acting(system):
                found += _told(subject, known, before=chunk[-1].index)
        yield subject, found


def _begun(subjects: Sequence[Subject]) -> dict[UUID, list[Raw]]:
    """The newest entries of each."""
    found: dict[UUID, list[Raw]] = defaultdict(list)
    values = {"subjects": [str(each.uid) for each in subjects], "most": CHUNK}
    for uid, *row in prepared.fetch(_READ_EACH, _TYPES_EACH, values):
        found[uid].append(_raw(row))
    return found


def _told(
    subject: Subject, known: Known, *, before: int | None = None, most: int = 0
) -> Iterator[Raw]:
    """What is told of, newest first, read piece by piece; with `most` not more than so many."""
    count, at = 0, _NEWEST if before is None else before
    while True:
        chunk = _chunk(subject, before=at, most=CHUNK)
        for raw in _shown(chunk, known):
            yield raw
            count += 1
            if count == most:
                return
        if len(chunk) < CHUNK:
            return
        at = chunk[-1].index


def _shown(chunk: Sequence[Raw], known: Known) -> Iterator[Raw]:
    told = [each for each in chunk if is_told(each, TOLD, known)]
    yield from delays.passed(told)


def _chunk(subject: Subject, *, before: int, most: int) -> list[Raw]:
    values = {"subject": str(subject.uid), "before": before, "most": most}
    return [_raw(row) for row in prepared.fetch(_READ, _TYPES, values)]


def _raw(row: Any) -> Raw:
    """Here everything that an entry says of how many others it was about falls away."""
    index, actor, staff_no, unit, act, purpose, channel, outcome, text = row
    leaf = json.loads(text)
    shown = outcome != "denied"
    return Raw(
        index=index,
        at=clock.local(datetime.fromisoformat(leaf.get("at", leaf["ts"]))),
        actor=actor,
        staff_no=staff_no or "",
        unit=unit or "",
        act=(act or "") if shown else "denied",
        what=str(leaf.get("what", "")),
        purpose=purpose or "",
        channel=channel or "",
        fields=tuple(leaf.get("fields", ())) if shown else (),
        masked=bool(leaf.get("mask")),
        capacity=str(leaf.get("as", "")),
    )


def _known(subject: Subject, raws: Sequence[Raw], known: Known) -> Known:
    """What is known of this subject and of those who looked; a few statements for the whole page."""
    refs = {each.actor for each in raws if each.actor and not each.by_customer}
    people = _people(refs)
    assigned = _assignments(subject.pk, [each.operator.id for each in people.values()])
    return Known(
        subject=subject.pk,
        held=tuple(ports.estates().of(subject.pk)),
        people=people,
        units=_units({each.unit for each in raws}),
        explainer=Explainer(_items(subject.pk, raws), assigned),
        own_agents=_own(assigned),
        capacity=known.capacity,
        mine=known.mine,
    )


def _people(refs: Iterable[UUID]) -> dict[UUID, Person]:
    rows = User.objects.filter(ref__in=list(refs)).values_list("ref", "pk", "role", "unit__path")
    return {ref: Person(Operator(pk, role, path), role) for ref, pk, role, path in rows}


def _units(codes: Iterable[str]) -> dict[str, str]:
    return {each.code: str(each) for each in Unit.objects.filter(code__in=list(codes))}


def _items(subject: int, raws: Sequence[Raw]) -> list[Item]:
    if not raws:
        return []
    begin, end = min(each.at for each in raws), max(each.at for each in raws)
    during = WorkItem.objects.filter(subject_id=subject, opened_at__lt=end + LEAD).filter(
        Q(closed_at=None) | Q(closed_at__gte=begin - TRAIL)
    )
    rows = during.values_list(
        "kind", "user_id", "unit__path", "opened_at", "closed_at", "opened_by_id"
    )
    return [
        Item(kind, subject, user or 0, unit or "", opened, closed, by or 0)
        for kind, user, unit, opened, closed, by in rows
    ]


def _assignments(subject: int, users: Sequence[int]) -> list[Assigned]:
    rows = Assignment.objects.filter(subject_id=subject, user_id__in=users).values_list(
        "user_id", "since", "until", "grant_id", "window_id"
    )
    return [
        Assigned(subject, user, since, until, lent=bool(grant or window))
        for user, since, until, grant, window in rows
    ]


def _own(assigned: Iterable[Assigned]) -> dict[int, list[tuple[datetime, datetime | None]]]:
    found: dict[int, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for each in assigned:
        if not each.lent:
            found[each.user].append((each.since, each.until))
    return dict(found)
