"""The day as the database has it: looks from the log, and the people, work and nearness around them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import Max, Q
from pyroaring import BitMap

from access import ports
from access.audits import thresholds
from access.audits.day import LOOKS, REFUSED, Day, Lists, Look, Operator, Past, Related, SignIn
from access.audits.engine import World
from access.audits.explaining import LEAD, TRAIL, Assigned, Explainer, Item
from access.audits.numbers import Numbers
from access.exposure import unpacked
from access.models import Assignment, Exposure, Measure, SealedContext, Subject, User, WorkItem
from access.querylog.explore import SKEW, index_at
from access.querylog.opened import context_in
from custodian import clock

PAGE: Final = 20_000
SIGN_INS: Final = ("login", "step-up")
_ACTS: Final = [*LOOKS, REFUSED, *SIGN_INS]
# A leaf's words are cut out as text: five times faster than reading it as JSON.
_DAY: Final = """
SELECT e.id, e.ts, u.id, e.act, e.purpose,
       split_part(split_part(e.leaf, '"q":"', 2), '"', 1),
       CASE WHEN e.outcome = 'denied'
            THEN split_part(split_part(e.leaf, '"why":["', 2), '"', 1) ELSE '' END,
       ARRAY(SELECT s.id FROM querylog.subject_access a
             JOIN access_subject s ON s.uid = a.subject WHERE a.entry_id = e.id)
FROM querylog.entry e JOIN access_user u ON u.ref = e.actor
WHERE e.id >= %s AND e.id < %s AND e.ts >= %s AND e.ts < %s AND e.act = ANY (%s)
ORDER BY e.id LIMIT %s
"""


@dataclass
class Read:
    """The day's entries by person; `first` and `last` are the span of the log that was read."""

    looks: dict[int, list[Look]]
    sign_ins: dict[int, list[SignIn]]
    first: int
    last: int
    count: int = 0


def bounds(day: date) -> tuple[datetime, datetime]:
    begin = datetime.combine(day, time(), clock.OFFICE)
    return begin, begin + timedelta(days=1)


def entries(day: date, *, on_page: Callable[[int], None] = lambda _count: None) -> Read:
    """Everybody's looks, refusals and sign-ins of an office day; `on_page` is told how many so far."""
    begin, end = bounds(day)
    first, last = index_at(begin - SKEW), index_at(end + SKEW)
    read = Read(defaultdict(list), defaultdict(list), first, last)
    after = first
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_DAY, [after, last, begin, end, _ACTS, PAGE])
            rows = cursor.fetchall()
        if not rows:
            return read
        after = rows[-1][0] + 1
        read.count += len(rows)
        _sort(rows, read)
        on_page(read.count)


def _sort(rows: Sequence[tuple[Any, ...]], read: Read) -> None:
    signed = [(row[0], row[1], row[2]) for row in rows if row[3] in SIGN_INS]
    for entry, at, user, act, purpose, query, because, subjects in rows:
        if act not in SIGN_INS:
            look = Look(entry, clock.local(at), act, purpose, tuple(subjects), query, because)
            read.looks[user].append(look)
    for user, sign_in in _addresses(signed):
        read.sign_ins[user].append(sign_in)


def _addresses(
    signed: Sequence[tuple[int, datetime, int]],
) -> Iterable[tuple[int, SignIn]]:
    """Where sign-ins came from stands in their sealed contexts; an erased one says nothing."""
    ids = [entry for entry, _, _ in signed]
    sealed = dict(
        SealedContext.objects.filter(entry_id__in=ids).values_list("entry_id", "body_sealed")
    )
    for entry, at, user in signed:
        context = context_in(bytes(sealed[entry]), at=at) if entry in sealed else None
        if context and (address := context.get("address")):
            yield user, SignIn(entry, clock.local(at), address)


def world(day: date, read: Read) -> World:
    """The people as they are, and the work and assignments that hold on the day for the customers seen."""
    begin, end = bounds(day)
    subjects = list(
        BitMap().union(*(BitMap(look.subjects) for looks in read.looks.values() for look in looks))
    )
    operators = {each.id: each for each in _operators(day)}
    return World(
        operators=operators,
        explainer=Explainer(_items(subjects, begin, end), _assigned(subjects, begin, end)),
        related=_related([person for person in operators if person in read.looks]),
        lists=_lists(operators),
    )


