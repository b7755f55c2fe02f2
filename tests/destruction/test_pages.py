"""What the back office and the desk show of retention and destruction, and what each form there does."""

from __future__ import annotations

import re
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory

from access import actors, scopes
from access.models import Approval, Restriction
from access.vocabulary import Role
from custodian import clock
from records import destruction_headlines, legal_holds
from records.destruction import executing, samples
from records.destruction.batches import Fate, Stage
from records.legal_holds.covering import Draft
from records.models import (
    CertificatePage,
    DestructionBatch,
    Keeping,
    RetentionEvent,
    Tombstone,
)
from records.retention import horizon, noting, reckoning
from tests import estate, pdfs
from tests.destruction.office import everything
from tests.records import desk_estate

pytestmark = pytest.mark.django_db(transaction=True)
PLAIN = (
    *(estate.ZHANG[f"identity.{name}"] for name in ("name", "id_number", "mobile", "address")),
    estate.ACCOUNT["financial.bank_account"],
    desk_estate.POLICY_VALUES["policy.number"],
    desk_estate.CLAIM_VALUES["claim.diagnosis"],
)


def signed_in(person, **more):
    return estate.login(Client(headers={"accept-language": "zh-hans"}), person, **more)


@pytest.fixture
def browser(office):
    return signed_in(office.first, stepped_up=True)


@pytest.fixture
def auditor():
    return signed_in(estate.user(Role.AUDITOR))


def read(client, address, status=200):
    answer = client.get(address, follow=True)
    assert answer.status_code == status, address
    text = answer.content.decode()
    assert [each for each in PLAIN if each in text] == []
    return text


def page(batch, rest=""):
    return f"/admin/destruction/{batch.code}/{rest}"


def of(customer, rest="change/"):
    return f"/admin/records/customer/{customer.ref}/{rest}"


def part(text, opening, ending="</section>"):
    assert opening in text
    return text.partition(opening)[2].partition(ending)[0]


# Retention


def test_the_horizon_counts_each_holding_in_the_month_in_which_it_falls_due(office):
    today = clock.local().date()
    soon = today.replace(year=today.year - 10) + timedelta(days=70)
    due, ahead = office.gone(), office.gone(on=soon)
    far = office.gone(on=today.replace(year=today.year - 1))
    office.living()
    reckoning.refresh([due.pk, ahead.pk, far.pk])
    with everything():
        found = horizon.horizon(today)
    leaves = soon.replace(year=soon.year + 10) + timedelta(days=1)
    column = 1 + (leaves.year - today.year) * 12 + leaves.month - today.month
    rows = {str(label): counts for label, counts in found.rows}
    assert len(found.columns) == horizon.MONTHS + 2
    for kind in ("身份信息", "财务信息", "保单信息"):
        assert (rows[kind][0], rows[kind][column], rows[kind][-1], sum(rows[kind])) == (1, 1, 1, 3)
    assert (found.due, found.total, rows["理赔资料"]) == (3, 9, [0] * len(found.columns))


def test_the_page_of_retention_says_what_waits_and_by_which_rules(office, browser):
    office.gone(), office.living()
    undated = office.gone(on=None)
    run = reckoning.carry_out()
    text = read(browser, "/admin/retention/")
    assert f"{run.day.year}年{run.day.month}月{run.day.day}日" in text
    assert "已到期 3 份，共 3 份有到期日" in text
    listed = part(text, 'id="undated"')
    assert undated.ref in listed
    assert "合同终止" in listed
    rules = part(text, 'id="rules"')
    assert "《反洗钱法》第三十四条" in rules
    assert "原文已核" in rules
    assert "本公司默认" in rules
    assert "查询日志" not in rules
    assert "投诉记录" in rules  # a complaint is a request, and kept for longer


def test_a_running_reckoning_shows_how_far_it_is(browser):
    from records.models import KeepingRun

    KeepingRun.objects.create(day=clock.local().date(), status="running", done=40, total=100)
    text = read(browser, "/admin/retention/")
    assert "40 / 100" in text
    assert 'id="reckoning" data-refresh="5"' in text


# Why it is still here


