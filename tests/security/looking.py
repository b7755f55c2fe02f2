"""Many people looking at once, and a look at the log from outside the process's own connections."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection as django_connection
from psycopg2 import extensions

from access import gate, quotas
from access.actions import Action
from access.actors import Actor
from access.models import Quota, User
from access.querylog.connection import LogUnavailable
from custodian import databases
from records import vault
from tests import estate
from tests.security import chains

SECONDS = 30.0


@contextmanager
def logged_in(role: databases.Role) -> Iterator[extensions.cursor]:
    raw = databases.connect(role, application_name="security tests")
    try:
        with raw.cursor() as cursor:
            yield cursor
    finally:
        raw.close()


def unbounded() -> None:
    """Nobody is slowed or stopped: what is tested here is something else."""
    Quota.objects.update(warn=None, finding=None, block=None)
    quotas.forget()


def log() -> list[chains.Row]:
    with logged_in("auditor") as cursor:
        return chains.read(cursor.connection)


def opened() -> float:
    return vault.OPENED._value.get()


def permit(actor: Actor, customer: Any, *codes: str, **more: Any) -> gate.Permit:
    asked = {"purpose": "follow_up", "channel": "desk", **more}
    return gate.permit(
        actor,
        Action.CUSTOMER_REVEAL,
        subjects=[customer.pk],
        elements=codes or ["identity.mobile"],
        **asked,
    )


def look(user: User, customer: Any) -> int:
    """One look as a request makes it; the id of its entry. `LogUnavailable` shows nothing."""
    with estate.acting(user) as actor:
        given = permit(actor, customer)
        assert vault.reveal(given)[0].text == estate.ZHANG["identity.mobile"]
        return given.entry


@dataclass
class Crowd:
    """What many threads got: the entries of answers with data, and how many were turned away."""

    entries: list[int] = field(default_factory=list)
    refused: int = 0
    surprises: list[BaseException] = field(default_factory=list)

    def work(self, times: int, one: Callable[[], int]) -> None:
        try:
            for _ in range(times):
                try:
                    self.entries.append(one())
                except LogUnavailable:
                    self.refused += 1
        except BaseException as error:  # noqa: BLE001  told to the test
            self.surprises.append(error)
        finally:
            django_connection.close()


@contextmanager
def crowd(people: int, times: int, one: Callable[[], int]) -> Iterator[Crowd]:
    """Run `one` in many threads; the block runs beside them, and they are done after it."""
    result = Crowd()
    threads = [
        threading.Thread(target=result.work, args=(times, one), daemon=True) for _ in range(people)
    ]
    for thread in threads:
        thread.start()
    try:
        yield result
    finally:
        deadline = time.monotonic() + SECONDS
        for thread in threads:
            thread.join(max(0.1, deadline - time.monotonic()))
    assert not any(thread.is_alive() for thread in threads), "somebody was left waiting"
    assert result.surprises == []


def backends(cursor: extensions.cursor, name: str) -> list[int]:
    """The server processes of this database's connections of that name."""
    cursor.execute(
        "SELECT pid FROM pg_stat_activity WHERE application_name = %s"
        " AND datname = current_database()",
        [name],
    )
    return [row[0] for row in cursor.fetchall()]