def _operators(day: date) -> Iterable[Operator]:
    rows = User.objects.values_list("pk", "role", "unit__path", "notice_on", "leaves_on")
    for pk, role, unit, notice_on, leaves_on in rows:
        yield Operator(pk, role, unit, notice_on, leaves_on)


def _items(subjects: Sequence[int], begin: datetime, end: datetime) -> Iterable[Item]:
    during = WorkItem.objects.filter(opened_at__lt=end + LEAD).filter(
        Q(closed_at=None) | Q(closed_at__gte=begin - TRAIL)
    )
    for part in _parts(subjects):
        rows = during.filter(subject_id__in=part).values_list(
            "kind", "subject_id", "user_id", "unit__path", "opened_at", "closed_at", "opened_by_id"
        )
        for kind, subject, user, unit, opened, closed, by in rows:
            yield Item(kind, subject, user or 0, unit or "", opened, closed, by or 0)


def _assigned(subjects: Sequence[int], begin: datetime, end: datetime) -> Iterable[Assigned]:
    during = Assignment.objects.filter(since__lt=end).filter(Q(until=None) | Q(until__gt=begin))
    for part in _parts(subjects):
        rows = during.filter(subject_id__in=part).values_list(
            "subject_id", "user_id", "since", "until", "grant_id", "window_id"
        )
        for subject, user, since, until, grant, window in rows:
            yield Assigned(subject, user, since, until, lent=bool(grant or window))


def _parts(subjects: Sequence[int]) -> Iterable[Sequence[int]]:
    return (subjects[at : at + PAGE] for at in range(0, len(subjects), PAGE))


def _related(people: Sequence[int]) -> Mapping[int, Related]:
    return {
        person: Related(BitMap(near.own), BitMap(near.family), BitMap(near.kin))
        for person, near in ports.relations().near(people).items()
    }


def _lists(operators: Mapping[int, Operator]) -> Lists:
    marked = Subject.objects.order_by()
    near = ports.relations().near(list(operators)).values()
    return Lists(
        staff=BitMap(subject for each in near for subject in each.own),
        vip=BitMap(marked.filter(vip=True).values_list("pk", flat=True)),
        honey=BitMap(marked.filter(honey=True).values_list("pk", flat=True)),
    )


_NUMBERS: Final = [name for name in Numbers.__slots__ if name != "hours"]


def past(day: date) -> Past:
    """What audits of the days before have noted."""
    since = day - timedelta(days=thresholds.WINDOW)
    numbers: dict[int, dict[date, Numbers]] = defaultdict(dict)
    rows = Measure.objects.filter(day__gte=since, day__lt=day).order_by("day")
    for user, when, *values in rows.values_list("user_id", "day", *_NUMBERS).iterator(
        chunk_size=PAGE
    ):
        numbers[user][when] = Numbers(**dict(zip(_NUMBERS, values, strict=True)))
    active = Measure.objects.filter(day__lt=day).order_by().values("user_id")
    return Past(
        numbers=numbers,
        unexplained=_sets(since, day, "unexplained"),
        unasked=_sets(since, day, "unasked"),
        last_active=dict(active.annotate(last=Max("day")).values_list("user_id", "last")),
    )


def carry_on(past: Past, day: date, its: Iterable[Day]) -> None:
    """Make it the past of the next day: this day comes in, what is too old goes."""
    for each in its:
        person = each.operator.id
        past.numbers.setdefault(person, {})[day] = each.numbers
        past.last_active[person] = day
        if each.unexplained:
            past.unexplained.setdefault(person, {})[day] = each.unexplained
        if each.unasked:
            past.unasked.setdefault(person, {})[day] = each.unasked
    gone = day - timedelta(days=thresholds.WINDOW)
    for held in (past.numbers, past.unexplained, past.unasked):
        for days in held.values():
            days.pop(gone, None)


def _sets(since: date, day: date, name: str) -> dict[int, dict[date, BitMap]]:
    found: dict[int, dict[date, BitMap]] = defaultdict(dict)
    rows = Exposure.objects.filter(day__gte=since, day__lt=day).exclude(**{name: b""})
    for user, when, body in rows.values_list("user_id", "day", name).iterator(chunk_size=PAGE):
        found[user][when] = unpacked(body)
    return found
