"""What may hold up the seal, for how long, and what may not: long transactions, readers, a held fence."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from psycopg2 import extensions
from structlog.testing import capture_logs

from access.querylog.connection import Connection
from access.sequencer import process
from access.sequencer.drain import ASIDE_SECONDS
from custodian import databases
from tests.security.looking import logged_in
from tests.sequencer.trees import (
    Place,
    append,
    appending,
    change,
    enqueue,
    leaves,
    seen,
    superuser,
    tree,
    until,
    value,
)

WAITING = "SELECT count(*) FROM querylog.outbox"
FENCE = 0.25


@contextmanager
def open_transaction(role: databases.Role, statement: str) -> Iterator[extensions.connection]:
    raw = databases.connect(role, application_name="tests open")
    raw.autocommit = False
    try:
        with raw.cursor() as cursor:
            cursor.execute(statement)
        yield raw
    finally:
        raw.rollback()
        raw.close()


# What does not hold it up


def test_a_long_import_holds_up_no_look_and_its_entries_follow_its_commit(place: Place) -> None:
    with place.leading() as sequencer:
        with transaction.atomic():
            for number in range(3):
                enqueue(f"import {number}")
                append(2)
                sequencer.cycle()
                assert tree("announced") == tree() == 1 + 2 * (number + 1)
            assert seen().marks() == []
        assert value(WAITING, role="sequencer") == 3
        assert sequencer.cycle() == 3
        assert value(WAITING, role="sequencer") == 0
    assert place.whole().marks() == ["import 0", "import 1", "import 2"]


def test_a_change_that_commits_later_than_a_newer_one_is_not_forgotten(place: Place) -> None:
    with place.leading() as sequencer:
        with transaction.atomic():
            enqueue("early")
            other = threading.Thread(target=change_elsewhere, args=["late"])
            other.start()
            other.join(10)
            sequencer.cycle()
            assert seen().marks() == ["late"]
        sequencer.cycle()
    assert place.whole().marks() == ["late", "early"]


def change_elsewhere(mark: str) -> None:
    from django.db import connection

    try:
        change(mark)
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("owner", "CREATE TABLE unrelated (id int); INSERT INTO unrelated VALUES (1)"),
        ("owner", "SELECT txid_current()"),
        ("auditor", "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; TABLE querylog.entry"),
        ("backup", "LOCK TABLE querylog.entry, querylog.tile, querylog.tree IN ACCESS SHARE MODE"),
    ],
    ids=["a table", "a transaction number", "a reader", "a dump"],
)
def test_an_open_transaction_of_somebody_else_holds_up_nothing(
    place: Place, role: databases.Role, statement: str
) -> None:
    append()
    with place.leading() as sequencer, open_transaction(role, statement):
        sequencer.cycle()
        append(2)
        begun = time.monotonic()
        assert sequencer.cycle() == 2
        assert time.monotonic() - begun < 1
    place.whole()


def test_a_partition_that_must_wait_for_a_reader_lets_the_writers_pass(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with logged_in("superuser") as cursor:
        cursor.execute("DROP TABLE querylog.entry_4000000")
    with place.leading() as sequencer:
        with logged_in("superuser") as cursor:
            cursor.execute("DROP TABLE querylog.entry_4000000")
        sequencer._extended = 0.0
        with open_transaction("auditor", "TABLE querylog.entry"), capture_logs() as told:
            begun = time.monotonic()
            thread = threading.Thread(target=append)
            turn = threading.Thread(target=sequencer.cycle)
            turn.start()
            time.sleep(0.05)
            thread.start()
            for each in (thread, turn):
                each.join(10)
            assert time.monotonic() - begun < 1
        assert [each["event"] for each in told] == ["partition-waits"]
        monkeypatch.setattr(process, "PARTITIONS_EVERY", 0.0)
        sequencer.cycle()
    assert value("SELECT to_regclass('querylog.entry_4000000') IS NOT NULL")
    place.whole()


@pytest.mark.parametrize("body", ['{"ts":"2026-01-01T00:00:00Z","actor":"nobody"}', "{}", "\\"])
def test_a_change_that_cannot_be_written_holds_up_no_look_and_no_other_change(
    place: Place, body: str
) -> None:
    for number in range(9):
        change(f"{number}")
        if number == 5:
            with logged_in("superuser") as cursor:
                cursor.execute(
                    "INSERT INTO querylog.outbox (created_at, body, tags, subjects)"
                    " VALUES (now(), %s, '', '{}')",
                    [body],
                )
    with place.leading() as sequencer, capture_logs() as told:
        for turn in range(8):
            append()
            sequencer.cycle()
            assert tree("announced") == tree()
            assert seen().acts("admin")[turn:]
        assert [each["event"] for each in told].count("change-set-aside") == 1
        burnt = len(seen().acts("void"))
        for _ in range(3):
            append()
            sequencer.cycle()
    found = place.whole()
    assert sorted(found.marks()) == [f"{number}" for number in range(9)]
    assert value(WAITING, role="sequencer") == 1
    # Once it is known it uses up no more ids, which would all become void entries.
    assert len(found.acts("void")) == burnt < 20


def test_an_outage_of_the_log_uses_up_few_ids(place: Place) -> None:
    for number in range(40):
        change(f"{number}")
    with place.leading() as sequencer:
        sequencer.cycle()
        for number in range(40, 80):
            change(f"{number}")
        with a_full_disk():
            for _ in range(6):
                sequencer.cycle()
        sequencer.cycle()
    found = place.whole()
    assert sorted(map(int, found.marks())) == list(range(80))
    assert len(found.acts("void")) <= 45


@contextmanager
def a_full_disk() -> Iterator[None]:
    """What the server says then, after the ids were drawn."""
    with logged_in("superuser") as cursor:
        cursor.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$;"
            " CREATE TRIGGER full_disk BEFORE INSERT ON querylog.entry"
            " FOR EACH ROW EXECUTE FUNCTION full_disk()"
        )
        yield
        cursor.execute("DROP TRIGGER full_disk ON querylog.entry; DROP FUNCTION full_disk()")


def test_a_change_that_was_set_aside_is_tried_again_later(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    change("held")
    with place.leading() as sequencer:
        with logged_in("superuser") as cursor:
            cursor.execute(
                "ALTER TABLE querylog.entry ADD CONSTRAINT odd CHECK (act <> 'change') NOT VALID"
            )
            sequencer.cycle()
            sequencer.cycle()
            cursor.execute("ALTER TABLE querylog.entry DROP CONSTRAINT odd")
        sequencer.cycle()
        assert seen().marks() == []
        soon = time.monotonic() + ASIDE_SECONDS + 1
        monkeypatch.setattr(time, "monotonic", lambda: soon)
        sequencer.cycle()
    assert place.whole().marks() == ["held"]


def test_very_many_changes_at_once_hold_up_no_look(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are taken for as long as a turn lasts, here for no time at all, and looks are sealed in between."""
    monkeypatch.setattr(process, "PERIOD", 0.0)
    with logged_in("superuser") as cursor:
        change("pattern")
        cursor.execute(
            "INSERT INTO querylog.outbox (created_at, body, tags, subjects)"
            " SELECT created_at, body, tags, subjects FROM querylog.outbox, generate_series(1, 1499)"
        )
    left = []
    with place.leading() as sequencer:
        while not left or left[-1]:
            (index,) = append()
            sequencer.cycle()
            assert tree("announced") > index
            left.append(value(WAITING, role="sequencer"))
    assert left == [1000, 500, 0]
    place.whole()


