"""Work items of other systems come in by file: every row accounted for, bad ones set aside with a reason."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from access import scopes, work_items
from access.audits.day import Operator
from access.audits.explaining import NOTHING, WORK, Explainer, Item
from access.models import WorkItem
from access.vocabulary import Role
from custodian import clock
from records.importing import fixing
from records.models import QuarantinedRow
from tests import estate
from tests.importing import books

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = "事项编号,事项,客户号,经办工号,经办机构,登记时间,办结时间,结果,期限"
GOOD = "W1,回访任务,K1,T900,,2026-11-03 09:12,2026-11-03 10:00:30,已办结,"
WAITING = "W2,保全,K1,,XZ,2026-11-04,,,2026-11-10"


@pytest.fixture
def handler():
    return estate.user(Role.SERVICE_DESK, staff_no="T900")


@pytest.fixture
def customer(handler):
    return estate.customer(source_key="K1")


def bring(folder: Path, *rows: str, name: str = "工作.csv", header: str = HEADER):
    path = folder / name
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return books.bring_in([path])


def held(**where):
    with scopes.acting(estate.system()):
        return list(WorkItem.objects.filter(**where).order_by("number"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.OFFICE)


def test_rows_become_items_of_persons_and_units(tmp_path, handler, customer):
    run = bring(tmp_path, GOOD, WAITING)
    assert (run.rows_in, run.kept, run.quarantined) == (2, 2, 0)
    one, two = held()
    assert (one.kind, one.subject_id, one.user_id, one.source) == (
        "follow_up", customer.pk, handler.pk, "import",
    )  # fmt: skip
    assert (one.opened_at, one.closed_at) == (at("2026-11-03 09:12"), at("2026-11-03 10:00:30"))
    assert (one.outcome, one.opened_by_id) == ("done", None)
    assert (two.user_id, two.unit.code, two.outcome) == (None, "XZ", "")
    assert two.due_at == at("2026-11-10 23:59:59")


def test_a_workbook_is_read_like_a_csv_file(tmp_path, handler, customer):
    opened, closed = datetime(2026, 11, 3, 9, 12), datetime(2026, 11, 3, 10, 0)
    with Workbook(str(tmp_path / "工作.xlsx"), {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER.split(","))
        sheet.write_row(1, 0, ["W1", "赔案", "K1", "T900", "", opened, closed, "已办结", ""])
    assert books.bring_in([tmp_path / "工作.xlsx"]).kept == 1
    assert [each.opened_at for each in held()] == [at("2026-11-03 09:12")]


def test_the_same_file_again_changes_nothing(tmp_path, handler, customer):
    bring(tmp_path, GOOD, WAITING)
    before = [each.ref for each in held()]
    run = bring(tmp_path, GOOD, WAITING)
    assert (run.kept, run.unchanged, run.quarantined) == (0, 2, 0)
    assert [each.ref for each in held()] == before


def test_a_later_file_tells_the_end_of_what_was_open(tmp_path, handler, customer):
    bring(tmp_path, WAITING)
    ended = WAITING.replace(",,,2026-11-10", ",2026-11-05 11:00,已撤销,2026-11-10")
    run = bring(tmp_path, ended)
    assert (run.kept, [each.outcome for each in held()]) == (1, ["withdrawn"])
    otherwise = ended.replace("11:00,已撤销", "12:00,已办结")
    for told in (WAITING, otherwise):
        assert bring(tmp_path, told).unchanged == 1
        assert [each.outcome for each in held()] == ["withdrawn"]


def test_what_somebody_took_here_stays_his_when_the_file_comes_again(tmp_path, handler, customer):
    bring(tmp_path, WAITING)
    with estate.acting(handler) as actor:
        work_items.take(held()[0], channel="desk", actor=actor)
    assert bring(tmp_path, WAITING).unchanged == 1
    assert [each.user_id for each in held()] == [handler.pk]


def test_a_number_with_another_content_is_set_aside(tmp_path, handler, customer):
    bring(tmp_path, GOOD)
    run = bring(tmp_path, GOOD.replace("回访任务", "投诉"))
    assert run.reasons == {"key-with-other-content": 1}
    assert [each.kind for each in held()] == ["follow_up"]


def test_another_book_may_use_the_same_numbers(tmp_path, handler, customer):
    bring(tmp_path, GOOD)
    other = books.book("OLD")
    estate.customer(source_key="K1", book_=other)
    for kept in (1, 0):
        run = books.bring_in([tmp_path / "工作.csv"], into=other)
        assert (run.kept, run.quarantined) == (kept, 0)
    assert [each.number for each in held()] == ["OLD/W1", "W1"]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("W1,", ",", "work-without-number"),
        ("W1,", "W" * 41 + ",", "work-number-length"),
        ("回访任务", "散步", "work-kind-unreadable"),
        ("回访任务", "", "work-without-kind"),
        ("K1", "", "work-without-customer"),
        ("K1", "K9", "work-customer-unknown"),
        ("T900", "", "work-without-person"),
        ("T900", "T999", "work-person-unknown"),
        (",,2026", ",XX,2026", "work-unit-unknown"),
        ("2026-11-03 09:12", "", "work-without-beginning"),
        ("2026-11-03 09:12", "早上", "date-unreadable"),
        ("2026-11-03 09:12", "2026-11-03 29:12", "work-time-unreadable"),
        ("2026-11-03 10:00:30", "2026-11-02 10:00", "work-closed-before-opened"),
        ("2026-11-03 10:00:30", "", "work-closed-without-time"),
        ("已办结", "处理中", "work-closed-under-way"),
    ],
)
def test_a_bad_row_is_set_aside_and_says_why(tmp_path, handler, customer, old, new, reason):
    run = bring(tmp_path, GOOD.replace(old, new, 1), WAITING)
    assert run.reasons == {reason: 1}
    assert run.rows_in == run.kept + run.quarantined == 2
    assert [each.number for each in held()] == ["W2"]


def test_a_customer_in_quarantine_is_waited_for(tmp_path, handler):
    bring(tmp_path, "K7,,13800138000", name="客户.csv", header="客户号,姓名,手机号码")
    run = bring(tmp_path, GOOD.replace("K1", "K7"))
    assert run.reasons == {"work-customer-quarantined": 1}


def test_a_row_is_put_right_by_hand(tmp_path, handler, customer):
    bring(tmp_path, GOOD.replace("T900", "T999"))
    row = QuarantinedRow.objects.get()
    officer = estate.user(Role.COMPLIANCE_OFFICER)
    with estate.acting(officer) as actor:
        assert fixing.fix(row, GOOD.split(","), channel="admin", actor=actor) == ()
    assert [each.user_id for each in held()] == [handler.pk]


def test_what_came_in_stands_in_the_customers_log(tmp_path, handler, customer, entries_since):
    bring(tmp_path, GOOD)
    estate.drain()
    entry = [each for each in entries_since() if each.act == "change"][-1]
    assert (entry.subjects, "K1" in entry.leaf) == (1, False)


def test_words_of_work_mean_nothing_in_other_sheets(tmp_path):
    text = "客户号,姓名,手机号码,创建时间,结果,任务编号\nK1,张三,13800138000,2026-01-01,好,7\n"
    path = tmp_path / "客户.csv"
    path.write_text(text, encoding="utf-8")
    run = books.bring_in([path])
    assert (run.kept, "work." in run.mapping["toml"]) == (1, False)


def test_an_item_from_a_file_explains_a_look(tmp_path, handler, customer):
    bring(tmp_path, GOOD, WAITING)
    items = [
        Item(
            each.kind, each.subject_id, each.user_id or 0, each.unit.path if each.unit else "",
            each.opened_at, each.closed_at, each.opened_by_id or 0,
        )
        for each in held()
    ]  # fmt: skip
    explainer = Explainer(items, ())
    person = Operator(handler.pk, "service_desk", handler.unit.path)
    look = at("2026-11-03 09:30")
    assert explainer.of(person, "follow_up", customer.pk, look) == WORK
    assert explainer.of(person, "claim", customer.pk, look) == NOTHING
    assert explainer.of(person, "follow_up", customer.pk, look - timedelta(days=2)) == NOTHING
    stranger = Operator(handler.pk + 1, "service_desk", "99.")
    assert explainer.of(stranger, "follow_up", customer.pk, look) == NOTHING
