"""A destroyed customer stands in no import file either: files of the book go, what somebody is at is named."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from access import scopes
from custodian.jobs import JobStatus
from records.destruction import certifying, executing, import_store, stores
from records.importing import runs, store
from records.models import Customer, ImportFile, ImportRun, Policy, QuarantinedRow
from tests import estate
from tests.destruction.office import everything
from tests.importing import books
from tests.importing.test_engine import write
from tests.importing.test_files_go import is_there
from tests.records import desk_estate

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "客户号,姓名,手机号码\nK1,张三,13800138000\n"


def imported(folder: Path, text: str = TEXT, *, into: str = "QH") -> ImportFile:
    return books.bring_in([write(folder, f"{into}.csv", text)], into=books.book(into)).files.get()


def over() -> None:
    """Whoever was imported has a contract that ended long ago."""
    with everything():
        for customer in Customer.objects.filter(book__code="QH"):
            policy = desk_estate.policy(customer)
            ended = {"starts_on": date(2000, 1, 1), "ends_on": date(2012, 5, 1)}
            Policy.objects.filter(pk=policy.pk).update(status="terminated", **ended)


def draft(folder: Path) -> ImportFile:
    with scopes.acting(estate.system()):
        files = runs.receive([write(folder, "b.csv", TEXT)])
        mapping = runs.mapping_for(files)
        return runs.propose(
            files, book=books.book(), unit=None, mapping=mapping, actor=estate.system()
        ).files.get()


def found(batch, name="import-files"):
    looks = {each.store: each for each in stores.scan(certifying.pages_of(batch))}
    return [each.what for each in looks[name].residues]


def test_files_of_the_book_go_and_those_of_another_stay(office, tmp_path):
    mine, other = imported(tmp_path), imported(tmp_path, into="HH")
    over()
    batch = office.destroyed()
    assert is_there(mine) == (False, False)
    assert is_there(other) == (True, True)
    with everything():
        assert found(batch) == []
    assert batch.scan["residues"] == []


def test_a_draft_is_named_and_not_taken_away(office, tmp_path):
    imported(tmp_path)
    over()
    waiting = draft(tmp_path)
    batch = office.destroyed()
    assert is_there(waiting) == (True, True)
    with everything():
        assert found(batch) == [f"file {waiting.ref} of import {waiting.run.ref} (paused)"]
    assert any(str(waiting.ref) in each for each in batch.scan["residues"])


def test_an_import_that_ended_meanwhile_goes_before_the_certificate(office, tmp_path):
    imported(tmp_path)
    over()
    waiting = draft(tmp_path)
    batch = office.approved()
    with everything():
        (gone,) = certifying.pages_of(executing.work(batch.pk))
        ImportRun.objects.filter(pk=waiting.run_id).update(status=JobStatus.DONE)
        import_store.clear(gone)
    assert is_there(waiting) == (False, False)


def test_a_planted_leftover_is_found(office, tmp_path):
    mine = imported(tmp_path)
    over()
    batch = office.destroyed()
    store.path_of(mine.ref.hex).write_bytes(b"left")
    with everything():
        assert found(batch) == [f"content of file {mine.ref}"]
        import_store.clear(next(certifying.pages_of(batch)))
        assert found(batch) == []


def test_a_row_of_hers_that_was_set_aside_goes_with_her(office, tmp_path):
    imported(tmp_path)
    other = TEXT.replace("13800138000", "13800138009") + "K2,,13800138001\n"
    imported(tmp_path, other)
    over()
    assert QuarantinedRow.objects.count() == 2
    office.destroyed()
    left = QuarantinedRow.objects.get()
    assert left.number == 3  # hers was in the second line of the sheet


def test_a_file_is_named_once_however_many_pages_tell_of_its_book(office, tmp_path, monkeypatch):
    imported(tmp_path, TEXT + "K2,李四,13800138001\n")
    over()
    waiting = draft(tmp_path)
    monkeypatch.setattr(certifying, "PAGE", 1)
    batch = office.destroyed()
    with everything():
        assert len(list(certifying.pages_of(batch))) == 2
        assert found(batch) == [f"file {waiting.ref} of import {waiting.run.ref} (paused)"]
