"""Whole books through the importer: every row accounted for, the same file twice, dry and for real."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from access import actors, scopes
from access.actions import Action
from access.models import Assignment
from access.vocabulary import Role
from custodian.jobs import JobStatus
from custodian.workflow import IllegalMove
from records.importing import engine, runs, store
from records.models import (
    Customer,
    ImportFile,
    ImportRun,
    Policy,
    Product,
    QuarantinedRow,
    Representative,
)
from tests import estate
from tests.importing import books

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("insurer")
    books.write(path)
    return path


def test_a_demo_book_is_accounted_for_as_its_manifest_says(folder: Path) -> None:
    manifest = books.load(folder)
    run = books.bring_in(books.files(folder))
    rows = sum(manifest.rows(kind) for kind in ("customers", "policies", "claims"))
    assert run.status == JobStatus.DONE
    assert run.rows_in == run.total == rows
    assert run.kept == sum(manifest.good(kind) for kind in ("customers", "policies", "claims"))
    assert run.rows_in == run.kept + run.unchanged + run.quarantined

    named = books.faults(run)
    for fault, count in manifest.bad().items():
        shared = sum(
            n for other, n in manifest.bad().items() if books.REASONS[other] & books.REASONS[fault]
        )
        assert sum(named[reason] for reason in books.REASONS[fault]) in {count, shared}, fault
    with scopes.acting(estate.system()):
        assert Customer.objects.count() == manifest.good("customers")
        assert Policy.objects.count() == manifest.good("policies")
        assert QuarantinedRow.objects.count() == run.quarantined


def test_the_same_files_again_change_nothing(folder: Path) -> None:
    first = books.bring_in(books.files(folder))
    before = books.clear()
    again = books.bring_in(books.files(folder))
    assert (again.kept, again.unchanged) == (0, first.kept + first.unchanged)
    assert again.reasons == first.reasons
    assert books.clear() == before
    assert QuarantinedRow.objects.count() == first.quarantined


def test_a_dry_run_counts_as_the_real_one_and_changes_nothing(folder: Path) -> None:
    books.unit()
    rehearsed = books.bring_in(books.files(folder), dry_run=True)
    with scopes.acting(estate.system()):
        assert not Customer.objects.exists()
    assert not QuarantinedRow.objects.exists()
    assert not Product.objects.exists()
    assert rehearsed.status == JobStatus.DONE
    real = books.bring_in(books.files(folder))
    assert books.account_of(rehearsed) == books.account_of(real)


def test_a_row_whose_key_stands_for_something_else_is_set_aside(tmp_path: Path) -> None:
    text = "客户号,姓名,手机号码\nK1,张三,13800138000\nK2,李四,13800138001\n"
    run = books.bring_in([write(tmp_path, "a.csv", text)])
    assert run.kept == 2
    changed = text.replace("13800138001", "13800138009")
    run = books.bring_in([write(tmp_path, "b.csv", changed)])
    assert (run.unchanged, run.reasons) == (1, {"key-with-other-content": 1})


def test_a_policy_waits_for_its_holder_and_is_settled_when_he_comes(tmp_path: Path) -> None:
    people = write(tmp_path, "客户.csv", "客户号,姓名,手机号码\nK1,,13800138000\n")
    policies = write(
        tmp_path,
        "保单.csv",
        "保单号,投保人客户号,产品代码,生效日期,保单状态\n"
        "P1,K1,T1,2020-01-01,有效\nP2,K9,T1,2020-01-01,有效\n",
    )
    run = books.bring_in([people, policies])
    assert run.reasons == {
        "customer-without-name": 1,
        "policy-holder-quarantined": 1,
        "policy-holder-unknown": 1,
    }
    put_right = write(tmp_path, "客户2.csv", "客户号,姓名,手机号码\nK1,张三,13800138000\n")
    run = books.bring_in([put_right, policies])
    assert (run.kept, run.reasons) == (2, {"policy-holder-unknown": 1})
    by_status = Counter(
        QuarantinedRow.objects.filter(kind="policy").values_list("status", flat=True)
    )
    assert by_status == {"fixed": 1, "open": 1}


def test_a_ward_is_linked_to_a_guardian_who_comes_later_in_the_file(tmp_path: Path) -> None:
    text = (
        "客户号,姓名,出生日期,监护人客户号,监护关系\n"
        "K1,张小三,2019-01-01,K2,父亲\nK2,张三,1986-01-01,,\nK3,李小四,2019-01-01,K9,母亲\n"
    )
    run = books.bring_in([write(tmp_path, "a.csv", text)])
    assert run.warnings["guardian-unknown"] == 1
    with scopes.acting(estate.system()):
        link = Representative.objects.get()
        assert link.relation == "父亲"
        assert link.subject.customer.is_child
    books.bring_in([write(tmp_path, "a.csv", text)])
    with scopes.acting(estate.system()):
        assert Representative.objects.count() == 1


def test_a_row_with_a_customer_and_his_policy_is_kept_or_set_aside_as_a_whole(
    tmp_path: Path,
) -> None:
    text = (
        "客户号,姓名,手机号码,保单号,产品代码,生效日期,保单状态\n"
        "K1,张三,13800138000,P1,T1,2020-01-01,有效\n"
        "K1,张三,13800138000,P2,T1,2021-01-01,有效\n"
        "K2,李四,13800138001,P1,T1,2020-01-01,有效\n"
    )
    run = books.bring_in([write(tmp_path, "a.csv", text)])
    assert (run.kept, run.reasons) == (2, {"key-with-other-content": 1})
    with scopes.acting(estate.system()):
        assert Customer.objects.count() == 1  # K2 did not come in without his policy
        assert Policy.objects.count() == 2


def test_an_agent_gets_the_customers_that_the_file_gives_him(tmp_path: Path) -> None:
    agent = estate.user(Role.AGENT, staff_no="A0196")
    text = "客户号,姓名,手机号码,代理人工号\nK1,张三,13800138000,A0196\nK2,李四,13800138001,A0999\n"
    run = books.bring_in([write(tmp_path, "a.csv", text)])
    assert run.warnings["row-agent-unknown"] == 1
    with estate.acting(agent) as actor:
        assert Customer.objects.visible_to(actor).count() == 1
    with scopes.acting(estate.system()):
        assert Assignment.objects.get().user == agent


def test_a_file_is_recognised_when_it_comes_again(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "姓名,手机号码\n张三,13800138000\n")
    books.bring_in([path])
    again = runs.receive([path])[0]
    assert store.seen_before(again) is not None
    assert store.seen_before(ImportFile.objects.order_by("pk").first()) is None  # type: ignore[arg-type]


def test_nobody_works_on_a_run_that_another_holds(tmp_path: Path) -> None:
    books.unit()
    run = queued(tmp_path)
    run.claim()
    with pytest.raises(IllegalMove):
        engine.work(run.pk)


def test_a_run_of_somebody_who_may_not_import_any_more_is_refused(tmp_path: Path) -> None:
    officer = estate.user(Role.COMPLIANCE_OFFICER)
    run = queued(tmp_path, actor=actors.staff(officer))
    officer.role = Role.AGENT
    officer.save()
    engine.work(run.pk)
    run.refresh_from_db()
    assert (run.status, run.note) == (JobStatus.REFUSED, "not-allowed")


def test_an_agent_cannot_begin_an_import(tmp_path: Path) -> None:
    with pytest.raises(PermissionError):
        queued(tmp_path, actor=actors.staff(estate.user(Role.AGENT)))


def test_reading_the_files_and_each_chunk_are_on_record(tmp_path: Path, entries_since) -> None:
    officer = estate.user(Role.COMPLIANCE_OFFICER)
    books.unit()
    run = queued(tmp_path, actor=actors.staff(officer))
    engine.work(run.pk)
    estate.drain()
    entries = [entry for entry in entries_since() if entry.staff_no != "SYS-SEQUENCER"]
    assert [entry.staff_no for entry in entries] == ["SYS-IMPORTER", officer.staff_no]
    change = entries[-1]
    assert change.subjects == 1
    assert Action.BOOK_IMPORT.value in change.leaf
    assert str(run.ref) in change.leaf


def test_a_damaged_file_is_refused_before_any_row_is_written(tmp_path: Path) -> None:
    books.unit()
    rows = "".join(f"K{n},张三,13800138000\n" for n in range(300))
    path = write(tmp_path, "a.csv", f'客户号,姓名,手机号码\n{rows}K301,"张三,1\n')
    run = books.bring_in([path])
    assert (run.status, run.note, run.rows_in) == (JobStatus.REFUSED, "csv-quote", 0)
    with scopes.acting(estate.system()):
        assert not Customer.objects.exists()


def queued(tmp_path: Path, *, actor: actors.Actor | None = None) -> ImportRun:
    files = runs.receive([write(tmp_path, "a.csv", "姓名,手机号码\n张三,13800138000\n")])
    found = runs.recognised(files)
    return runs.begin(
        files,
        book=books.book(),
        mapping=runs.BookMapping(tuple(each.mapping for each in found)),
        actor=actor or actors.system("importer"),
    )


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
