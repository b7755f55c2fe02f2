"""The signed tree: how long entries wait for it, and what a long log costs those who read and check it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.db import connection
from django.test import Client

from access import actors, keystore, scopes
from access.models import Entry, User
from access.querylog import proofs, write
from access.querylog.leaf import Tagged
from access.vocabulary import Role
from custodian import clock
from records.models import Customer
from tests import estate as people
from tests.benchmarks import entries, estate, hashing, log, premises, report, sealed, verification
from tests.benchmarks.estate import Estate

BLANK, SHORT, LONG = "custodian_blank", "custodian_short", "custodian_long"
DAYS = 300
RATE = 1_000  # entries a second while the wait is measured
DELAY_GOAL = 2.0
PROOF_GOAL_MS = 50.0
# The log explorer as an officer uses it; the heat map and the count stand on each of these pages.
PAGES = {
    "newest": "",
    "one operator": "no=A0001",
    "one unit and purpose": "unit=XZ&purpose=claim",
    "refusals": "outcome=denied",
    "reveals of a month": "act=reveal",
    "all of it": "since=2020-01-01",
    "an operator, all of it": "no=A0001&since=2020-01-01",
    "a customer, all of it": "customer={customer}&since=2020-01-01",
}

_DELAYS = """
SELECT extract(epoch FROM c.announced_at - e.written_at)::float
FROM querylog.entry e JOIN LATERAL (
    SELECT announced_at FROM querylog.checkpoint
    WHERE size > e.id AND announced_at IS NOT NULL ORDER BY size LIMIT 1) c ON true
