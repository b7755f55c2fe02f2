"""The audits as officers and the people concerned use them: over HTTP, in both languages."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from access import approvals, audit_rule_changes, findings
from access.audits import reports
from access.gate import Refused
from access.models import AuditRule, AuditRun, Entry, Finding, Measure
from access.vocabulary import Role
from custodian import clock
from tests import estate
from tests.access.houses import stranger

pytestmark = pytest.mark.django_db


def browser(person, language="zh"):
    return estate.login(stranger(language), person)


@pytest.fixture
def officer():
    return estate.user(Role.COMPLIANCE_OFFICER, name="陈静")


@pytest.fixture
def agent():
    return estate.user(Role.AGENT, name="王磊")


def found(agent, **more):
    told = {"customers": 56, "days": 30, "peers": 14.0, "version": 1}
    return findings.raise_finding(
        "audit-harvest", severity=Finding.Severity.HIGH, facts=told, operator=agent, **more
    )


def page_of(finding):
    return reverse("admin:finding", args=[finding.ref])


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", "30 天内揭示 56 名没有业务事由的客户"), ("en", "56 customers revealed in 30 days")],
)
def test_a_finding_tells_what_why_and_with_which_numbers(officer, agent, language, words):
    body = browser(officer, language).get(page_of(found(agent))).content.decode()
    numbers = {"zh": "至少 50 次", "en": "at least 50"}[language]
    assert [each for each in (words, numbers, agent.staff_no) if each not in body] == []


def test_the_officer_asks_the_person_answers_and_the_verdict_closes_it(officer, agent):
    finding, desk, office = found(agent), browser(agent), browser(officer)
    nothing = desk.get(reverse("own_questions")).content.decode()
    assert "现在没有要您说明的查询" in nothing
    office.post(page_of(finding), {"act": "ask"})
    assert "请您说明" in desk.get("/desk/").content.decode()
    address = reverse("own_question", args=[finding.ref])
    asked = desk.get(address).content.decode()
    assert "至少" not in asked, "the threshold is not the person's to know"
    assert desk.post(address, {"answer": ""}).status_code == 422
    assert desk.post(address, {"answer": "季度回访，名单见工单"}).status_code == 302
    assert "季度回访，名单见工单" in office.get(page_of(finding)).content.decode()
    assert office.post(page_of(finding), {"verdict": "justified"}).status_code == 422
    answer = office.post(page_of(finding), {"verdict": "justified", "note": "工单属实"})
    assert answer.status_code == 302
    finding.refresh_from_db()
    assert (finding.verdict, finding.decided_by, finding.status) == ("justified", officer, "closed")
    assert desk.post(address, {"answer": "再补充"}).status_code == 302
    finding.refresh_from_db()
    assert finding.answer == "季度回访，名单见工单"


def test_nobody_reads_a_question_put_to_somebody_else(officer, agent):
    finding = found(agent, asked_at=clock.now())
    other = browser(estate.user(Role.AGENT))
    before = Entry.objects.filter(act="denied").count()
    assert other.get(reverse("own_question", args=[finding.ref])).status_code == 404
    assert (
        other.post(reverse("own_question", args=[finding.ref]), {"answer": "x"}).status_code == 404
    )
    assert Entry.objects.filter(act="denied").count() == before + 2


def test_an_officer_does_not_judge_a_finding_about_himself(officer):
    finding = found(officer)
    office = browser(officer)
    assert "记录定性" not in office.get(page_of(finding)).content.decode()
    said = {"verdict": "justified", "note": "自己"}
    assert office.post(page_of(finding), said).status_code == 403
    finding.refresh_from_db()
    assert finding.verdict == ""


def test_a_finding_is_handed_to_another_officer_but_never_to_whom_it_is_about(officer, agent):
    second = estate.user(Role.SECURITY_OFFICER, name="孙强")
    finding = found(second)
    office = browser(officer)
    answer = office.post(page_of(finding), {"act": "own", "owner": str(second.ref)})
    assert answer.status_code == 422
    office.post(page_of(finding), {"act": "own", "owner": str(officer.ref)})
    finding.refresh_from_db()
    assert finding.owner == officer


def test_a_rule_changes_by_four_eyes_and_keeps_its_dates(officer):
    second = estate.user(Role.COMPLIANCE_OFFICER, name="刘敏")
    address = reverse("admin:audit_rule", args=["drip"])
    office = browser(officer)
    form = office.get(address).context["form"]
    said = {name: field.initial for name, field in form.fields.items() if field.initial}
    said |= {"enabled": "on", "severity": "high", "most_a_day": 3, "reason": "过宽"}
    answer = office.post(address, said)
    assert answer.status_code == 302
    approval = audit_rule_changes.waiting("drip")
    assert approval is not None
    assert "5 → 3" in browser(second).get(answer.url).content.decode()
    with estate.acting(officer, stepped_up=True) as actor, pytest.raises(Refused):
        approvals.approve(approval, seen=approval.digest, actor=actor)
    with estate.acting(second, stepped_up=True) as actor:
        approvals.approve(approval, seen=approval.digest, actor=actor)
    before, after = AuditRule.objects.filter(code="drip").order_by("version")
    assert (before.thresholds["most_a_day"], after.thresholds["most_a_day"]) == (5, 3)
    assert before.until == after.since
    assert after.approval == approval


def test_the_morning_page_shows_the_units_that_explain_least(officer, agent):
    day = clock.local().date() - timedelta(days=1)
    AuditRun.objects.create(day=day, status="done")
    Measure.objects.create(
        user=agent, day=day, role=agent.role, unit_path=agent.unit.path, sights=40, unexplained=10
    )
    office = browser(officer)
    body = office.get("/admin/").content.decode()
    assert [each for each in (str(agent.unit), "25.0%") if each not in body] == []
    unit = office.get(reverse("admin:unit", args=[agent.unit.code])).content.decode()
    assert [each for each in ("看到客户 40 次", "王磊", "25.0%") if each not in unit] == []
    person = office.get(reverse("admin:person", args=[agent.ref])).content.decode()
    assert "看到客户 40 次，其中 10 次没有事由" in person


def test_an_administrator_sees_the_unit_but_not_what_its_people_did(agent):
    admin = browser(estate.user(Role.ADMINISTRATOR))
    body = admin.get(reverse("admin:unit", args=[agent.unit.code])).content.decode()
    assert ("无解释" in body, "审计发现" in body) == (False, False)


def test_days_that_nobody_audited_are_told_on_the_morning_page(officer):
    today = clock.local().date()
    for days in (2, 3):
        AuditRun.objects.create(day=today - timedelta(days=days), status="failed")
    assert "天的查询还没有审计" in browser(officer).get("/admin/").content.decode()


def test_a_report_is_taken_as_a_file_and_that_is_on_record(officer, entries_since):
    run = AuditRun.objects.create(
        day=clock.local().date(), status="done", finished_at=clock.now(), rules={"drip": 1}
    )
    reports.make(run)
    report = run.reports.get(language="zh-hans")
    answer = browser(officer).get(reverse("admin:audit_report", args=[report.ref]))
    assert answer["Content-Type"] == "application/pdf"
    assert bytes.fromhex(answer["X-Custodian-Signature"]) == bytes(report.signature)
    assert "access:audit-report:take" in [json.loads(each.leaf)["what"] for each in entries_since()]
