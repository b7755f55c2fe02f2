"""A connection that serves one after the other shows nobody another's row, whatever broke on it before."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from access import scopes
from access.models import Assignment, Subject, User
from access.vocabulary import Role
from records.models import Customer
from tests import estate
from tests.security.looking import logged_in

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE, EACH, TURNS = 4, 3, 60


class Broken(Exception):
    """What goes wrong in a view."""


@pytest.fixture
def portfolios(transactional_db: None) -> dict[User, set[int]]:
    people = [estate.user(Role.AGENT) for _ in range(PEOPLE)]
    return {
        person: {estate.customer(of=[person], accounts=()).pk for _ in range(EACH)}
        for person in people
    }


def rows() -> set[int]:
    return set(Customer.objects.values_list("pk", flat=True))


# What happens on a connection: each is run as one person, and what it saw is checked against his own.


def looks(own: set[int]) -> set[int]:
    return rows()


def finds(own: set[int]) -> set[int]:
    return set(scopes.find(range(1, 200)))  # prepared once for the connection


def fails(own: set[int]) -> set[int]:
    seen = rows()
    with pytest.raises(Broken):
        look_and_break(seen)
    return seen | rows()


def errs(own: set[int]) -> set[int]:
    seen: set[int] = set()
    with pytest.raises(DatabaseError):
        look_and_run(seen, "SELECT 1 / 0")
    return seen | rows()


def errs_by_itself(own: set[int]) -> set[int]:
    with connection.cursor() as cursor, pytest.raises(DatabaseError):
        cursor.execute("SELECT no_such_column FROM records_customer")
    return rows()


def times_out(own: set[int]) -> set[int]:
    seen: set[int] = set()
    with pytest.raises(DatabaseError, match="timeout"):
        look_and_run(seen, "SET LOCAL statement_timeout = '5ms'; SELECT pg_sleep(5)")
    return seen | rows()


def is_cancelled(own: set[int]) -> set[int]:
    with cancelled(), pytest.raises(DatabaseError, match="cancel"):
        list(Customer.objects.extra(where=["pg_sleep(5) IS NOT NULL"]))
    return rows()


def steps_back(own: set[int]) -> set[int]:
    with transaction.atomic():
        seen = rows()
        with pytest.raises(DatabaseError):
            look_and_run(seen, "SELECT 1 / 0")
        seen |= rows()
        with pytest.raises(Broken):
            look_and_break(seen)
        return seen | rows()


def look_and_break(seen: set[int]) -> None:
    """In a transaction, or in a savepoint if there is one already."""
    with transaction.atomic():
        seen |= rows()
        raise Broken


def look_and_run(seen: set[int], statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        seen |= rows()
        cursor.execute(statement)


def lets_nobody_look(own: set[int]) -> set[int]:
    with transaction.atomic():
        seen = rows()
        with scopes.acting(None):
            assert rows() == set()
        return seen | rows()


def lets_the_system_look(own: set[int]) -> set[int]:
    with transaction.atomic():
        with scopes.acting(estate.system()):
            assert len(rows()) == PEOPLE * EACH
        return rows()


def reads_slowly(own: set[int]) -> set[int]:
    return {each.pk for each in Customer.objects.order_by("pk").iterator(chunk_size=1)}


def counts(own: set[int]) -> set[int]:
    assert Subject.objects.count() == Assignment.objects.count() == EACH
    return rows()


EVENTS: list[Callable[[set[int]], set[int]]] = [
    looks, finds, fails, errs, errs_by_itself, times_out, is_cancelled, steps_back, lets_nobody_look,
    lets_the_system_look, reads_slowly, counts,
]  # fmt: skip


@contextmanager
def cancelled() -> Iterator[None]:
    """Somebody ends the statement that this connection waits for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]

    def cancel() -> None:
        with logged_in("superuser") as cursor:
            for _ in range(500):
                cursor.execute(
                    "SELECT pg_cancel_backend(pid) FROM pg_stat_activity"
                    " WHERE pid = %s AND state = 'active' AND wait_event = 'PgSleep'",
                    [pid],
                )
                if cursor.fetchone():
                    return
                time.sleep(0.005)

    thread = threading.Thread(target=cancel)
    thread.start()
    yield
    thread.join(5)


def at_rest() -> None:
    """Nobody's connection shows nothing, and keeps no setting."""
    with scopes.acting(None):
        assert rows() == set()
    with connection.connection.cursor() as raw:
        raw.execute(
            "SELECT coalesce(current_setting('custodian.actor', true), '')"
            " || coalesce(current_setting('custodian.reach', true), '')"
            " || coalesce(current_setting('custodian.units', true), '')"
        )
        assert raw.fetchone() == ("",)
        raw.execute("SELECT count(*) FROM records_customer")
        assert raw.fetchone() == (0,)


def test_whatever_happens_in_any_order_nobody_sees_anothers_row(
    portfolios: dict[User, set[int]],
) -> None:
    dice, backend = Random(5), connection.cursor().connection.info.backend_pid
    people = list(portfolios.items())
    for event in [*EVENTS, *(dice.choice(EVENTS) for _ in range(TURNS))]:
        person, own = dice.choice(people)
        with estate.acting(person):
            assert event(own) == own, event.__name__
        if dice.random() < 0.5:
            at_rest()
    assert connection.cursor().connection.info.backend_pid == backend  # one connection all along


def test_threads_that_share_few_connections_see_their_own(portfolios: dict[User, set[int]]) -> None:
    """As behind a pooler: each takes whatever connection is free, for one event, and hands it on."""
    pool: queue.Queue[Any] = queue.Queue()
    for _ in range(2):
        connection.close()
        connection.ensure_connection()
        pool.put(connection.connection)
        connection.connection = None
    wrong: list[object] = []
    calm = [each for each in EVENTS if each is not is_cancelled]

    def work(number: int) -> None:
        dice, own = Random(number), connections["default"]
        people = list(portfolios.items())
        try:
            own.ensure_connection()
            spare, own.connection = own.connection, None
            for _ in range(12):
                person, expected = dice.choice(people)
                event = dice.choice(calm)
                own.connection = pool.get()
                try:
                    with estate.acting(person):
                        seen = event(expected)
                    if seen != expected:
                        wrong.append((event.__name__, expected, seen))
                finally:
                    pool.put(own.connection)
                    own.connection = None
            own.connection = spare
        except BaseException as error:  # noqa: BLE001  told to the test
            wrong.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=work, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    while not pool.empty():
        pool.get().close()
    assert wrong == []