WHERE e.id > %s
"""


def measure(*, var: Path, quick: bool, length: int | None) -> None:
    count = length or (100_000 if quick else 1_000_000)
    premises.copy(BLANK)
    premises.use(BLANK)
    with clock.at(clock.now() - timedelta(days=DAYS + 1)):
        built = estate.build(2_000)
        officer = _officer(built)
    pages: dict[str, dict[str, list[float]]] = {}
    for name, size in ((SHORT, count // 100), (LONG, count)):
        premises.copy(name, of=BLANK)
        premises.use(name)
        _fill(name, size, built)
        with sealed.sequencing(name, var=var):
            _take(size)
            pages[name] = _pages(officer, built, rounds=3)
            if name == LONG:
                _proofs(looks=100 if quick else 300)
                _waits(built, seconds=6 if quick else 20)
    _tell_pages(pages[SHORT], pages[LONG], count)
    with scopes.acting(actors.system("verifier")):
        verification.measure(quick=quick)
    premises.use(premises.DATABASE)


def _waits(built: Estate, *, seconds: float) -> None:
    report.heading(f"tree: how long an entry waits for its signed place, at {RATE:,} entries/s")
    first = Entry.objects.newest_index()
    actor, (customer, *_) = actors.staff(built.agent), _customers(built)
    shown = Tagged(*customer)
    written = _steadily(lambda: write.commit(log.draft(actor, shown)), seconds=seconds)
    sealed.caught_up(within=60)
    with connection.cursor() as cursor:
        cursor.execute(_DELAYS, [first])
        waits = [row[0] for row in cursor.fetchall()]
    p50, p95, p99 = (report.percentile(waits, share) for share in (0.5, 0.95, 0.99))
    told = "reached" if p99 <= DELAY_GOAL else "NOT reached"
    report.line(
        f"{written / seconds:,.0f} entries/s: p50 {p50:.2f} s, p95 {p95:.2f} s, p99 {p99:.2f} s,"
        f" longest {max(waits):.2f} s (goal p99 ≤ {DELAY_GOAL:.0f} s: {told})"
    )


def _steadily(act: Callable[[], object], *, seconds: float, threads: int = 16) -> int:
    """Each thread acts in its own beat; together they come to `RATE` a second, or to what is possible."""
    counts = [0] * threads
    begun = time.monotonic()

    def work(number: int) -> None:
        while (now := time.monotonic() - begun) < seconds:
            due = counts[number] * threads / RATE
            if due > now:
                time.sleep(due - now)
            act()
            counts[number] += 1

    running = [threading.Thread(target=work, args=[number]) for number in range(threads)]
    for each in running:
        each.start()
    for each in running:
        each.join()
    return sum(counts)


def _fill(name: str, count: int, built: Estate) -> None:
    with premises.superuser(name) as cursor:
        entries.fill(cursor, count, days=DAYS, operators=_operators(), customers=_customers(built))
        cursor.connection.commit()
        cursor.connection.autocommit = True
        cursor.execute("ANALYZE querylog.entry, querylog.subject_access")


def _take(count: int) -> None:
    rate, bare = sealed.caught_up(within=count / 1_000 + 60), hashing.bare()
    report.heading(f"tree: {count:,} entries")
    told = f"at {rate:,.0f} entries/s; ÷ bare leaf hashing: {rate / bare:.2f}"
    report.line(f"taken into the tree {told if rate else 'in one step'}")


def _operators() -> list[tuple[UUID, str, str]]:
    with scopes.acting(actors.system("tests")):
        people = User.objects.filter(role=Role.AGENT).select_related("unit")
        return [(each.ref, each.staff_no, each.unit.code) for each in people]


def _customers(built: Estate) -> list[tuple[UUID, bytes]]:
    with scopes.acting(actors.system("tests")):
        rows = list(
            Customer.objects.filter(ref__in=built.refs).values_list("subject_id", "subject__uid")
        )
        keys = keystore.subject_keys_of([ordinal for ordinal, _ in rows])
    return [(uid, keys[ordinal]) for ordinal, uid in rows]


def _proofs(*, looks: int) -> None:
    size = proofs.announced()
    report.heading(f"tree: proofs in a log of {size:,}")
    chance = random.Random(5)
    cases: dict[str, Callable[[], object]] = {
        "inclusion": lambda: proofs.inclusion(chance.randrange(size)),
        "consistency": lambda: proofs.consistency(chance.randrange(1, size), size),
        "an entry by its number": lambda: Entry.objects.get(pk=chance.randrange(size)),
    }
    times: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(looks):
        for name, look in cases.items():
            begun = time.perf_counter()
            look()
            times[name].append((time.perf_counter() - begun) * 1000)
    for name, values in times.items():
        p50, p95 = (report.percentile(values, share) for share in (0.5, 0.95))
        goal = ""
        if name != "an entry by its number":
            told = "reached" if p95 <= PROOF_GOAL_MS else "NOT reached"
            goal = f" (goal p95 ≤ {PROOF_GOAL_MS:.0f} ms: {told})"
        report.line(f"{name:24} p50 {p50:6.2f} ms, p95 {p95:6.2f} ms{goal}")
    lookup = report.percentile(times["an entry by its number"], 0.5)
    report.line(
        f"  inclusion ÷ entry by its number at p50: {report.percentile(times['inclusion'], 0.5) / lookup:.1f}"
    )


def _officer(built: Estate) -> Client:
    user = User.objects.create_user(
        "person.c0001", staff_no="C0001", name="陈静", role=Role.COMPLIANCE_OFFICER,
        unit=built.agent.unit, password=None,
    )  # fmt: skip
    return people.login(Client(), user)


def _pages(client: Client, built: Estate, *, rounds: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in PAGES}
    for _ in range(rounds):
        for name, query in PAGES.items():
            begun = time.perf_counter()
            answer = client.get("/admin/querylog/?" + query.format(customer=built.refs[0]))
            times[name].append((time.perf_counter() - begun) * 1000)
            if answer.status_code != 200:
                raise RuntimeError(f"{name}: {answer.status_code}")
    return times


def _tell_pages(few: dict[str, list[float]], many: dict[str, list[float]], count: int) -> None:
    report.heading(
        f"tree: the log explorer over {count:,} entries, whole pages, beside a short log"
    )
    for name in PAGES:
        median, before = (report.percentile(each[name], 0.5) for each in (many, few))
        report.line(
            f"{name:24} median {median:7.1f} ms, longest {max(many[name]):7.1f} ms;"
            f" ÷ short log: {median / before:.1f}"
        )
