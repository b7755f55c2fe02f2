"""How many entries one process appends durably, and how many share a commit."""

from __future__ import annotations

import threading
import time
from uuid import uuid4

from access import actors
from access.actors import Actor
from access.querylog import write
from access.querylog.leaf import Draft, Tagged
from custodian import clock
from tests.benchmarks import premises, report
from tests.benchmarks.estate import Estate

THREADS = (1, 8, 32)


def measure(built: Estate, *, quick: bool) -> None:
    report.heading("log: one process, one writer, every entry waits for its own commit")
    seconds, rounds = (1.5, 2) if quick else (2.5, 4)
    actor = actors.staff(built.agent)
    rates: dict[int, list[float]] = {threads: [] for threads in THREADS}
    sharing: dict[int, list[float]] = {threads: [] for threads in THREADS}
    for _ in range(rounds):
        for threads in THREADS:
            entries, commits, elapsed = _append(threads, seconds, actor)
            rates[threads].append(entries / elapsed)
            sharing[threads].append(entries / commits)
    for threads in THREADS:
        report.line(
            f"{threads:3} threads: {report.spread(rates[threads], digits=0)} entries/s,"
            f" {report.spread(sharing[threads], digits=1)} entries a commit"
        )
    growth = [many / one for many, one in zip(rates[32], rates[1], strict=True)]
    report.line(f"  32 threads ÷ 1 thread: {report.spread(growth)}")


def _append(threads: int, seconds: float, actor: Actor) -> tuple[int, int, float]:
    ids: list[list[int]] = [[] for _ in range(threads)]
    begun = time.monotonic()

    def work(own: list[int]) -> None:
        while time.monotonic() - begun < seconds:
            own.append(write.commit(_draft(actor)))

    running = [threading.Thread(target=work, args=[own]) for own in ids]
    for each in running:
        each.start()
    for each in running:
        each.join()
    elapsed = time.monotonic() - begun
    every = [entry for own in ids for entry in own]
    return len(every), _commits(min(every), max(every)), elapsed


def _draft(actor: Actor) -> Draft:
    """An entry as a look at one customer makes it."""
    return Draft(
        actor=actor,
        act="view",
        at=clock.now(),
        channel="api",
        purpose="follow_up",
        fields=("identity.name", "identity.mobile", "identity.id_number"),
        subjects=[Tagged(uuid4(), b"k" * 32)],
        rule=("R-010", 1),
        why=("rule", "nearness-own", "masked"),
        context=write.seal_context({"role": "agent", "reach": "own", "hour": 10}),
        facts={"what": "records:customer:view", "mask": 1},
    )


def _commits(first: int, last: int) -> int:
    with premises.superuser() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT xmin::text) FROM querylog.entry WHERE id BETWEEN %s AND %s",
            [first, last],
        )
        return int(cursor.fetchone()[0])
