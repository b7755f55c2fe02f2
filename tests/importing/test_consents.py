"""What customers said before comes in by file: every row accounted for, and the gate knows it at once."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from xlsxwriter import Workbook

from access import scopes
from access.gate import Refused
from access.models import Choice, Subject
from access.vocabulary import Role
from custodian import clock
from records.consents import standing
from records.consents.store import ConsentStore
from records.destruction.stores import Gone
from records.importing import fixing
from records.models import Consent, QuarantinedRow
from tests import estate
from tests.consents.saying import reveal, says
from tests.importing import books
from tests.notices import writing
from tests.portal import people as customers
from tests.records import desk_estate

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = "客户号,同意用途,同意与否,表示日期,表示渠道,告知书版本,凭证编号"
YES = "K1,介绍其他产品,同意,2021-03-02,柜面,,TX-2021/0302"
NO = "K1,survey,否,2021-03-02 10:15,电话,,"


@pytest.fixture
def agent():
    return estate.user(Role.AGENT)


@pytest.fixture
def customer(agent):
    desk_estate.open_all_day()
    made = estate.customer(source_key="K1", of=[agent])
    desk_estate.policy(made)
    return made


def bring(folder: Path, *rows: str, header: str = HEADER, **more):
    path = folder / "同意.csv"
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return books.bring_in([path], **more)


def said(**where):
    with scopes.acting(estate.system()):
        return list(Consent.objects.filter(**where).order_by("pk"))


def aside():
    with scopes.acting(estate.system()):
        return list(QuarantinedRow.objects.order_by("number"))


def reasons(run):
    return dict(run.reasons)


def test_rows_become_words_with_their_book_way_and_paper(tmp_path, customer):
    run = bring(tmp_path, YES, NO)
    assert (run.rows_in, run.kept, run.quarantined) == (2, 2, 0)
    yes, no = said()
    assert (yes.subject_id, yes.purpose, yes.said, yes.by) == (
        customer.pk, "marketing", "given", "import",
    )  # fmt: skip
    assert (yes.source, yes.channel, yes.reference, yes.notice) == (
        "QH", "counter", "TX-2021/0302", "",
    )  # fmt: skip
    assert clock.local(yes.at).date() == date(2021, 3, 2)
    assert (no.purpose, no.said, no.channel) == ("survey", "refused", "phone")
    assert f"{clock.local(no.at):%H:%M}" == "10:15"


def test_a_sheet_of_a_workbook_is_recognised_beside_others(tmp_path, customer):
    path = tmp_path / "账册.xlsx"
    with Workbook(str(path)) as book:
        one = book.add_worksheet("客户")
        one.write_row(0, 0, ["客户号", "姓名", "手机号码"])
        one.write_row(1, 0, ["K2", "李四", "13912345678"])
        two = book.add_worksheet("同意")
        two.write_row(0, 0, HEADER.split(","))
        two.write_row(1, 0, ["K2", "调查", "Y", "2022-05-06", "网上", "", ""])
    run = books.bring_in([path])
    assert (run.rows_in, run.kept) == (2, 2)
    assert [(each.purpose, each.said, each.channel) for each in said()] == [
        ("survey", "given", "online")
    ]


def test_the_gate_knows_it_in_the_same_transaction(tmp_path, customer):
    bring(tmp_path, YES, "K1,健康信息,撤回,2022-01-01,书面,,")
    with scopes.acting(estate.system()):
        rows = set(Choice.objects.values_list("purpose", "element", "agreed"))
    assert ("marketing", "", True) in rows
    assert ("claim", "claim.diagnosis", False) in rows


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("K1,爬山,同意,2021-03-02,,,", "consent-purpose-unknown"),
        ("K1,contract,同意,2021-03-02,,,", "consent-purpose-unknown"),
        ("K1,survey,也许,2021-03-02,,,", "consent-said-unreadable"),
        ("K1,survey,同意,2099-03-02,,,", "consent-in-the-future"),
        ("K1,survey,同意,2021-02-30,,,", "date-impossible"),
        ("K1,survey,同意,,,,", "consent-without-day"),
        ("K1,,同意,2021-03-02,,,", "consent-without-purpose"),
        ("K1,survey,,2021-03-02,,,", "consent-without-word"),
        (",survey,同意,2021-03-02,,,", "consent-without-customer"),
        ("K9,survey,同意,2021-03-02,,,", "consent-customer-unknown"),
        ("K1,child,同意,2021-03-02,,,", "consent-not-asked"),
        ("K1,survey,同意,2021-03-02,,processing-1,", "consent-before-notice"),
        ("K1,survey,同意,2021-03-02,,processing-9,", "consent-notice-unknown"),
        ("K1,survey,同意,2021-03-02,,,张三 的同意书", "consent-reference-shape"),
        ("K1,survey,同意,2021-03-02,,,13912345678", "consent-reference-personal"),
    ],
)
def test_what_is_wrong_is_set_aside_whole_with_its_reason(tmp_path, customer, row, reason):
    writing.publish()
    run = bring(tmp_path, row, NO)
    assert (run.rows_in, run.kept, run.quarantined) == (2, 1, 1)
    assert reasons(run) == {reason: 1}
    assert [each.purpose for each in said()] == ["survey"]
    assert [each.kind for each in aside()] == ["consent"]


def test_a_notice_in_force_is_kept_with_the_word(tmp_path, customer):
    version = writing.publish()
    today = clock.local().date().isoformat()
    assert bring(tmp_path, f"K1,survey,同意,{today},,{version.code},").kept == 1
    assert [each.notice for each in said()] == [version.code]


def test_a_later_word_that_was_said_here_stands(tmp_path, customer):
    says(customer, "marketing", "given")
    says(customer, "marketing", "withdrawn")
    run = bring(tmp_path, YES)
    assert (run.quarantined, reasons(run)) == (1, {"consent-said-since": 1})
    assert [each.said for each in said(purpose="marketing")] == ["given", "withdrawn"]
    with scopes.acting(estate.system()):
        assert not Choice.objects.filter(purpose="marketing", agreed=True).exists()


def test_the_same_file_again_changes_nothing_also_where_one_word_followed_another(
    tmp_path, customer
):
    rows = (YES, NO, "K1,介绍其他产品,撤回,2023-01-01,,,")
    assert bring(tmp_path, *rows).kept == 3
    again = bring(tmp_path, *rows)
    assert (again.kept, again.unchanged, again.quarantined) == (0, 3, 0)
    assert [each.said for each in said(purpose="marketing")] == ["given", "withdrawn"]


def test_a_dry_run_counts_as_the_real_one_and_writes_nothing(tmp_path, customer):
    rows = (YES, NO, "K1,爬山,同意,2021-03-02,,,", YES, "K1,介绍其他产品,撤回,2019-01-01,,,")
    dry = books.account_of(bring(tmp_path, *rows, dry_run=True))
    assert (said(), aside()) == ([], [])
    assert books.account_of(bring(tmp_path, *rows)) == dry
    assert dry[1:4] == (2, 1, 2)


def test_it_is_an_entry_under_her_tag(tmp_path, customer, entries_since):
    bring(tmp_path, YES, NO)
    estate.drain()
    told = [each.leaf for each in entries_since() if "records:consent:record" in each.leaf]
    assert len(told) == 2
    assert all('"consent-by":"import"' in leaf and '"book":"QH"' in leaf for leaf in told)


def test_a_row_that_was_set_aside_is_put_right(tmp_path, customer):
    bring(tmp_path, "K1,爬山,同意,2021-03-02,柜面,,TX-1")
    (row,) = aside()
    with estate.acting(estate.user(Role.COMPLIANCE_OFFICER)) as actor:
        cells = "K1,survey,同意,2021-03-02,柜面,,TX-1".split(",")
        assert fixing.fix(row, cells, channel="admin", actor=actor) == ()
    assert [(each.purpose, each.said, each.reference) for each in said()] == [
        ("survey", "given", "TX-1")
    ]


def test_she_and_the_desk_see_where_it_came_from(tmp_path, customer):
    bring(tmp_path, YES)
    browser = customers.signed_in(Client(headers={"accept-language": "zh-hans"}), customer)
    page = browser.get("/portal/consents/").content.decode()
    assert "随账册 QH 导入 · 网点柜面 · 凭证 TX-2021/0302" in page
    assert "2021年3月2日" in page
    assert "这不是我的意思" in page
    with scopes.acting(estate.system()) as actor:
        (stand,) = standing.history(customer, actor=actor)
    assert stand.by_day


def test_a_withdrawal_in_a_book_ends_a_purpose_for_somebody_without_a_contract(tmp_path):
    from records.models import RetentionEvent

    estate.customer(source_key="K1")
    bring(tmp_path, "K1,survey,同意,2021-03-02,,,", "K1,survey,撤回,2022-03-02,,,")
    with scopes.acting(estate.system()):
        events = RetentionEvent.objects.filter(trigger="consent_withdrawn")
        assert events.count() == 1


def test_the_number_of_the_paper_goes_with_her_data_and_nothing_else_is_edited(tmp_path, customer):
    bring(tmp_path, YES)
    with scopes.acting(estate.system()):
        rows = Consent.objects.filter(subject=customer.pk)
        for change in ({"reference": ""}, {"said": "refused"}):
            with pytest.raises(DatabaseError), transaction.atomic():
                rows.update(**change)
        Subject.objects.filter(pk=customer.pk).update(status="destroyed")
        gone = Gone({}, [customer.pk], list(Subject.objects.filter(pk=customer.pk)))
        store = ConsentStore()
        assert len(list(store.scan(gone))) == 2
        store.purge(gone)
        assert list(store.scan(gone)) == []
        assert [each.reference for each in rows] == [""]


def test_from_the_file_to_the_gate(tmp_path, customer, agent):
    """The agent may not look for marketing, the book says she agreed, and then he may; and not after her no."""
    more = {"purpose": "marketing"}
    with pytest.raises(Refused, match="同意"):
        reveal(agent, customer, "identity.mobile", **more)
    bring(tmp_path, YES)
    assert reveal(agent, customer, "identity.mobile", **more) == [estate.ZHANG["identity.mobile"]]
    says(customer, "marketing", "withdrawn")
    with pytest.raises(Refused):
        reveal(agent, customer, "identity.mobile", **more)
    assert timedelta(0) < clock.now() - said()[-1].at < timedelta(minutes=5)
