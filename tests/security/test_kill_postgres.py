"""What was answered is on record, even if the database is killed at the answer's first byte."""

from __future__ import annotations

import threading
import time

import pytest

from tests import estate
from tests.security import chains
from tests.security.installation import Answer, Installation, ask, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("installation")]
MOBILE = estate.ZHANG["identity.mobile"].encode()


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
        for _ in range(5):
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
