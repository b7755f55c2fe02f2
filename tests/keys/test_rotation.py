"""The key-encrypting key changes under full work, and whoever dies on the way loses nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from access import actors, keystore, quotas, scopes
from access.key_rotation import commands, jobs, retiring, rewrapping
from access.key_rotation.jobs import Kind, RotationRunning, Why
from access.models import DataKey, KeyRotation, RetiredKek, SubjectKey
from access.vocabulary import Channel, Role
from custodian import clock, keys
from custodian.crypto.errors import KeyringSealed
from custodian.errors import CustodianError
from custodian.jobs import JobStatus
from custodian.workflow import IllegalMove
from records import vault
from tests import databases, estate
from tests.conftest import REPOSITORY
from tests.security.looking import logged_in, permit


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "SETTLE", timedelta(0))
    monkeypatch.setattr(rewrapping, "CHUNK", 3)


def rotator() -> Any:
    return actors.system("key-rotator")


def asked(**more: Any) -> KeyRotation:
    with scopes.acting(rotator()) as actor:
        return jobs.request(Kind.KEK, why=Why.COMMAND, channel=Channel.COMMAND, actor=actor, **more)


def rotated() -> KeyRotation:
    return jobs.work(asked().pk)


def keks() -> set[int]:
    return {*DataKey.objects.values_list("kek", flat=True)} | {
        *SubjectKey.objects.values_list("kek", flat=True)
    }


def mobile(agent: Any, customer: Any) -> str:
    with estate.acting(agent) as actor:
        return next(
            plain.text
            for plain in vault.reveal(permit(actor, customer))
            if plain.element == "identity.mobile"
        )


@pytest.fixture
def committed(transactional_db: None) -> None:
    """What other connections have to see."""


@pytest.fixture
def house(request: pytest.FixtureRequest, own_keyring: Path) -> Any:
    request.getfixturevalue("transactional_db" if "committed" in request.fixturenames else "db")
    agent = estate.user(Role.AGENT)
    held = [estate.customer(of=[agent]) for _ in range(5)]
    keystore.of_named("a named holding")
    return agent, held


@pytest.mark.django_db
def test_every_key_is_under_the_new_kek_and_opens(house: Any) -> None:
    agent, held = house
    named = keystore.of_named("a named holding").key_id
    before = {row.holding: bytes(row.wrapped) for row in DataKey.objects.all()}
    waiting = rewrapping.waiting(2)
    assert keks() == {1}
    row = rotated()
    assert (row.status, row.version, row.done, row.skipped) == (JobStatus.DONE, 2, waiting, 0)
    assert keks() == {2}
    assert all(before[row.holding] != bytes(row.wrapped) for row in DataKey.objects.all())
    assert {mobile(agent, each) for each in held} == {"13800138000"}
    assert keystore.of_named("a named holding").key_id == named


@pytest.mark.django_db
def test_then_the_old_kek_is_destroyed_and_nothing_fails(house: Any, settings: Any) -> None:
    agent, held = house
    row = rotated()
    assert (retiring.destroyable(), RetiredKek.objects.count()) == ([], 0)  # not yet
    with pytest.raises(retiring.KekNeeded):
        retiring.destroy(1)
    with clock.at(row.finished_at + timedelta(hours=settings.CUSTODIAN_KEY_GRACE, minutes=1)):
        retiring.carry_out()
        assert list(jobs.source().keks.keys) == [2]
        gone = RetiredKek.objects.get()
        assert (gone.kek, gone.destroyed_at is not None) == (1, True)
        assert {mobile(agent, each) for each in held} == {"13800138000"}
        retiring.carry_out()  # and has nothing more to do
    assert KeyRotation.objects.count() == 1


def test_a_kek_that_a_row_needs_is_not_destroyed_by_anybody(committed: None, house: Any) -> None:
    row = rotated()
    with logged_in("superuser") as cursor:
        cursor.execute(
            "UPDATE keys.data_key SET kek = 1 WHERE holding = (SELECT holding FROM keys.data_key LIMIT 1)"
        )
    with clock.at(row.finished_at + timedelta(days=9)):
        assert retiring.destroyable() == []
        with pytest.raises(retiring.KekNeeded):
            retiring.destroy(1)
        with (
            pytest.raises(Exception, match="still wraps keys"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT keys.retire(1)")  # nor by whoever goes round the code
        with (
            pytest.raises(Exception, match="no rotation away"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT keys.retire(2)")
    assert 1 in jobs.source().keks.keys


@pytest.mark.django_db
def test_a_key_under_a_retired_kek_is_refused_and_the_next_try_takes_the_new_one(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = keys.load()  # a process that sleeps through all of it
    row = rotated()
    with clock.at(row.finished_at + timedelta(days=2)):
        retiring.destroy(1)
    holding = uuid4()
    with monkeypatch.context() as patch:
        patch.setattr(keystore, "keyring", lambda: stale)
        with pytest.raises(keystore.StaleKek), transaction.atomic():
            keystore.create({holding: None})
        with pytest.raises(keystore.StaleKek), transaction.atomic():
            keystore.create_subject_keys([999_999])
    assert not DataKey.objects.filter(holding=holding).exists()
    keystore.create({holding: None})
    assert DataKey.objects.get(holding=holding).kek == 2


@pytest.mark.django_db(transaction=True)
def test_a_key_on_its_way_into_the_database_holds_up_the_retiring(own_keyring: Path) -> None:
    """Its transaction began before, and commits after: the KEK must not be gone by then."""
    row = rotated()
    with logged_in("app") as under_way, logged_in("app") as retirer:
        under_way.execute("BEGIN")
        under_way.execute(
            "INSERT INTO keys.data_key (holding, kek, wrapped) VALUES (gen_random_uuid(), 1, 'x')"
        )
        failed: list[str] = []

        def retire() -> None:
            try:
                retirer.execute("SELECT keys.retire(1)")
            except psycopg2.Error as error:
                failed.append(str(error.pgcode))

        thread = threading.Thread(target=retire)
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()  # waits for the insert
        under_way.execute("COMMIT")
        thread.join()
    assert failed == ["CK002"]
    assert row.version == 2
    assert not RetiredKek.objects.exists()


@pytest.mark.django_db
def test_what_a_slow_process_wrapped_with_the_old_kek_is_moved_by_the_schedule(house: Any) -> None:
    stale = keys.load()
    row = rotated()
    late = uuid4()
    wrapped = stale.wrap(bytes(32), context=late.bytes)
    keystore._insert(
        "INSERT INTO keys.data_key (holding, kek, wrapped) VALUES %s",
        [(str(late), wrapped.kek, wrapped.blob)],
    )
    with clock.at(row.finished_at + timedelta(hours=30)):
        retiring.carry_out()
        rest = KeyRotation.objects.get(status=JobStatus.QUEUED)
        assert (rest.version, rest.why, 1 in jobs.source().keks.keys) == (2, "schedule", True)
        jobs.work(rest.pk)
        assert keks() == {2}
        assert jobs.source().current_kek == 2  # no third one was made for it


@pytest.mark.django_db
def test_a_kek_older_than_its_days_is_rotated_by_the_schedule(house: Any, settings: Any) -> None:
    made = retiring.made_at(1) or clock.now()
    with clock.at(made + timedelta(days=settings.CUSTODIAN_KEY_DAYS, minutes=-1)):
        before = retiring.made_at(1) is not None
        retiring.carry_out()
        assert KeyRotation.objects.exists() is not before  # one of unknown age is due at once
    with clock.at(made + timedelta(days=settings.CUSTODIAN_KEY_DAYS, minutes=1)):
        retiring.carry_out()
        retiring.carry_out()
    assert KeyRotation.objects.get().why == "schedule"


def test_a_key_changed_or_deleted_meanwhile_is_neither_lost_nor_revived(
    committed: None, house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    deleted, changed = sorted(DataKey.objects.values_list("holding", flat=True), key=str)[:2]
    other = bytes(3) + os.urandom(95)
    real, done = rewrapping._rewrapped, []

    def between(*given: Any) -> Any:
        """After the keys were read, and before they are replaced."""
        fresh = real(*given)
        if not done:
            done.append(1)
            with logged_in("superuser") as cursor:
                cursor.execute("DELETE FROM keys.data_key WHERE holding = %s", [str(deleted)])
                cursor.execute(
                    "UPDATE keys.data_key SET wrapped = %s WHERE holding = %s",
                    [other, str(changed)],
                )
        return fresh

    monkeypatch.setattr(rewrapping, "_rewrapped", between)
    row = rotated()
    assert not DataKey.objects.filter(holding=deleted).exists()
    assert bytes(DataKey.objects.get(holding=changed).wrapped) == other
    # It is damaged now: told, left as it is, and in the way of nothing but its KEK's end.
    assert (row.skipped, row.status) == (1, JobStatus.DONE)
    with clock.at(row.finished_at + timedelta(days=2)):
        retiring.carry_out()
    assert KeyRotation.objects.count() == 1
    assert 1 in jobs.source().keks.keys


def test_the_app_replaces_no_key_but_in_a_rotation_and_by_a_key_under_its_kek(
    committed: None, house: Any
) -> None:
    row = DataKey.objects.first()
    assert row is not None
    old, new = bytes(row.wrapped), b"\x03\x01" + (2).to_bytes(4, "big") + bytes(92)

    def tried(new: bytes, *, version: int = 2, old: bytes = old) -> Any:
        with logged_in("app") as cursor:
            try:
                cursor.execute(
                    "SELECT keys.rewrap_holdings(ARRAY[%s]::uuid[], ARRAY[%s], %s, ARRAY[%s])",
                    [str(row.holding), old, version, new],
                )
                return cursor.fetchone()[0]
            except psycopg2.Error as error:
                return str(error).split("\n")[0]

    assert "no rotation to KEK 2" in tried(new)
    rotation = asked()
    rotation.claim()
    KeyRotation.objects.update(version=2)
    assert "no rotation to KEK 3" in tried(new, version=3)
    for bad in (b"", new[:-1], old, b"\x01" + new[1:], new[:2] + bytes(4) + new[6:]):
        assert "not a key under KEK 2" in tried(bad)
    assert tried(new, old=b"something else") == 0
    assert bytes(DataKey.objects.get(pk=row.pk).wrapped) == old
    assert tried(new) == 1
    with logged_in("app") as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute("UPDATE keys.data_key SET wrapped = ''")
    with logged_in("app") as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute("DELETE FROM keys.retired")


@pytest.mark.django_db
def test_one_rotation_at_a_time(house: Any) -> None:
    asked()
    with pytest.raises(RotationRunning):
        asked()


@pytest.mark.django_db
def test_only_the_key_manager_asks_and_only_after_a_second_factor(house: Any) -> None:
    for role in (Role.ADMINISTRATOR, Role.AUDITOR, Role.COMPLIANCE_OFFICER, Role.AGENT):
        with (
            estate.acting(estate.user(role), stepped_up=True) as actor,
            pytest.raises(CustodianError),
        ):
            jobs.request(Kind.KEK, why=Why.PAGE, reason="r", channel=Channel.ADMIN, actor=actor)
    officer = estate.user(Role.SECURITY_OFFICER)
    with estate.acting(officer) as actor, pytest.raises(CustodianError):
        jobs.request(Kind.KEK, why=Why.PAGE, reason="r", channel=Channel.ADMIN, actor=actor)
    assert not KeyRotation.objects.exists()
    with estate.acting(officer, stepped_up=True) as actor:
        row = jobs.request(Kind.KEK, why=Why.PAGE, reason="r", channel=Channel.ADMIN, actor=actor)
    assert row.requested_by == officer


@pytest.mark.django_db
def test_what_fails_says_so_and_goes_on_when_asked_again(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = asked()
    with monkeypatch.context() as patch:
        patch.setenv("CUSTODIAN_FAILPOINT", "kek-chunk@2:raise")
        with pytest.raises(Exception, match="kek-chunk"):
            jobs.work(row.pk)
    row.refresh_from_db()
    assert (row.status, row.done > 0, row.note) == (JobStatus.FAILED, True, "FailedOnPurpose")
    assert keks() == {1, 2}
    with scopes.acting(rotator()) as actor:
        jobs.resume(row, channel=Channel.COMMAND, actor=actor)
    assert jobs.work(row.pk).status == JobStatus.DONE
    assert keks() == {2}
    assert sorted(jobs.source().keks.keys) == [1, 2]  # the same one was gone on with


@pytest.mark.django_db
def test_without_its_source_it_waits_and_goes_on_by_itself(house: Any, own_keyring: Path) -> None:
    row = asked()
    aside = own_keyring.rename(own_keyring.with_suffix(".away"))
    with pytest.raises(keys.Sealed):
        jobs.work(row.pk)
    aside.rename(own_keyring)
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert jobs.due() == [row.pk]
        assert jobs.work(row.pk).status == JobStatus.DONE


def test_a_command_that_comes_second_shows_what_the_worker_does(
    committed: None, house: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """The worker is woken by the asking itself, and is often faster."""
    claims: list[int] = []

    def overtaken(rotation_id: int, **_more: Any) -> KeyRotation:
        claims.append(rotation_id)
        if len(claims) == 1:
            row = KeyRotation.objects.get(pk=rotation_id)
            row.claim()
            raise IllegalMove
        raise AssertionError

    monkeypatch.setattr(jobs, "work", overtaken)
    monkeypatch.setattr(commands, "WATCH", 0)
    looks: list[str] = []

    def slept(_seconds: float) -> None:
        looks.append("")
        if len(looks) == 2:
            KeyRotation.objects.update(
                status=JobStatus.DONE, version=2, done=11, finished_at=clock.now()
            )

    monkeypatch.setattr(commands.time, "sleep", slept)
    call_command("rotate_kek", reason="test")
    assert "11" in capsys.readouterr().out


def test_a_command_says_that_the_worker_has_failed(
    committed: None, house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failed(rotation_id: int, **_more: Any) -> KeyRotation:
        KeyRotation.objects.filter(pk=rotation_id).update(status=JobStatus.FAILED)
        raise IllegalMove

    monkeypatch.setattr(jobs, "work", failed)
    with pytest.raises(CommandError, match="再运行一次"):
        call_command("rotate_kek", reason="test")


def test_a_number_that_no_kek_has_is_said_to_be_none(house: Any) -> None:
    with pytest.raises(CommandError, match="没有这个编号"):
        call_command("destroy_kek", "9")


READERS = 3


def test_a18_reads_go_on_and_a_killed_rotation_is_resumed(
    committed: None, house: Any, own_keyring: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process rotates, is killed half-way, and a second one ends it; readers never fail."""
    # So many looks in so short a time are over every quota, which is not what is asked here.
    monkeypatch.setattr(quotas, "take", lambda *given, **_: quotas.add(*given))
    agent, held = house
    stop, failed, read = threading.Event(), [], []

    def reading() -> None:
        try:
            while not stop.is_set():
                read.extend(mobile(agent, each) for each in held)
        except Exception as error:  # noqa: BLE001  whatever it is, it is a failed read
            failed.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=reading) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    try:
        assert process("kek-chunk@3:sigkill").returncode == -signal.SIGKILL
        row = KeyRotation.objects.get()
        assert (row.status, 0 < row.done < (row.total or 0), keks()) == ("running", True, {1, 2})
        KeyRotation.objects.update(
            leased_until=clock.now() - timedelta(seconds=1)
        )  # a minute later
        ended = process("")
        assert ended.returncode == 0, ended.stderr
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failed == []
    assert len(read) > READERS * len(held)
    assert set(read) == {"13800138000"}
    row.refresh_from_db()
    assert (row.status, row.done, keks()) == (JobStatus.DONE, row.total, {2})
    with clock.at(clock.now() + timedelta(days=2)):
        retiring.destroy(1)
    keystore.forget()
    assert {mobile(agent, each) for each in held} == {"13800138000"}
    with pytest.raises(KeyringSealed):
        keys.unwrap(keystore.WrappedKey(1, bytes(98)), context=b"")


def process(failpoint: str) -> subprocess.CompletedProcess[str]:
    """`manage.py rotate_kek`, with small chunks and no wait, on this test's database and keyring."""
    code = (
        "import os, sys, django; django.setup()\n"
        "from datetime import timedelta\n"
        "from access.key_rotation import jobs, rewrapping\n"
        "jobs.SETTLE, rewrapping.CHUNK = timedelta(0), 3\n"
        "from django.core.management import call_command\n"
        "call_command('rotate_kek', reason='test')\n"
    )
    from django.conf import settings

    environment = {
        **os.environ,
        **databases.environment(),
        "CUSTODIAN_KEYRING": str(settings.CUSTODIAN_KEYRING),
        "CUSTODIAN_FAILPOINT": failpoint,
        "PYTHONPATH": str(REPOSITORY),
    }
    return subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