def test_a_customers_page_says_of_each_thing_why_it_is_kept(office, browser):
    her = office.gone(claims=True, on=date(2024, 5, 1))
    reckoning.refresh([her.pk])
    why = part(read(browser, of(her)), 'id="why"')
    for each in ("限制处理", "2034-05-01", "《反洗钱法》第三十四条", "业务关系结束", "10 年"):
        assert each in why
    with everything():
        policy = her.subject.policy_set.get()
    assert policy.ref in why
    assert "《保险法》第二十六条" in why  # a rule that applies and does not decide


def test_of_what_was_handed_over_the_page_says_that_it_goes_at_once(office, browser):
    her = office.living()
    handed = clock.local().date() - timedelta(days=3)
    with everything():
        RetentionEvent.objects.create(
            subject_id=her.pk, trigger="handed_over", on=handed, noted_by=office.first
        )
    reckoning.refresh([her.pk])
    why = part(read(browser, of(her)), 'id="why"')
    for each in (
        "到期待销毁",
        "限制处理",
        "移交其他保险公司",
        "，此后立即删除",
        "业务关系结束",
        "10 年",
    ):
        assert each in why
    assert "起 立即" not in why


def test_what_is_used_says_what_still_needs_it(office, browser):
    her = office.living()
    with everything():
        ref = her.subject.policy_set.get().ref
    why = part(read(browser, of(her)), 'id="why"')
    assert "使用中" in why
    assert "保单有效" in why
    assert ref in why


def test_an_auditor_reads_why_and_is_offered_no_form(office, auditor):
    her = office.gone()
    text = read(auditor, of(her))
    assert "为什么还保存着" in text
    assert f"/admin/retention/events/{her.ref}/" not in text
    assert auditor.get(f"/admin/retention/events/{her.ref}/").status_code == 403


def note(browser, her, **said):
    filled = {"trigger": "contract_terminated", "policy": "", "on": "2012-01-01", "reason": "函"}
    return browser.post(f"/admin/retention/events/{her.ref}/", {**filled, **said})


def test_a_missing_day_is_noted_and_counts_at_once(office, browser, entries_since):
    her = office.gone(on=None)
    reckoning.refresh([her.pk])
    with everything():
        policy = her.subject.policy_set.get()
        assert Keeping.objects.get(holding=policy.holding).state == "undated"
    assert note(browser, her, policy=policy.ref).status_code == 302
    with everything():
        event = RetentionEvent.objects.get(subject=her.pk)
        assert (event.holding, event.on, event.noted_by_id) == (
            policy.holding, date(2012, 1, 1), office.first.pk,
        )  # fmt: skip
        assert {row.state for row in Keeping.objects.filter(subject=her.pk)} == {"due"}
    estate.drain()
    told = [each.leaf for each in entries_since() if "records:retention:note" in each.leaf]
    assert len(told) == 1
    assert '"trigger":"contract_terminated"' in told[0]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"on": "2999-01-01", "trigger": "last_contact"}, "日期不能晚于今天"),
        ({"policy": ""}, "请选择已终止的保单"),
        ({"on": "昨天", "trigger": "last_contact"}, "请按年-月-日填写"),
        ({"on": "0202-01-01", "trigger": "last_contact"}, "早于 1900 年"),
        ({"reason": "", "trigger": "last_contact"}, "请写明理由"),
    ],
)
def test_what_cannot_be_noted_is_said_beside_the_field(office, browser, said, words):
    answer = note(browser, office.gone(), **said)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    with everything():
        assert not RetentionEvent.objects.exists()


def test_the_end_of_a_contract_in_force_is_not_noted_here(office, browser):
    her = office.living()
    with everything():
        policy = her.subject.policy_set.get()
    assert note(browser, her, policy=policy.ref).status_code == 422
    with estate.acting(office.first) as actor, pytest.raises(noting.NotTerminated):
        noting.note(
            her, trigger="contract_terminated", on=date(2012, 1, 1), reason="x", policy=policy,
            actor=actor,
        )  # fmt: skip


# Batches


