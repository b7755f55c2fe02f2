"""How fast days of looks are audited from a long log, and what keeping and asking who saw whom costs."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from django.db import connection
from pyroaring import BitMap

from access import actors, exposure, scopes
from access.audits import reading, running
from access.keystore import subject_keys_of
from access.models import Assignment, AuditRun, Exposure, Subject, Unit, User, WorkItem
from access.vocabulary import Role
from custodian import clock
from tests import estate as people
from tests.benchmarks import entries, estate, premises, report

BLANK = "custodian_audits"
DAYS, STAFF, CUSTOMERS = 90, 400, 10_000
LIST = 5_000  # customers on a list that leaked
ITEMS = 0.3  # work items for each look; each stays open for two days
GOAL_SECONDS = 120  # for a million looks
T = TypeVar("T")
_BARE = """
SELECT e.id, e.ts, e.actor, e.act, e.purpose, e.leaf FROM querylog.entry e
WHERE e.id >= %s AND e.id < %s
"""


def measure(*, quick: bool, length: int | None) -> None:
    count = length or (100_000 if quick else 1_000_000)
    premises.copy(BLANK)
    premises.use(BLANK)
    with clock.at(clock.now() - timedelta(days=DAYS + 1)):
        estate.build(CUSTOMERS)
        people_ = staff()
    with scopes.acting(people.system()):
        _fill(count, people_)
    with scopes.acting(actors.system("audits")):
        _audits(count)
        _exposures(count)
    premises.use(premises.DATABASE)


def staff() -> list[User]:
    with scopes.acting(people.system()):
        units = [
            Unit.objects.create(code=f"U{number:02}", name=f"{number}部") for number in range(20)
        ]
        roles = (Role.AGENT, Role.AGENT, Role.SERVICE_DESK, Role.CLAIMS_HANDLER)
        return [
            people.user(roles[number % 4], unit_=units[number % 20], name=f"员工{number}")
            for number in range(STAFF)
        ]


def _fill(count: int, staff: list[User]) -> None:
    """Looks over ninety days, by chance, so that most have no reason; and as many reasons as usual."""
    chance = random.Random(11)
    subjects = list(Subject.objects.order_by("pk"))
    keys = subject_keys_of([each.pk for each in subjects])
    with premises.superuser(BLANK) as cursor:
        entries.fill(
            cursor,
            count,
            operators=[(each.ref, each.staff_no, each.unit.code) for each in staff],
            customers=[(each.uid, keys[each.pk]) for each in subjects],
            days=DAYS,
        )
        cursor.execute("ANALYZE querylog.entry; ANALYZE querylog.subject_access")
        cursor.execute("UPDATE querylog.tree SET size = (SELECT max(id) + 1 FROM querylog.entry)")
        cursor.connection.commit()
    begun = clock.now() - timedelta(days=DAYS)
    Assignment.objects.bulk_create(
        (Assignment(subject=each, user=chance.choice(staff), since=begun) for each in subjects),
        batch_size=5_000,
    )
    moments = (begun + timedelta(days=DAYS * chance.random()) for _ in range(int(count * ITEMS)))
    WorkItem.objects.bulk_create(
        (
            WorkItem(
                kind="follow_up",
                source="import",
                subject=chance.choice(subjects),
                user=chance.choice(staff),
                opened_at=opened,
                closed_at=opened + timedelta(days=2),
                outcome="done",
            )
            for opened in moments
        ),
        batch_size=5_000,
    )
    with premises.superuser(BLANK) as cursor:
        cursor.execute("ANALYZE access_workitem; ANALYZE access_assignment")
        cursor.connection.commit()


def _audits(count: int) -> None:
    report.heading(f"audits: {count:,} looks of {STAFF} people over {DAYS} days")
    bare = _took(lambda: _read_bare(count))[0]
    took, days = _took(running.catch_up)
    looks = sum(AuditRun.objects.values_list("looks", flat=True))
    found = sum(AuditRun.objects.values_list("found", flat=True))
    aim = GOAL_SECONDS * looks / 1_000_000
    told = "reached" if took <= aim else "NOT reached"
    report.line(
        f"{days} days, {looks:,} looks audited in {took:.1f} s, {looks / took:,.0f} a second"
        f" (goal ≤ {aim:.0f} s: {told}); ÷ reading the bare entries {took / bare:.1f};"
        f" {found} times a rule found somebody"
    )
    day = AuditRun.objects.order_by("-looks").first()
    if day is not None:
        seconds = _took(lambda: reading.past(day.day))[0]
        report.line(f"the past of one day, read: {seconds:.2f} s")


def _exposures(count: int) -> None:
    report.heading("exposure index, beside the same asked of the log's rows")
    took, read = _took(exposure.rebuild)
    size = sum(len(bytes(each)) for each in Exposure.objects.values_list("seen", flat=True))
    rows = Exposure.objects.count()
    report.line(
        f"built anew from {read:,} entries in {took:.1f} s: {rows:,} sets of a person's day,"
        f" {size / 1024 / 1024:.1f} MB"
    )
    some = list(Subject.objects.order_by("pk").values_list("pk", "uid")[:LIST])
    until = clock.local().date()
    since = until - timedelta(days=DAYS)
    index, one = _took(
        lambda: exposure.covering(BitMap(pk for pk, _ in some), since=since, until=until)
    )
    plain, other = _took(lambda: _of_rows([str(uid) for _, uid in some]))
    agree = one == other
    report.line(
        f"who saw which of {LIST:,} customers in {DAYS} days: {index:.2f} s; by the rows {plain:.2f} s,"
        f" {plain / index:.1f} times as long; the same answer: {'yes' if agree else 'NO'}"
    )


def _of_rows(uids: list[str]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT u.id, count(DISTINCT a.subject) FROM querylog.subject_access a"
            " JOIN querylog.entry e ON e.id = a.entry_id JOIN access_user u ON u.ref = e.actor"
            " WHERE a.subject = ANY (%s::uuid[]) GROUP BY u.id",
            [uids],
        )
        return dict(cursor.fetchall())


def _read_bare(count: int) -> int:
    read = 0
    for start in range(0, count + reading.PAGE, reading.PAGE):
        with connection.cursor() as cursor:
            cursor.execute(_BARE, [start, start + reading.PAGE])
            read += len(cursor.fetchall())
    return read


def _took(act: Callable[[], T]) -> tuple[float, T]:
    begun = time.perf_counter()
    found = act()
    return time.perf_counter() - begun, found
