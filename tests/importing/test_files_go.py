"""Files that an import leaves go after their time, with their keys; what somebody is at stays."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from access import scopes
from custodian import clock
from custodian.jobs import JobStatus
from records import tasks
from records.importing import expiry, runs, store
from records.importing.runs import FilesGone
from records.models import Identity, ImportFile, ImportRun
from tests import estate
from tests.importing import books
from tests.importing.test_engine import queued, write

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "客户号,姓名,手机号码\nK1,张三,13800138000\n"


def has_key(file: ImportFile) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM keys.data_key WHERE holding = %s", [str(file.holding)])
        return cursor.fetchone() is not None


def is_there(file: ImportFile) -> tuple[bool, bool]:
    """Content and key."""
    return store.path_of(file.ref.hex).exists(), has_key(file)


def days(count: int) -> timedelta:
    return timedelta(days=count)


def done(tmp_path: Path, *, dry_run: bool = False) -> ImportFile:
    run = books.bring_in([write(tmp_path, "a.csv", TEXT)], dry_run=dry_run)
    assert run.status == JobStatus.DONE
    return run.files.get()


def test_a_file_goes_a_month_after_its_run_and_not_a_day_before(tmp_path: Path) -> None:
    file = done(tmp_path)
    with clock.at(clock.now() + days(29)):
        assert expiry.expire() == 0
    assert is_there(file) == (True, True)
    with clock.at(clock.now() + days(31)):
        assert expiry.expire() == 1
        assert expiry.expire() == 0
    assert is_there(file) == (False, False)
    file.refresh_from_db()
    assert (bytes(file.name_sealed), file.complete) == (b"", False)
    assert (file.size, len(bytes(file.digest))) == (len(TEXT.encode()), 32)


def test_how_long_is_a_setting(tmp_path: Path, settings) -> None:
    settings.CUSTODIAN_IMPORT_FILE_DAYS = 3
    file = done(tmp_path)
    with clock.at(clock.now() + days(4)):
        tasks.sweep()
    assert is_there(file) == (False, False)


@pytest.mark.parametrize("status", [JobStatus.REFUSED, JobStatus.FAILED])
def test_a_run_that_came_to_nothing_leaves_no_file_either(tmp_path: Path, status: str) -> None:
    books.unit()
    file = queued(tmp_path).files.get()
    ended = {"status": status, "finished_at": clock.now()}
    ImportRun.objects.filter(pk=file.run_id).update(**ended)
    with clock.at(clock.now() + days(31)):
        assert expiry.expire() == 1
    assert is_there(file) == (False, False)


@pytest.mark.parametrize("status", [JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.PAUSED])
def test_what_somebody_is_at_stays(tmp_path: Path, status: str) -> None:
    books.unit()
    file = queued(tmp_path).files.get()
    ImportRun.objects.filter(pk=file.run_id).update(status=status)
    with clock.at(clock.now() + days(400)):
        assert expiry.expire() == 0
    assert is_there(file) == (True, True)


def test_a_file_that_is_gone_is_known_when_it_comes_again(tmp_path: Path) -> None:
    file = done(tmp_path)
    with clock.at(clock.now() + days(31)):
        expiry.expire()
    again = runs.receive([write(tmp_path, "a.csv", TEXT)])[0]
    assert store.seen_before(again) == file


def test_a_run_whose_files_are_gone_does_not_go_on(tmp_path: Path) -> None:
    books.unit()
    run = queued(tmp_path)
    ended = {"status": JobStatus.FAILED, "finished_at": clock.now()}
    ImportRun.objects.filter(pk=run.pk).update(**ended)
    with clock.at(clock.now() + days(31)):
        expiry.expire()
    run.refresh_from_db()
    with pytest.raises(FilesGone):
        runs.resume(run, actor=estate.system())
    run.refresh_from_db()
    assert run.status == JobStatus.FAILED


def test_a_rehearsal_whose_files_are_gone_is_not_done_for_real(tmp_path: Path) -> None:
    run = done(tmp_path, dry_run=True).run
    assert run is not None
    with clock.at(clock.now() + days(31)):
        expiry.expire()
    with pytest.raises(FilesGone):
        runs.for_real(run, actor=estate.system())
    assert ImportRun.objects.count() == 1


def test_a_file_that_nobody_imports_leaves_no_key(tmp_path: Path) -> None:
    file = runs.receive([write(tmp_path, "a.csv", TEXT)])[0]
    with clock.at(clock.now() + days(2)):
        store.tidy()
    assert is_there(file) == (False, False)
    assert not ImportFile.objects.exists()


def test_what_a_kill_left_on_the_disk_is_unlinked_later(tmp_path: Path) -> None:
    file = done(tmp_path)
    content = store.path_of(file.ref.hex).read_bytes()
    with clock.at(clock.now() + days(31)):
        expiry.expire()
        store.path_of(file.ref.hex).write_bytes(content)
        expiry.expire()
    assert is_there(file) == (False, False)


def test_only_the_key_of_a_file_that_was_removed_can_be_destroyed(tmp_path: Path) -> None:
    file = done(tmp_path)
    customer = estate.customer()
    with scopes.acting(estate.system()), connection.cursor() as cursor:
        cursor.execute("SELECT records_forget_import_files(%s)", [[file.pk]])
        assert has_key(file)
        # Whoever rewrites rows cannot make a customer's key go that way.
        theirs = Identity.objects.get(pk=customer.pk).holding
        gone = {"removed_at": clock.now(), "complete": False, "name_sealed": b""}
        ImportFile.objects.filter(pk=file.pk).update(holding=theirs, **gone)
        cursor.execute("SELECT records_forget_import_files(%s)", [[file.pk]])
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT 1 FROM keys.data_key WHERE holding = %s", [str(theirs)])
        assert cursor.fetchone() is not None