def test_a_batch_shows_what_would_go_and_ten_masked_customers(office, browser, entries_since):
    everybody = [office.gone() for _ in range(12)]
    batch = office.propose()
    text = read(browser, page(batch))
    assert "销毁 12 名客户的 36 份资料。之后无法恢复。" in text
    for each in ("按分类", "按规则", "按账册", "《保险法》第八十七条", "青禾人寿"):
        assert each in text
    shown = {each.ref for each in everybody if f"{each.ref}/change/" in text}
    assert len(shown) == samples.MOST
    again = read(browser, page(batch))
    assert {each.ref for each in everybody if f"{each.ref}/change/" in again} == shown
    estate.drain()
    listed = [each.leaf for each in entries_since() if '"act":"list"' in each.leaf]
    assert len(listed) == 2
    assert "identity.name" in listed[0]


def test_an_officer_leaves_a_customer_out_and_takes_it_back(office, browser):
    kept, _gone = office.gone(), office.gone()
    batch = office.propose()
    said = {"customer": kept.ref, "kind": "", "book": "", "reason": "核对中"}
    assert browser.post(page(batch, "exclude/"), said).status_code == 302
    text = read(browser, page(batch))
    assert "核对中" in text
    assert "销毁 1 名客户的 3 份资料" in text
    browser.post(page(batch, "include/"))
    with everything():
        assert batch.items.filter(state=Fate.PLANNED).count() == 6


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "至少填客户编号、分类、账册中的一项"),
        ({"customer": "c-0000"}, "没有这个客户编号"),
        ({"kind": "claim"}, "没有这样的待销毁资料"),
        ({"kind": "identity", "reason": ""}, "请写明理由"),
        ({"kind": "identity", "reason": "长" * 81}, "理由过长"),
    ],
)
def test_an_exclusion_of_nothing_is_explained(office, browser, said, words):
    office.gone()
    batch = office.propose()
    answer = browser.post(page(batch, "exclude/"), {"reason": "核对中", **said})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    with everything():
        assert not batch.items.filter(state=Fate.EXCLUDED).exists()


def test_an_auditor_reads_a_batch_and_moves_nothing(office, auditor):
    office.gone()
    batch = office.propose()
    text = read(auditor, page(batch))
    assert "待提交" in text
    for step in ("exclude", "include", "submit", "pause", "resume", "stop"):
        assert page(batch, f"{step}/") not in text
        assert auditor.post(page(batch, f"{step}/"), {"reason": "x"}).status_code == 403
    batch.refresh_from_db()
    assert (batch.stage, batch.status) == (Stage.PROPOSED, "queued")


def test_what_is_held_is_named_by_its_hold(office, browser, monkeypatch):
    from records.destruction import batches

    office.gone(), office.gone()
    monkeypatch.setattr(
        batches, "holds_on", lambda holdings: {next(iter(holdings)): ("LH-2026-001", "LH-2026-002")}
    )
    text = read(browser, page(office.propose()))
    assert "LH-2026-001" in text
    assert "LH-2026-002" in text
    assert "保留 1 份" in text


def test_a_hold_is_named_on_the_customers_page_and_on_the_batchs(office, browser):
    her = office.gone()
    with estate.acting(office.second) as actor:
        hold = legal_holds.place(
            Draft("customer", {"customers": [her.ref]}), ground="regulator_order", reason="示例",
            review_on=clock.local().date() + timedelta(days=90), actor=actor,
        )  # fmt: skip
    link = f'href="/admin/legal-holds/{hold.ref}/">{hold.code}'
    assert part(read(browser, of(her)), 'id="why"').count(link) == 3
    text = read(browser, page(office.propose()))
    assert link in text
    assert "保留 3 份" in text
    assert "批次中没有可销毁的资料" in text


def test_a_run_is_paused_resumed_and_stopped_for_good(office, browser):
    office.gone()
    batch = office.approved()
    text = read(browser, page(batch))
    assert 'id="job" data-refresh="5"' in text
    for step, status in (("pause", "paused"), ("resume", "queued")):
        assert browser.post(page(batch, f"{step}/")).status_code == 302
        batch.refresh_from_db()
        assert batch.status == status
    assert browser.post(page(batch, "stop/"), {"reason": ""}).status_code == 422
    browser.post(page(batch, "stop/"), {"reason": "规则有误"})
    done = executing.work(batch.pk)
    assert done.stage == Stage.DONE
    text = read(browser, page(batch))
    assert "规则有误" in part(text, "<h2>批准之后未销毁</h2>")
    with everything():
        assert not Tombstone.objects.exists()