# What does, and for how long


def test_a_held_append_makes_the_fence_busy_and_nothing_else(place: Place) -> None:
    with place.leading() as sequencer:
        sequencer.cycle()
        with appending() as (raw, _):
            begun = time.monotonic()
            assert sequencer.cycle() == 0
            assert FENCE <= time.monotonic() - begun < 4 * FENCE
            raw.commit()
        assert sequencer.cycle() == 1
    place.whole()


def test_a_fence_that_waits_delays_other_appends_by_no_more_than_its_patience(place: Place) -> None:
    with place.leading() as sequencer, appending() as (raw, _):
        connection, longest = Connection(), 0.0
        over = threading.Event()

        def fences() -> None:
            while not over.wait(0.05):
                sequencer.cycle()

        thread = threading.Thread(target=fences)
        thread.start()
        until = time.monotonic() + 1.5
        while time.monotonic() < until:
            begun = time.monotonic()
            connection.append(leaves())
            longest = max(longest, time.monotonic() - begun)
        over.set()
        thread.join(10)
        connection.close()
        raw.commit()
        assert FENCE / 2 < longest < FENCE + 0.25  # it was delayed, but not longer than that
        assert sequencer.cycle() > 1
    place.whole()


def test_a_fence_that_stays_busy_is_told_once_and_passes_by_itself(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "FENCE_ALARM", 3)
    with place.leading() as sequencer, capture_logs() as told:
        for _ in range(2):
            with appending():
                for turns in range(1, 5):
                    sequencer.cycle()
                    assert len(told) == (turns >= 3)
            assert sequencer.cycle() >= 0
            assert [(each["event"], each["cycles"]) for each in told] == [("fence-held", 3)]
            told.clear()
            append()
            assert sequencer.cycle() >= 1


def test_the_alarm_comes_after_ten_turns() -> None:
    assert process.FENCE_ALARM == 10


def test_entries_of_a_held_fence_are_sealed_by_the_running_process_once_it_is_let_go(
    place: Place,
) -> None:
    with place.running():
        until(lambda: tree("announced") == 1)
        with appending() as (raw, _):
            append(2)
            time.sleep(1.2)
            assert tree("announced") == 1
            raw.commit()
        until(lambda: tree("announced") == 4)
    place.whole()


@pytest.mark.parametrize(
    "statement", ["SELECT pg_advisory_lock(4242)", "SELECT pg_advisory_xact_lock_shared(4242)"]
)
def test_the_web_may_not_hold_the_fence(place: Place, statement: str) -> None:
    with logged_in("app") as cursor, pytest.raises(Exception, match="permission denied"):
        cursor.execute(statement)
    with superuser() as cursor:
        cursor.execute("SELECT has_function_privilege('custodian_app', oid, 'EXECUTE') FROM pg_proc"
                       " WHERE proname ~ '^pg_(try_)?advisory'")  # fmt: skip
        assert {row[0] for row in cursor.fetchall()} == {False}
