"""A fraud call is answered from the log at once; one look is asked about, explained, and answered by the officer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from access import approvals, findings, gate, scopes
from access.gate import Refused
from access.models import Assignment, DelayedLook, Entry, Finding, WorkItem
from access.own_looks import delays, reading
from access.vocabulary import Role
from custodian import clock
from incidents.models import Alert
from records import vault
from records.requests import handling, looks
from tests import estate
from tests.requests import office as offices
from tests.requests.office import everything, refreshed

pytestmark = pytest.mark.django_db


def look(person, customer, *codes, purpose="follow_up"):
    """One look in clear; its entry."""
    with estate.acting(person) as actor:
        permit = gate.permit(
            actor, gate.Action.CUSTOMER_REVEAL, purpose=purpose, channel="desk",
            subjects=[customer.pk], elements=list(codes) or ["identity.mobile"],
        )  # fmt: skip
        vault.reveal(permit)
        return permit.entry


def keep_back(office, entry) -> DelayedLook:
    """Asked for by one officer, agreed to by the other."""
    until = clock.now() + timedelta(days=9)
    with estate.acting(office.first, stepped_up=True) as actor:
        scope = delays.Scope(entry=entry)
        delay = delays.ask(scope, until=until, reason="疑似出售客户资料", actor=actor)
    with estate.acting(office.second, stepped_up=True) as actor:
        approvals.approve(delay.approval, seen=delay.approval.digest, actor=actor)
        delay.refresh_from_db()
    return delay


# -- story 4: three days after buying a policy, a call that knows everything ----------------------------


def test_a_fraud_call_is_answered_at_once_and_raises_an_alert(office):
    stranger = estate.user(Role.SERVICE_DESK, name="孙伟", unit_=estate.unit("NJ"))
    seen = [
        look(office.agent, office.customer),
        look(stranger, office.customer, "identity.id_number"),
        look(office.agent, office.other),
    ]
    asked = office.ask("fraud_call", text="对方知道我的保单号")
    finding = Finding.objects.get(kind=looks.FRAUD)
    assert (finding.severity, finding.entries) == ("high", [seen[1], seen[0]])
    assert Alert.objects.filter(finding=finding, status="new").exists()
    assert "近 14 天有 2 次查询，2 人" in finding.words
    page = office.browser().get(f"/portal/requests/{asked.ref}/").content.decode()
    for words in (
        "您的代理人",
        "客服",
        "XZ中支",
        "NJ中支",
        "手机号码",
        "证件号码",
        "回访",
        "没有对应的事项，每晚的审计会核查",
        "110",
    ):
        assert words in page, words
    assert f"kind=look_question&amp;entry={seen[1]}" in page
    for name in ("李娜", "孙伟"):
        assert name not in page
    officer = office.at_desk(office.first)
    page = officer.get(reverse("admin:request", args=[asked.ref])).content.decode()
    assert "来电前 14 天谁看过" in page
    assert str(finding.ref) in page


def test_only_looks_of_the_last_days_by_people_are_told(office):
    with clock.at(clock.now() - timedelta(days=20)):
        look(office.agent, office.customer)
    browser = office.browser()
    browser.get("/portal/requests/")
    office.ask("complaint")
    look(office.desk, office.customer, purpose="policy_service")
    asked = office.ask("fraud_call")
    assert refreshed(asked).finding.facts["looks"] == 1
    (seen,) = looks.summary(asked.details["entries"])
    assert (seen.role, seen.times, seen.opened) == ("客服", 1, True)


def test_what_an_investigation_keeps_back_is_not_told_before_it_is_let_go(office):
    stranger = estate.user(Role.SERVICE_DESK, name="孙伟", unit_=estate.unit("NJ"))
    kept, told = look(stranger, office.customer), look(office.agent, office.customer)
    delay = keep_back(office, kept)
    asked = office.ask("fraud_call")
    assert Finding.objects.get(kind=looks.FRAUD).entries == [told, kept]
    where = f"/portal/requests/{asked.ref}/"
    page = office.browser().get(where).content.decode()
    assert "您的代理人" in page
    assert "NJ中支" not in page
    assert f"look-{kept}" not in page
    with estate.acting(office.first) as actor:
        delays.release(delay, actor=actor)
    page = office.browser().get(where).content.decode()
    assert "NJ中支" in page
    assert "因调查延后显示" in page


def test_a_day_that_goes_on_over_the_page_is_one_day(office, monkeypatch):
    monkeypatch.setattr(reading, "PAGE", 1)
    stranger = estate.user(Role.SERVICE_DESK, unit_=estate.unit("NJ"))
    look(office.agent, office.customer)
    look(stranger, office.customer)
    asked = office.ask("fraud_call")
    page = office.browser().get(f"/portal/requests/{asked.ref}/").content.decode()
    assert "XZ中支" in page
    assert "NJ中支" in page
    assert 'id="day-1"' in page
    assert 'id="day-2"' not in page


def test_where_nobody_looked_that_is_said_too(office):
    asked = office.ask("fraud_call")
    page = office.browser().get(f"/portal/requests/{asked.ref}/").content.decode()
    assert "这段时间没有人看过您的资料" in page
    assert Finding.objects.get(kind=looks.FRAUD).facts["looks"] == 0


def test_refused_looks_and_machines_are_not_among_them(office):
    with estate.acting(office.agent) as actor, pytest.raises(Refused):
        gate.permit(
            actor, gate.Action.CUSTOMER_REVEAL, purpose="follow_up", channel="desk",
            subjects=[office.customer.pk], elements=["financial.bank_account"],
        )  # fmt: skip
    assert office.ask("fraud_call").details["entries"] == []


# -- one look ----------------------------------------------------------------------------------------


def ask(office, entry):
    browser = office.browser()
    sent = {"form": str(offices.form()), "entry": str(entry), "text": "我没有办过业务"}
    return browser.post("/portal/requests/new/look_question/", sent, follow=True)


def test_a_look_that_shows_her_can_be_asked_about(office):
    entry = look(office.agent, office.customer)
    browser = office.browser()
    page = browser.get(f"/portal/requests/new/look_question/?entry={entry}").content.decode()
    assert f'name="entry" value="{entry}"' in page
    answer = ask(office, entry)
    assert "已受理" in answer.content.decode()
    again = ask(office, entry)
    assert "同样的申请还在办理" in again.content.decode()
    assert "已受理" in ask(office, look(office.agent, office.customer)).content.decode()


def test_the_page_says_which_look_is_asked_about(office):
    entry = look(office.agent, office.customer)
    page = office.browser().get(f"/portal/requests/new/look_question/?entry={entry}")
    text = page.content.decode()
    assert "您的代理人的那一次查看" in text
    assert office.agent.staff_no in text
    assert "请从“谁看过”里选" not in text  # she has


def test_the_officer_sees_the_whole_visit_and_asks_about_all_of_it(office):
    """In her list the visit goes by its newest entry, which may be a page of masks after the reveal."""
    shown = look(office.agent, office.customer)
    look(office.agent, office.other)  # hers is not that
    look(office.agent, office.customer, purpose="policy_service")
    with clock.at(clock.now() + timedelta(minutes=5)):
        page = look(office.agent, office.customer, "identity.name")
    asked = office.ask("look_question", about=str(page))
    officer = office.at_desk(office.first)
    where = reverse("admin:request", args=[asked.ref])
    text = officer.get(where).content.decode()
    assert "同一次查看里还有" in text
    assert reverse("admin:querylog_entry", args=[shown]) in text
    assert "手机号码" in text
    officer.post(where, {"act": "ask_operator"})
    assert refreshed(asked).finding.entries == [page, shown]


def test_what_was_looked_at_long_before_is_another_visit(office):
    with clock.at(clock.now() - timedelta(hours=2)):
        look(office.agent, office.customer)
    asked = office.ask("look_question", about=str(look(office.agent, office.customer)))
    where = reverse("admin:request", args=[asked.ref])
    assert "同一次查看里还有" not in office.at_desk(office.first).get(where).content.decode()


def test_a_look_at_somebody_else_is_not_there(office):
    entry = look(office.agent, office.other)
    for number in (entry, 987654321, "x", "", "9" * 30):
        where = f"/portal/requests/new/look_question/?entry={number}"
        assert office.browser().get(where).status_code == 404
        assert ask(office, number).status_code == 404


def test_the_officer_sees_what_explains_it(office):
    """Her own agent, her own customer: explained; somebody of another unit without work: not."""
    stranger = estate.user(Role.SERVICE_DESK, name="孙伟")
    entries = [look(office.agent, office.customer), look(stranger, office.customer)]
    officer = office.at_desk(office.first)
    pages = []
    for entry in entries:
        asked = office.ask("look_question", about=str(entry))
        pages.append(officer.get(reverse("admin:request", args=[asked.ref])).content.decode())
    assert "客户刚移交给他" in pages[0]
    assert "没有任何业务理由" in pages[1]
    assert "孙伟" in pages[1]


def test_work_that_the_business_gave_explains_it(office):
    stranger = estate.user(Role.SERVICE_DESK, name="孙伟")
    with everything():
        WorkItem.objects.create(
            subject_id=office.customer.pk, kind="follow_up", source="import", user=stranger,
            number="HF7",
        )  # fmt: skip
        Assignment.objects.count()
    asked = office.ask("look_question", about=str(look(stranger, office.customer)))
    officer = office.at_desk(office.first)
    page = officer.get(reverse("admin:request", args=[asked.ref])).content.decode()
    assert "有业务派给他的事项" in page
    assert "HF7" in page


def test_the_operator_is_asked_answers_and_never_answers_the_customer_himself(office):
    stranger = estate.user(Role.SERVICE_DESK, name="孙伟")
    asked = office.ask("look_question", about=str(look(stranger, office.customer)))
    officer = office.at_desk(office.first)
    where = reverse("admin:request", args=[asked.ref])
    assert (
        "已请本人说明" in officer.post(where, {"act": "ask_operator"}, follow=True).content.decode()
    )
    finding = refreshed(asked).finding
    assert (finding.operator, finding.entries) == (stranger, [int(asked.about)])
    with estate.acting(stranger) as actor:
        findings.answer(finding, "同事托我查的", channel="desk", actor=actor)
        with pytest.raises(Refused) as refused:
            handling.take(asked, channel="desk", actor=actor)
    assert refused.value.decision.because == ("request-about-you",)
    page = officer.get(where).content.decode()
    assert "同事托我查的" in page
    assert 'value="ask_operator"' not in page
    officer.post(
        where, {"act": "answer", "outcome": "answered", "text": "那次查看没有业务理由，已处理。"}
    )
    answer = office.browser().get(f"/portal/requests/{asked.ref}/").content.decode()
    assert "那次查看没有业务理由" in answer
    assert "孙伟" not in answer
    assert "同事托我查的" not in answer


def test_whoever_looked_and_is_an_officer_does_not_answer_about_himself(office):
    entry = look(office.first, office.customer, purpose="compliance")
    asked = office.ask("look_question", about=str(entry))
    with pytest.raises(Refused):
        office.answer(asked, office.first)
    page = office.at_desk(office.first).get(reverse("admin:request", args=[asked.ref]))
    assert "请由另一人办理" in page.content.decode()
    assert 'value="answer"' not in page.content.decode()
    office.answer(asked, office.second)


def test_summary_reads_no_value(office):
    entry = look(office.agent, office.customer)
    with scopes.acting(estate.system()):
        assert Entry.objects.filter(pk=entry).exists()
    (seen,) = looks.summary([entry])
    assert "13800138000" not in str(seen)