@pytest.mark.parametrize(("done", "word"), [(0, "没有销毁"), (1, "销毁一部分后停止")])
def test_a_batch_that_was_stopped_is_not_said_to_be_destroyed(
    office, browser, monkeypatch, done, word
):
    monkeypatch.setattr(executing, "CUSTOMERS", 1)
    for _ in range(2):
        office.gone()
    batch = office.approved()
    if done:
        lease = batch.claim()
        with scopes.acting(actors.system("destroyer")):
            executing._chunk(batch, lease)
    with estate.acting(office.first) as actor:
        executing.stop(batch, reason="法院来函", actor=actor)
    batch = executing.work(batch.pk)
    for address in (page(batch), "/admin/destruction/"):
        text = read(browser, address)
        assert re.search(rf"tag-warn[^>]*>[^<]*{word}", text)
        assert not re.search(r"tag-ok[^>]*>[^<]*已销毁", text)
    with everything():
        sheets = [pdfs.text(bytes(each.body)) for each in CertificatePage.objects.all()]
    assert any("没有销毁任何资料" in each for each in sheets) is not bool(done)


def test_what_is_not_approved_cannot_be_paused(office, browser):
    office.gone()
    batch = office.propose()
    text = browser.post(page(batch, "pause/"), follow=True).content.decode()
    assert "批次的状态已变，没有改动" in text
    batch.refresh_from_db()
    assert batch.status == "queued"


def test_two_clicks_put_a_batch_up_once(office, browser):
    office.gone()
    batch = office.propose()
    browser.post(page(batch, "submit/"))
    assert "批次的状态已变" in browser.post(page(batch, "submit/"), follow=True).content.decode()
    assert Approval.objects.filter(kind="destruction").count() == 1


def test_the_certificate_is_downloaded_on_record_and_checked(
    office, browser, entries_since, tmp_path
):
    office.gone()
    batch = office.destroyed()
    text = read(browser, page(batch))
    assert "盲索引" in part(text, "<h2>残留检查 ")
    kinds = {"zh.pdf": b"%PDF", "en.pdf": b"%PDF", "json": b"{", "sig": b""}
    for form, begins in kinds.items():
        answer = browser.get(page(batch, f"certificate/?as={form}"))
        assert answer.status_code == 200
        assert answer.content.startswith(begins)
        assert answer["Content-Disposition"] == f'attachment; filename="{batch.code}.{form}"'
        (tmp_path / form).write_bytes(answer.content)
    assert browser.get(page(batch, "certificate/?as=exe")).status_code == 404
    estate.drain()
    reads = [each for each in entries_since() if "records:retention:read" in each.leaf]
    assert len(reads) == 6  # the page, four files, and one that is not there
    said = StringIO()
    call_command("check_certificate", tmp_path / "json", tmp_path / "sig", stdout=said)
    assert batch.code in said.getvalue()
    (tmp_path / "json").write_bytes((tmp_path / "json").read_bytes().replace(b"1", b"2", 1))
    with pytest.raises(CommandError):
        call_command("check_certificate", tmp_path / "json", tmp_path / "sig", stdout=said)


def test_an_outsider_checks_a_certificate_by_the_printed_key(office):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    office.gone()
    batch = office.destroyed()
    printed = StringIO()
    call_command("certificate_key", stdout=printed, stderr=StringIO())
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(printed.getvalue().strip()))
    signed = b"".join(
        letter + len(body).to_bytes(4, "big") + body
        for letter, body in (
            (b"s", b"custodian signature 1"),
            (b"s", b"destruction certificate 1"),
            (b"b", bytes(batch.certificate)),
        )
    )
    key.verify(bytes(batch.signature), signed)


def test_no_certificate_before_the_end(office, browser):
    office.gone()
    batch = office.approved()
    for form in ("zh.pdf", "json", "sig"):
        assert browser.get(page(batch, f"certificate/?as={form}")).status_code == 404


# The morning page


def headline(person):
    text = signed_in(person, stepped_up=True).get("/admin/").content.decode()
    return part(text, "<main", "</main>")


