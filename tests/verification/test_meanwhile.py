"""A verification while people look and change, are erased, and the tree grows, says that nothing is wrong."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import psycopg2
import pytest
from django.db import connection

from access import actors, erasure, scopes
from access.models import Subject
from access.querylog.tail import tail_key
from access.verification import run
from access.verification.walk import Place
from custodian import databases
from custodian.drills import history
from custodian.drills.copy import Copy
from tests.verification.playing import FULL, INCREMENTAL, faults, report, said, verified

pytestmark = pytest.mark.xdist_group("verification")
APPEND = "SELECT querylog.append(%s::text[], %s::bytea[], %s::bytea[], '{}', '{}')"


def test_nothing_is_said_to_be_wrong(copy: Copy) -> None:
    copy.cursor.execute("SELECT max(id) FROM querylog.entry")
    (before,) = copy.cursor.fetchone()
    rows = []
    with busy(copy):
        for _ in range(5):
            rows += [verified(FULL), verified(INCREMENTAL)]
    copy.seal()
    rows.append(verified(FULL))
    assert {said(row) for row in rows} == {(True, None, "")}
    assert len({row.until for row in rows}) > 5
    copy.cursor.execute(
        "SELECT array_agg(DISTINCT act) FROM querylog.entry WHERE id > %s", [before]
    )
    assert {"reveal", "change", "void", "erase"} <= set(*copy.cursor.fetchone())


def test_not_by_several_processes_either(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "STRIDE", run.TILE)
    with busy(copy):
        assert faults(copy, jobs=2) == []


def test_ids_that_were_drawn_and_lost_are_not_missing(copy: Copy) -> None:
    history.Writer(copy.customers()).look(1)
    burn(3)
    history.Writer(copy.customers()).look(1)
    assert faults(copy) == []
    copy.seal()
    assert faults(copy) == []


def test_a_tile_that_became_full_since_the_size_was_read_is_no_fault(copy: Copy) -> None:
    size = copy.original.size
    history.Writer(copy.customers()).look(run.TILE - size % run.TILE)
    copy.seal()
    walked = run.walk(Place(databases.url("auditor"), tail_key()), 0, size, size)
    assert walked.faults == []
    assert len(walked.roots) == size // run.TILE


def test_what_is_appended_later_is_left_to_the_next_run(copy: Copy) -> None:
    size = copy.original.size
    ids = history.Writer(copy.customers()).look(4)
    found = report(copy)
    assert (found.faults, found.size, found.entries) == ([], size, ids[-1] + 1)


@contextmanager
def busy(copy: Copy) -> Iterator[None]:
    """Two writers, changes, erasures, appends that fail, and a sequencer, until the block ends."""
    over = threading.Event()
    sequencer = copy.original.sequencer(copy.head)
    writers = [history.Writer(copy.customers()) for _ in range(2)]
    doomed = iter(Subject.objects.order_by("pk").values_list("pk", flat=True)[:6])
    works: list[Callable[[], object]] = [
        *(lambda writer=writer: writer.look(10) for writer in writers),
        lambda: history.change(copy.customers()[:2]),
        lambda: erase(next(doomed, None)),
        burn,
        sequencer.cycle,
    ]
    failed: list[BaseException] = []
    threads = [threading.Thread(target=_again, args=[work, over, failed]) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join(30)
        sequencer.close()
    assert failed == []


def _again(work: Callable[[], object], over: threading.Event, failed: list[BaseException]) -> None:
    try:
        with scopes.acting(actors.system("verifier")):
            while not over.wait(0.08):
                work()
    except BaseException as error:  # noqa: BLE001  told to the test
        failed.append(error)
    finally:
        connection.close()


def erase(ordinal: int | None) -> None:
    if ordinal is None:
        return
    time.sleep(0.2)
    Subject.objects.filter(pk=ordinal).update(status=Subject.Status.DESTROYED)
    gone = Subject.objects.get(pk=ordinal)
    erasure.forget(gone, channel="task", actor=actors.system("destroyer"))


def burn(count: int = 1) -> None:
    """An append that fails after it drew its ids."""
    with closing(databases.connect("log_writer", application_name="tests burn")) as raw:
        leaves = ['{"ts":"2026-01-01T00:00:00Z","actor":"nobody"}'] * count
        with raw.cursor() as cursor, pytest.raises(psycopg2.DataError):
            cursor.execute(APPEND, [leaves, [b""] * count, [None] * count])
