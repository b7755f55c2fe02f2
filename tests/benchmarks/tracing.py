"""How fast a list that got out is traced over a long log, beside one join of the list with the log's rows."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from django.db import connection

from access import actors, exposure, scopes
from access.exports.register import Written
from access.keystore import subject_keys_of
from access.models import Subject
from custodian import clock
from incidents.tracing import lists, tracing
from tests import estate as insurer
from tests.benchmarks import audits, entries, estate, people, premises, report

BLANK = "custodian_tracing"
DAYS = 300
GOAL_SECONDS = 5  # for 20,000 rows over ten million looks
# Customers of the list and around it, rows, looks, and customers there are: most are uids in the log alone.
FEW, MANY = (6_000, 5_000, 300_000, 30_000), (25_000, 20_000, 10_000_000, 1_000_000)
T = TypeVar("T")
_JOIN = """
SELECT e.actor, count(DISTINCT a.subject), min(e.ts), max(e.ts)
FROM unnest(%s::uuid[]) l (subject)
JOIN querylog.subject_access a ON a.subject = l.subject
JOIN querylog.entry e ON e.id = a.entry_id
WHERE e.outcome = 'ok' AND e.act IN ('reveal', 'export') GROUP BY e.actor
"""


def measure(*, quick: bool, length: int | None) -> None:
    customers, size, looks, everybody = FEW if quick else MANY
    looks = length or looks
    premises.copy(BLANK)
    premises.use(BLANK)
    with clock.at(clock.now() - timedelta(days=DAYS + 1)):
        estate.build(customers)
        staff = audits.staff()
    with scopes.acting(insurer.system()):
        subjects = list(Subject.objects.order_by("pk"))
        _fill(looks, staff, subjects, everybody)
    with scopes.acting(actors.system("audits")):
        exposure.catch_up()  # as the nights of the log have done
    _trace(size, looks, subjects)
    premises.use(premises.DATABASE)


def _fill(count: int, staff: list[audits.User], subjects: list[Subject], everybody: int) -> None:
    keys = subject_keys_of([each.pk for each in subjects])
    others = [
        (entries.customer(number), entries.log_key(number))
        for number in range(everybody - len(subjects))
    ]
    with premises.superuser(BLANK) as cursor:
        entries.fill(
            cursor,
            count,
            operators=[(each.ref, each.staff_no, each.unit.code) for each in staff],
            customers=[*((each.uid, keys[each.pk]) for each in subjects), *others],
            days=DAYS,
        )
        cursor.execute("ANALYZE querylog.entry; ANALYZE querylog.subject_access")
        cursor.execute("UPDATE querylog.tree SET size = (SELECT max(id) + 1 FROM querylog.entry)")
        cursor.connection.commit()


def _trace(size: int, looks: int, subjects: list[Subject]) -> None:
    chosen = random.Random(5).sample(range(len(subjects)), size)
    persons = [people.person(number) for number in chosen]
    rows = [(each["identity.name"], each["identity.mobile"]) for each in persons]
    report.heading(f"leak tracing: {size:,} rows over {looks:,} looks of {audits.STAFF} people")
    actor = actors.system("tracer")
    with scopes.acting(actor):
        matching, the_list = _took(lambda: lists.read(rows))
        uids = [str(subjects[number].uid) for number in chosen]
        joining, joined = _took(lambda: _joined(uids))
    took, trace = _took(lambda: tracing.trace(Written(rows), channel="command", actor=actor))
    assert the_list.matched == size == trace.the_list.matched
    told = "reached" if took <= GOAL_SECONDS else "NOT reached"
    if (size, looks) != MANY[1:3]:
        told = "not judged at this size"
    report.line(
        f"{took:.1f} s (goal ≤ {GOAL_SECONDS} s for {MANY[1]:,} over {MANY[2]:,}: {told}), of it"
        f" {matching:.1f} s to match the rows; {trace.tried} sources of {len(joined)} who opened some"
    )
    report.line(f"÷ one join of the customers with the log's rows, unweighed: {took / joining:.1f}")


def _joined(uids: list[str]) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_JOIN, [uids])
        return list(cursor.fetchall())


def _took(work: Callable[[], T]) -> tuple[float, T]:
    begun = time.perf_counter()
    found = work()
    return time.perf_counter() - begun, found
