"""While the mark of a restore stands, nobody is served: no page, no interface, no task, no sequencer."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import psycopg2
import pytest
from celery import current_app
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.test import Client

from access import gate, restored
from access.actions import Action
from access.querylog import writer
from access.querylog.connection import LogUnavailable
from access.restored import RestoredNotReconciled
from access.sequencer.copies import Copies
from custodian import clock, databases
from custodian.backup import making
from custodian.middleware import PUBLIC
from tests import estate
from tests.backup.house import House
from tests.security import routes

READING = {"purpose": "follow_up", "channel": "desk"}


def put_mark() -> None:
    with (
        closing(databases.connect("superuser", application_name="test")) as raw,
        raw.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO access_installation (id, demo, begun_at, restored_at, facts)"
            " VALUES (1, false, now(), now(), '{}')"
        )


@pytest.fixture
def marked(house: House) -> House:
    writer.stop()
    put_mark()
    restored.forget()
    return house


def addresses() -> list[str]:
    return [
        row.address("0" * 16)
        for row in routes.table()
        if not row.address("x").startswith((*PUBLIC, "/language/"))
    ]


def test_no_address_is_served(marked: House) -> None:
    client = estate.login(Client(), marked.agent, stepped_up=True)
    answers = {address: client.get(address).status_code for address in addresses()}
    assert len(answers) > 100
    assert {address: code for address, code in answers.items() if code != 503} == {}


def test_no_address_takes_anything(marked: House) -> None:
    client = estate.login(Client(), marked.agent, stepped_up=True)
    answers = {address: client.post(address, {}).status_code for address in addresses()}
    assert {address: code for address, code in answers.items() if code != 503} == {}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", ("系统刚从备份恢复", "reconcile_restore", "docs/backups.md")),
    ],
)
def test_the_page_says_why_and_what_to_do(
    language: str, words: tuple[str, ...], marked: House, client: Client
) -> None:
    client.cookies["django_language"] = language
    answer = client.get("/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert [word for word in words if word not in answer.content.decode()] == []


def test_the_interface_says_so_with_a_code(marked: House, client: Client) -> None:
    answer = client.get("/api/v1/customers")
    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"
    assert restored.CODE in answer.json()["type"]


def test_health_is_told(marked: House, client: Client) -> None:
    assert client.get("/livez").status_code == 200
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["restored"]) == (503, restored.CODE)


def test_the_gate_gives_nothing(marked: House, entries_since: Any) -> None:
    with estate.acting(marked.agent) as actor:
        with pytest.raises(RestoredNotReconciled):
            gate.permit(actor, Action.CUSTOMER_LIST, **READING)
        with pytest.raises(RestoredNotReconciled), transaction.atomic():
            gate.authorise(estate.system(), Action.USER_CHANGE, channel="command")
    assert entries_since() == []


def test_a_process_that_does_not_know_yet_is_stopped_by_the_log(
    house: House, entries_since: Any
) -> None:
    assert not restored.waits()  # and it will not ask again for an hour
    writer.stop()
    put_mark()
    with estate.acting(house.agent) as actor:
        with pytest.raises(LogUnavailable):
            gate.permit(actor, Action.CUSTOMER_LIST, **READING)
        with pytest.raises(OperationalError, match="not reconciled"), transaction.atomic():
            gate.authorise(estate.system(), Action.USER_CHANGE, channel="command")
    assert entries_since() == []


def test_no_backup_is_made(marked: House, settings: Any) -> None:
    with pytest.raises(RestoredNotReconciled):
        making.make(settings.CUSTODIAN_BACKUPS)
    assert not settings.CUSTODIAN_BACKUPS.exists()


def test_no_task_does_anything(marked: House, monkeypatch: Any) -> None:
    done = list[str]()
    tasks = {
        name: task
        for name, task in registered().items()
        if name.startswith(("access.", "records.", "custodian.", "incidents.", "transfers."))
    }
    assert {"access.tasks.sweep", "records.tasks.sweep", "custodian.tasks.expire_backups"} <= {
        *tasks
    }
    for task in tasks.values():
        monkeypatch.setattr(task, "run", lambda *_args, **_more: done.append("ran"))
        task.apply([1])  # as a worker does it
    assert done == []


def test_a_task_works_otherwise(house: House, monkeypatch: Any) -> None:
    task, done = registered()["access.tasks.sweep"], list[str]()
    monkeypatch.setattr(task, "run", lambda: done.append("ran"))
    task.apply()
    assert done == ["ran"]


def registered() -> dict[str, Any]:
    current_app.loader.import_default_modules()
    return dict(current_app.tasks)


def test_the_sequencer_waits(marked: House, monkeypatch: Any) -> None:
    with pytest.raises(CommandError):
        call_command("sequencer", "--once")
    assert not marked.head.exists()


def test_no_copy_leaves_the_house(marked: House, monkeypatch: Any) -> None:
    """Neither the folder that is written once nor a witness hears of a history that may be another."""
    copies, made = Copies(), list[object]()
    monkeypatch.setattr(copies._stop, "wait", lambda _seconds: copies._stop.set())
    copies._again(lambda connection: made.append(connection) or (lambda: 0), 0)  # type: ignore[func-returns-value]
    assert made == []


def test_a_database_behind_its_head_is_not_served_either(house: House, settings: Any) -> None:
    """Put back by the write-ahead log it has no mark; the head that was announced knows better."""
    settings.CUSTODIAN_SEALING = True
    house.seal()
    restored.forget()
    assert not restored.waits()
    note = house.head.read_bytes()
    for _ in range(2):
        house.seal_with_a_look()
    ahead = house.head.read_bytes()
    assert ahead != note
    restored.forget()
    assert not restored.waits()  # what is announced is in the database before
    with (
        closing(databases.connect("superuser", application_name="test")) as raw,
        raw.cursor() as cursor,
    ):
        cursor.execute("ALTER TABLE querylog.tree DISABLE TRIGGER keep_rows")
        cursor.execute("UPDATE querylog.tree SET size = size - 1, announced = 0")
        cursor.execute("ALTER TABLE querylog.tree ENABLE ALWAYS TRIGGER keep_rows")
    restored.forget()
    assert restored.waits()
    house.head.write_bytes(ahead.replace(b"access-log/1", b"access-log/2", 1))
    restored.forget()
    assert not restored.waits()


def test_the_mark_is_read_once_a_second(house: House, settings: Any) -> None:
    settings.CUSTODIAN_RESTORED_SECONDS = 0.0
    assert not restored.waits()
    put_mark()
    assert restored.waits()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE access_installation SET reconciled_at = %s", [clock.now()])
    assert not restored.waits()


def test_nobody_is_reconciled_who_was_not_restored(house: House) -> None:
    with (
        closing(databases.connect("superuser", application_name="test")) as raw,
        raw.cursor() as cursor,
        pytest.raises(psycopg2.errors.CheckViolation) as refused,
    ):
        cursor.execute(
            "INSERT INTO access_installation (id, demo, begun_at, reconciled_at, facts)"
            " VALUES (1, false, now(), now(), '{}')"
        )
    assert "installation_is_reconciled_after_a_restore" in str(refused.value)
