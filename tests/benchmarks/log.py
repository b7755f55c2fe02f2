"""How fast entries are appended durably, beside the same bytes in a table with nothing to it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from psycopg2 import extensions

from access import actors
from access.actors import Actor
from access.querylog import write
from access.querylog.leaf import Draft, Session, Tagged, loosen
from custodian import clock, databases
from tests.benchmarks import premises, report
from tests.benchmarks.estate import Estate

WRITERS = (1, 4, 16)
AIM, HELD = 0.8, 0.35  # decision 12
NOBODY = Tagged(UUID(int=1), b"k" * 32)

Append = Callable[[], object]


def measure(built: Estate, *, quick: bool) -> None:
    report.heading("log: durable appends; raw is one INSERT of the same bytes, one commit each")
    seconds, rounds = (1.5, 2) if quick else (2.5, 5)
    actor = actors.staff(built.agent)
    rates: dict[tuple[str, int], list[float]] = {}
    sharing: dict[int, list[float]] = {writers: [] for writers in WRITERS}
    with _bare_table() as opened:
        for _ in range(rounds):
            for writers in WRITERS:
                first = _newest()
                ours = _run(writers, seconds, lambda: _append(actor))
                sharing[writers].append(ours[0] / _commits(first))
                whole = _run(writers, seconds, lambda: _governed(actor))
                raw = _run(writers, seconds, lambda: _raw(actor, opened))
                for name, (count, took) in (("append", ours), ("whole", whole), ("raw", raw)):
                    rates.setdefault((name, writers), []).append(count / took)
    for writers in WRITERS:
        _tell(writers, {name: rates[name, writers] for name in ("append", "whole", "raw")}, sharing)


def _tell(writers: int, rates: dict[str, list[float]], sharing: dict[int, list[float]]) -> None:
    report.line(
        f"{writers:3} writers: {report.spread(rates['append'], digits=0)} entries/s,"
        f" {report.spread(sharing[writers], digits=1)} entries a commit;"
        f" raw {report.spread(rates['raw'], digits=0)}"
    )
    for name, words in (("append", "append"), ("whole", "with the reason sealed")):
        ratios = [one / other for one, other in zip(rates[name], rates["raw"], strict=True)]
        told = f" (aim {AIM}: {report.verdict(ratios, goal=AIM)}; held to {HELD}: {report.verdict(ratios, goal=HELD)})"
        report.line(f"  {words} ÷ raw: {report.spread(ratios)}{told if name == 'append' else ''}")


def _run(writers: int, seconds: float, make: Callable[[], Append]) -> tuple[int, float]:
    """Each writer is a thread with an append of its own; how many were acknowledged, in which time."""
    appends = [make() for _ in range(writers)]
    counts = [0] * writers
    begun = time.monotonic()

    def work(number: int) -> None:
        while time.monotonic() - begun < seconds:
            appends[number]()
            counts[number] += 1

    running = [threading.Thread(target=work, args=[number]) for number in range(writers)]
    for each in running:
        each.start()
    for each in running:
        each.join()
    return sum(counts), time.monotonic() - begun


def _append(actor: Actor) -> Append:
    """What the gate asks for: the process's one writer, which commits what waits together."""
    ready = draft(actor)
    return lambda: write.commit(ready)


def _governed(actor: Actor) -> Append:
    """The same with all that the gate does for it: the entry is put together, and its reason sealed."""
    return lambda: write.commit(draft(actor))


def _raw(actor: Actor, opened: list[extensions.connection]) -> Append:
    """As whoever has no log would: a connection of his own, autocommit, no chain, no trigger, no index."""
    sealed = Session(b"k" * 32).chain(loosen(draft(actor)))
    connection = databases.connect("superuser", application_name="custodian bench raw")
    connection.autocommit = True
    opened.append(connection)

    def append() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO bench_raw (leaf, tags, context) VALUES (%s, %s, %s)",
                [sealed.leaf, sealed.tags, sealed.context],
            )

    return append


@contextmanager
def _bare_table() -> Iterator[list[extensions.connection]]:
    """A table that exists while it is measured, with the connections that were opened to it."""
    opened: list[extensions.connection] = []
    with premises.superuser() as cursor:
        cursor.connection.autocommit = True
        cursor.execute(
            "CREATE TABLE bench_raw (id bigint GENERATED ALWAYS AS IDENTITY,"
            " at timestamptz DEFAULT clock_timestamp(), leaf text, tags bytea, context bytea)"
        )
        try:
            yield opened
        finally:
            for each in opened:
                each.close()
            cursor.execute("DROP TABLE bench_raw")


def draft(actor: Actor, shown: Tagged = NOBODY) -> Draft:
    """An entry as a look at one customer makes it."""
    return Draft(
        actor=actor,
        act="view",
        at=clock.now(),
        channel="api",
        purpose="follow_up",
        fields=("identity.name", "identity.mobile", "identity.id_number"),
        subjects=[shown],
        rule=("R-010", 1),
        why=("rule", "nearness-own", "masked"),
        context=write.seal_context({"role": "agent", "reach": "own", "hour": 10}),
        facts={"what": "records:customer:view", "mask": 1},
    )


def _newest() -> int:
    with premises.superuser() as cursor:
        cursor.execute("SELECT coalesce(max(id), -1) FROM querylog.entry")
        return int(cursor.fetchone()[0])


def _commits(after: int) -> int:
    with premises.superuser() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT xmin::text) FROM querylog.entry WHERE id > %s", [after]
        )
        return int(cursor.fetchone()[0])