def test_the_morning_page_asks_for_the_months_batch_then_for_the_second_officer(office):
    office.gone()
    batch = office.propose()
    assert f"本月的销毁批次 {batch.code} 还没有提交" in headline(office.first)
    office.submit(batch)
    assert batch.code not in headline(office.first)
    assert f"销毁批次 {batch.code} 等待您批准" in headline(office.second)
    assert "涉及 1 名客户的 3 份资料" in headline(office.second)
    office.approve(batch)
    DestructionBatch.objects.filter(pk=batch.pk).update(status="failed")
    assert f"销毁批次 {batch.code} 中断" in headline(office.first)


def test_after_this_months_batch_the_next_one_waits_for_the_next_month(office):
    office.gone()
    office.submit(office.propose())
    office.gone()
    batch = office.propose()
    request = RequestFactory().get("/admin/")
    with estate.acting(office.first) as request.actor:
        assert destruction_headlines.to_put_up(request) is None
        with clock.at(clock.now() + timedelta(days=32)):
            said = destruction_headlines.to_put_up(request)
    assert batch.code in str(said.sentence)


# Item by item


def opened(office, customer):
    client = signed_in(office.agent)
    client.post(f"/desk/customers/{customer.ref}/", {"purpose": "policy_service"})
    return client.get(f"/desk/customers/{customer.ref}/").content.decode()


def row_of(text, ref):
    """The table row with the button or reference of this policy."""
    return next(row for row in text.split("<tr") if ref in row)


def test_one_restricted_policy_offers_no_reveal_and_says_why(office, browser):
    her = office.gone(on=date(2024, 5, 1))
    current = desk_estate.policy(her)
    reckoning.refresh([her.pk])
    with everything():
        old = her.subject.policy_set.exclude(pk=current.pk).get()
        assert Restriction.objects.get(subject=her.pk).holding == old.holding
    text = opened(office, her)
    assert f"?of={current.ref}" in text
    assert f"?of={old.ref}" not in text
    policies = part(text, "<h2>保单 ")
    assert "限制处理：保单信息" in policies
    assert "保存至 2034-05-01" in policies
    assert "《保险法》第八十七条" in policies
    assert "限制处理：身份信息" not in text
    office_page = read(browser, of(her))
    assert "限制处理" in row_of(office_page, old.ref)
    assert "限制处理" not in row_of(office_page, current.ref)


def test_an_undated_policy_says_at_the_desk_that_a_day_is_missing(office):
    her = office.gone(on=None)
    desk_estate.policy(her)
    reckoning.refresh([her.pk])
    assert "缺起算日" in part(opened(office, her), "<h2>保单 ")


def test_one_destroyed_policy_is_a_dashed_box_and_the_rest_is_there(office, browser):
    her = office.gone()
    current = desk_estate.policy(her)
    batch = office.destroyed()
    with everything():
        old = her.subject.policy_set.exclude(pk=current.pk).get()
        assert Tombstone.objects.filter(gone=old.holding).exists()
    text = opened(office, her)
    day = clock.local().date().isoformat()
    assert f'<span class="destroyed">已销毁 {day}</span>' in row_of(text, old.ref)
    assert f"?of={old.ref}" not in text
    assert f"?of={current.ref}" in text
    office_page = read(browser, of(her))
    assert f'href="{page(batch)}">已销毁 {day}</a>' in row_of(office_page, old.ref)
    why = part(office_page, 'id="why"')
    assert f'href="{page(batch)}#certificate">{batch.code}' in why
    assert "保单有效" in why


def test_a_customer_who_is_gone_has_a_page_with_her_stones_and_breaks_no_list(office, browser):
    gone, _living = office.gone(), office.living()
    batch = office.destroyed()
    text = read(browser, of(gone))
    assert "这位客户的资料已依法销毁" in text
    assert part(text, 'id="why"').count(batch.code) >= 3
    assert "/admin/retention/events/" not in text
    listed = read(browser, "/admin/records/customer/")
    assert "已销毁" in row_of(listed, gone.ref)
    assert browser.get(f"/admin/retention/events/{gone.ref}/").status_code == 404
