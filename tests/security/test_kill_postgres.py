"""What was answered is on record and sealed, even if the database is killed at the answer's first byte (A09)."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from custodian.embedded import processes
from custodian.tlog.verify import Checkpoint
from tests import estate
from tests.foundation.processes import pid_of
from tests.security import chains
from tests.security.installation import Answer, Installation, ask, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("installation")]
MOBILE = estate.ZHANG["identity.mobile"].encode()
TIMES = int(os.environ.get("CUSTODIAN_FAULTS", "5"))  # a night has time for more


def log(installation: Installation) -> list[chains.Row]:
    connection = installation.database()
    try:
        return chains.read(connection)
    finally:
        connection.close()


def sound(installation: Installation, answers: list[Answer]) -> None:
    """Every answer with data has its own entry, no other answer has data, and the chains hold."""
    rows = log(installation)
    reveals = {row.id for row in rows if row.body["act"] == "reveal"}
    shown = [answer for answer in answers if MOBILE in answer.body]
    assert {answer.status for answer in shown} == {200}
    assert all(answer.status in (0, 503) for answer in answers if MOBILE not in answer.body)
    assert len({answer.entry for answer in shown}) == len(shown)
    assert {answer.entry for answer in shown} <= reveals
    assert chains.verify(rows).faults == []


def test_the_entry_survives_a_kill_at_the_first_byte(installation: Installation) -> None:
    answers: list[Answer] = []
    with installation.serving() as port:
        request = installation.request(port)

        def shown() -> bool:
            answers.append(ask(port, request))
            return MOBILE in answers[-1].body

        wait_for(20, shown)
        for _ in range(TIMES):
            last = ask(port, request, at_first_byte=installation.kill_database)
            assert MOBILE in last.body  # not vacuous: this very answer showed a value
            installation.revive()
            assert last.entry in {row.id for row in log(installation)}
            answers.append(last)
            wait_for(20, shown)  # it recovers by itself, without a restart of the web
    sound(installation, answers)


def test_under_load_no_answer_with_data_is_without_entry(installation: Installation) -> None:
    answers: list[Answer] = []
    over = threading.Event()
    with installation.serving() as port:
        request = installation.request(port)

        def work() -> None:
            while not over.is_set():
                answers.append(ask(port, request))

        crowd = [threading.Thread(target=work) for _ in range(8)]
        for each in crowd:
            each.start()
        for _ in range(2):
            time.sleep(1.5)
            installation.kill_database()
            time.sleep(0.3)
            installation.revive()
        time.sleep(1.5)
        over.set()
        for each in crowd:
            each.join(30)
    assert sum(MOBILE in answer.body for answer in answers) >= 20
    assert any(answer.status == 503 for answer in answers)
    sound(installation, answers)


def test_immediate_stops_lose_no_answered_look_and_the_tree_is_whole(
    installation: Installation,
) -> None:
    """F08: at some twenty looks a second, the server is stopped without a checkpoint, again and again."""
    answers: list[Answer] = []
    over = threading.Event()
    with installation.serving() as port:
        request = installation.request(port)

        def work() -> None:
            while not over.wait(0.15):
                answers.append(ask(port, request))

        crowd = [threading.Thread(target=work) for _ in range(4)]
        for each in crowd:
            each.start()
        for _ in range(TIMES):
            shown = len(with_data(answers))
            wait_for(20, lambda shown=shown: len(with_data(answers)) >= shown + 10)
            stop_immediately(installation)
            time.sleep(0.2)
            installation.revive()
            begun, shown = time.monotonic(), len(with_data(answers))
            wait_for(10, lambda shown=shown: len(with_data(answers)) > shown)
            assert time.monotonic() - begun < 10
        over.set()
        for each in crowd:
            each.join(30)
        wait_for(20, lambda: sealed(installation) == len(log(installation)))
        installation.command("verify_log")
    sound(installation, answers)
    rows = log(installation)
    assert [row.id for row in rows] == list(range(len(rows)))
    assert any(answer.status == 503 for answer in answers)


def with_data(answers: list[Answer]) -> list[Answer]:
    return [answer for answer in answers if MOBILE in answer.body]


def stop_immediately(installation: Installation) -> None:
    """What `pg_ctl stop -m immediate` does."""
    postmaster = pid_of(installation.facts, "postgres")
    os.kill(postmaster, signal.SIGQUIT)
    data = Path(installation.facts["room"], "postgres", "data")
    assert processes.wait_until(lambda: not processes.alive(postmaster, data), seconds=10)


def sealed(installation: Installation) -> int:
    """The size that the head file tells."""
    return Checkpoint.parse((installation.var / "log-head" / "head").read_bytes()).size
