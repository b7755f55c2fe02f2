"""Every committed entry has its place in the tree, once, in whatever order writers commit."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from random import Random

import psycopg2
import pytest
from psycopg2 import extensions

from access.querylog.connection import Connection
from access.sequencer import integrate
from custodian import clock, databases
from tests.security.looking import logged_in
from tests.sequencer.trees import (
    APPEND,
    Place,
    append,
    appending,
    burn,
    draw,
    leaves,
    seen,
    until,
    value,
)

WRITERS, TIMES = 12, 25


class Crowd:
    """Many writers at once, each doing what its dice say; some are slow, some give up, some fail."""

    def __init__(self) -> None:
        self.written: dict[int, str] = {}
        self.given_up: set[int] = set()
        self.failed = 0
        self.surprises: list[BaseException] = []
        self._guard = threading.Lock()

    def work(self, dice: Random) -> None:
        connection = Connection()
        raw = databases.connect("log_writer", application_name="tests crowd")
        raw.autocommit = False
        try:
            for _ in range(TIMES):
                self._once(connection, raw, dice)
        except BaseException as error:  # noqa: BLE001  told to the test
            self.surprises.append(error)
        finally:
            connection.close()
            raw.close()

    def _once(self, connection: Connection, raw: extensions.connection, dice: Random) -> None:
        sealed, kind = leaves(dice.randint(1, 4)), dice.random()
        if kind < 0.05:
            return self._fail(raw)
        ids = connection.append(sealed) if kind < 0.5 else draw(raw, sealed)
        time.sleep(dice.random() * 0.01)
        if kind >= 0.9:
            raw.rollback()
            with self._guard:
                self.given_up |= set(ids)
            return None
        raw.commit()
        with self._guard:
            self.written |= {index: each.leaf for index, each in zip(ids, sealed, strict=True)}
        return None

    def _fail(self, raw: extensions.connection) -> None:
        """The id is drawn before the entry is refused."""
        with pytest.raises(psycopg2.DataError), raw, raw.cursor() as cursor:
            cursor.execute(
                APPEND, [['{"ts":"2026-01-01T00:00:00Z","actor":"nobody"}'], [b""], [None]]
            )
        with self._guard:
            self.failed += 1


def newest_first_reader(stop: threading.Event, found: set[int]) -> None:
    """What whoever does not know better does: everything above the largest id seen so far."""
    last = -1
    with logged_in("auditor") as cursor:
        while not stop.wait(0.001):
            cursor.execute("SELECT id FROM querylog.entry WHERE id > %s ORDER BY id", [last])
            rows = [row[0] for row in cursor.fetchall()]
            found.update(rows)
            last = rows[-1] if rows else last


def turns(place: Place, stop: threading.Event, failed: list[BaseException]) -> None:
    try:
        sequencer = place.sequencer()
        while not stop.wait(0.02):
            sequencer.cycle()
        sequencer.cycle()
        sequencer.close()
    except BaseException as error:  # noqa: BLE001  told to the test
        failed.append(error)


def test_whatever_a_crowd_of_writers_commits_is_in_the_tree_once_and_in_no_gap(
    place: Place,
) -> None:
    crowd, naive, stop = Crowd(), set[int](), threading.Event()
    failed: list[BaseException] = []
    beside = [start(newest_first_reader, stop, naive), start(turns, place, stop, failed)]
    for writer in [start(crowd.work, Random(number)) for number in range(WRITERS)]:
        writer.join(30)
    until(lambda: max(crowd.written) in naive)
    stop.set()
    for each in beside:
        each.join(30)
    assert (crowd.surprises, failed) == ([], [])

    found = place.whole()
    assert {index: found.leaves[index].decode() for index in crowd.written} == crowd.written
    own = {i for i, body in enumerate(found.bodies) if body["no"] == "SYS-SEQUENCER"}
    dead = set(found.acts("void"))
    assert set(found.ids) == set(crowd.written) | own
    assert dead >= crowd.given_up
    assert len(dead) == len(crowd.given_up) + crowd.failed
    assert all(found.bodies[index]["ts"] == found.bodies[index - 1]["ts"] for index in dead - {0})
    assert len(found.checkpoints) >= 4
    # Not by luck: the same rows, read by largest id, were passed over.
    assert crowd.written.keys() - naive


def start(work: Callable[..., None], *arguments: object) -> threading.Thread:
    thread = threading.Thread(target=work, args=arguments, daemon=True)
    thread.start()
    return thread


def test_an_entry_that_commits_after_a_higher_one_is_not_passed_over(place: Place) -> None:
    with place.leading() as sequencer:
        sequencer.cycle()
        before = sequencer.integrator.size
        with appending() as (raw, (low,)):
            (high,) = append()
            assert low < high
            assert value("SELECT max(id) FROM querylog.entry") == high
            assert sequencer.cycle() == 0
            raw.commit()
        assert sequencer.cycle() == 2
    assert place.whole().ids[before:] == [low, high]


@pytest.mark.parametrize(
    "pattern", ["_x", "__x", "x_x", "x__x_x", "____x", "xx_____xx_", "_____x_"]
)
def test_a_dead_id_becomes_a_void_entry_at_the_time_of_the_one_before(
    place: Place, monkeypatch: pytest.MonkeyPatch, pattern: str
) -> None:
    monkeypatch.setattr(integrate, "LIMIT", 3)
    with clock.at(clock.now() - timedelta(days=1)):
        for sort in pattern:
            append() if sort == "x" else burn()
    place.seal()
    found = place.whole()
    told = "".join("_" if body["act"] == "void" else "x" for body in found.bodies)
    assert told == pattern + "xx"  # and the sequencer's own words: its key, and its farewell
    for before, after in itertools.pairwise(found.bodies):
        assert before["ts"] <= after["ts"]
        assert after["act"] != "void" or after["ts"] == before["ts"]


def test_a_void_entry_names_the_sequencer_no_session_and_nobody_else(place: Place) -> None:
    append()
    burn()
    place.seal()
    found = place.whole()
    (index,) = found.acts("void")
    body = found.bodies[index]
    assert (body["no"], body["n"], body["ctx"], body["q"]) == ("SYS-SEQUENCER", 0, None, None)
    assert not {"w", "ws", "wp"} & body.keys()


def test_ids_above_the_newest_entry_wait_until_there_is_a_newer_one(place: Place) -> None:
    append()
    with place.leading() as sequencer:
        sequencer.cycle()
        burn(3)
        assert sequencer.cycle() == 0
        append()
        assert sequencer.cycle() == 4
    assert len(seen().acts("void")) == 3


def test_the_columns_of_a_void_entry_are_those_of_its_leaf(place: Place) -> None:
    append()
    burn()
    place.seal()
    with logged_in("auditor") as cursor:
        cursor.execute("SELECT ts, leaf, tags FROM querylog.entry WHERE act = 'void'")
        ((ts, leaf, tags),) = cursor.fetchall()
    assert f"{ts:%Y-%m-%dT%H:%M:%S.%fZ}" == json.loads(leaf)["ts"]
    assert bytes(tags) == b""
