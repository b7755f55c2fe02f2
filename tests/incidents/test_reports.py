"""Reports to authorities: facts that nobody types, two people, frozen when approved, filed once."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client

from access import approvals, gate, rechecking
from access.actions import Action
from access.models import Approval, Entry, Finding
from access.vocabulary import Role
from custodian import clock
from incidents.cases import clocks, group, opening
from incidents.cases.standing import Observes
from incidents.models import IncidentReport, TimelineEntry
from incidents.reports import filing, papers, printing, writing
from tests import estate, pdfs
from tests.incidents.test_clocks import HOUR, Office
from transfers import signed

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = "CN-NFRA-2H"
WORDS = {
    "happened": {"zh": "代理人把名单卖给他人。", "en": "An agent sold a list."},
    "discovery": {"zh": "客户来电反映。"},
    "taken": {"zh": "已停止其查询权限。"},
    "contact": {"zh": "合规部，0516-8000000"},
}


class Reporting(Office):
    """A case with a list of who is hit, and its reports."""

    def begin(self, rule: str = FIRST) -> IncidentReport:
        with estate.acting(self.lead) as actor:
            return writing.begin(self.case, rule, actor=actor)

    def put_up(self, report: IncidentReport, words: Any = WORDS) -> Approval:
        with estate.acting(self.lead) as actor:
            writing.write(report, words, actor=actor)
            return writing.submit(report, actor=actor)

    def approved(self, rule: str = FIRST) -> IncidentReport:
        report = self.begin(rule)
        self.approve(self.put_up(report), self.second)
        with estate.acting(self.lead):
            report.refresh_from_db()
        return report

    def file(self, report: IncidentReport, **said: Any) -> None:
        terms = {"at": None, "channel": "监管报送平台", "reference": "R-1", "why_late": "", **said}
        with estate.acting(self.lead) as actor:
            filing.file(report, **terms, actor=actor)


@pytest.fixture
def office() -> Reporting:
    return Reporting()


def test_facts_are_put_in_by_the_system_and_unknown_is_said(office: Reporting) -> None:
    report = office.begin()
    with estate.acting(office.lead):
        before = papers.content(report)["facts"]
    assert before["people"]["customers"] is None
    assert before["assessment"] is None
    assert before["times"]["occurred"] is None
    office.listed(1200)
    office.listed(300)
    office.assess(severity="major", level="major")
    with estate.acting(office.lead):
        after = papers.content(report)["facts"]
    assert after["people"]["customers"] == 1200, "the largest: lists overlap"
    assert {each["code"]: each["clear"] for each in after["elements"]}["identity.name"] == 9
    assert after["assessment"]["severity"] == "major"


def test_a_report_is_approved_by_another_and_changes_no_more(office: Reporting) -> None:
    report = office.begin()
    with estate.acting(office.lead) as actor, pytest.raises(writing.Incomplete, match="联系人"):
        writing.submit(report, actor=actor)
    approval = office.put_up(report)
    with estate.acting(office.lead) as actor, pytest.raises(writing.NotInWork):
        writing.write(report, {}, actor=actor)
    with pytest.raises(gate.Refused):
        office.approve(approval, office.lead)
    office.approve(approval, office.second)
    with estate.acting(office.lead) as actor:
        report.refresh_from_db()
        assert report.stage == "approved"
        assert json.loads(report.body)["words"] == WORDS
        with pytest.raises(writing.NotInWork):
            writing.write(report, {}, actor=actor)
        for change in ({"words": {}}, {"body": "{}"}, {"stage": "draft"}, {"number": 9}):
            with pytest.raises(DatabaseError, match="kept as it was"), transaction.atomic():
                IncidentReport.objects.filter(pk=report.pk).update(**change)


def test_facts_that_changed_since_hold_the_approval_up(office: Reporting) -> None:
    report = office.begin()
    approval = office.put_up(report)
    office.listed(50)
    with pytest.raises(writing.FactsChanged, match="受影响客户、信息项"):
        office.approve(approval, office.second)
    with estate.acting(office.second, stepped_up=True) as actor:
        approval.refresh_from_db()
        approvals.send_back(approval, seen=approval.digest, note="名单已有", actor=actor)
    with estate.acting(office.lead) as actor:
        report.refresh_from_db()
        assert (report.stage, report.body) == ("returned", "")
    page = signed_in(office.lead).get(f"/admin/incident-report/{report.ref}/").content.decode()
    assert "名单已有" in page
    with estate.acting(office.lead) as actor:
        again = writing.submit(report, actor=actor)
    office.approve(again, office.second)
    with estate.acting(office.lead):
        report.refresh_from_db()
        assert json.loads(report.body)["facts"]["people"]["customers"] == 50


def test_what_somebody_wrote_into_the_database_is_neither_approved_nor_shown(
    office: Reporting,
) -> None:
    report = office.begin()
    approval = office.put_up(report)
    assert rechecking.carry_out() == 0
    with estate.acting(office.lead):
        body = report.body.replace("代理人", "陌生人")
        assert body != report.body
        IncidentReport.objects.filter(pk=report.pk).update(body=body)
    with pytest.raises(papers.Altered):
        office.approve(approval, office.second)
    assert rechecking.carry_out() == 1
    assert "监管报告" in Finding.objects.get(kind=rechecking.KIND).words
    page = signed_in(office.lead).get(f"/admin/incident-report/{report.ref}/").content.decode()
    assert "与复核通过的不一致" in page
    assert "由系统填入的事实" in page


def test_filing_meets_the_clock_once_and_stands_on_the_timeline(office: Reporting) -> None:
    report = office.begin()
    with pytest.raises(filing.NotApproved):
        office.file(report)
    office.approve(office.put_up(report), office.second)
    with pytest.raises(filing.BeforeApproval):
        office.file(report, at=clock.now() - HOUR / 2)
    office.file(report)
    row = office.rows()[FIRST]
    assert (row.reference, report.met, report.clock_id) == ("R-1", "clock", row.pk)
    assert row.stopped_at == report.filed_at
    with estate.acting(office.lead):
        told = [each for each in office.case.timeline.all() if "met" in each.facts]
    assert [(each.what, each.facts["version"]) for each in told] == [("reported", 1)]
    with pytest.raises(filing.Filed):
        office.file(report)
    with estate.acting(office.lead), pytest.raises(DatabaseError, match="kept as it was"):
        IncidentReport.objects.filter(pk=report.pk).update(reference="R-2")


def test_what_is_late_owes_its_reason_and_nothing_is_half_filed() -> None:
    office = Reporting(aware_at=clock.now() - 5 * HOUR)
    report = office.approved()
    with pytest.raises(clocks.OwesReason):
        office.file(report)
    with estate.acting(office.lead):
        report.refresh_from_db()
        assert report.stage == "approved"
        assert not TimelineEntry.objects.filter(facts__has_key="met").exists()
    office.file(report, why_late="夜间发现")
    assert office.rows()[FIRST].why_late == "夜间发现"


def test_a_clock_that_was_met_by_hand_and_a_correction_say_so(office: Reporting) -> None:
    office.report(FIRST, reference="电话")
    first = office.approved()
    office.file(first)
    assert first.met == "by_hand"
    second = office.approved()
    assert (second.number, second.words) == (2, WORDS), "the last version's words are carried over"
    office.file(second, reference="R-2")
    assert second.met == "earlier"
    assert office.rows()[FIRST].reference == "电话"


def test_telling_the_authority_alone_does_not_meet_a_clock_that_is_about_people_too(
    office: Reporting,
) -> None:
    report = office.begin("CN-PIPL-57")
    words = {**WORDS, "harm": {"zh": "可能被用于电话诈骗。"}}
    office.approve(office.put_up(report, words), office.second)
    office.file(report)
    assert report.met == "together"
    assert office.rows()["CN-PIPL-57"].stopped_at is None


def test_an_older_version_is_not_filed_beside_a_newer_one(office: Reporting) -> None:
    first = office.approved()
    second = office.begin()
    with pytest.raises(writing.InWork):
        office.begin()
    office.approve(office.put_up(second), office.second)
    with pytest.raises(filing.Replaced):
        office.file(first)
    office.file(second)


def test_a_report_of_what_repeats_answers_the_clock_that_runs(office: Reporting) -> None:
    with pytest.raises(writing.NotOwed):
        office.begin("CN-PBOC-2H")
    office.assess(severity="critical")
    words = {**WORDS, "planned": {"zh": "继续排查。"}}
    for number in (1, 2):
        report = office.begin("CN-NFRA-2HREP")
        office.approve(office.put_up(report, words), office.second)
        office.file(report)
        with estate.acting(office.lead):
            answered = office.case.clocks.get(pk=report.clock_id)
        assert (report.number, answered.number) == (number, number)


def test_only_members_see_reports_and_observers_write_none(office: Reporting) -> None:
    report = office.begin()
    outside = estate.user(Role.COMPLIANCE_OFFICER, name="刘敏")
    auditor = estate.user(Role.AUDITOR, name="钱进")
    with estate.acting(office.lead) as actor:
        group.let_in(office.case, auditor, "observer", actor=actor)
    with estate.acting(auditor) as actor, pytest.raises(Observes):
        writing.write(report, WORDS, actor=actor)
    with estate.acting(outside):
        assert not IncidentReport.objects.exists()
    with estate.acting(office.second):
        assert IncidentReport.objects.count() == 1


def test_the_signed_file_is_refused_after_one_changed_figure(
    office: Reporting, tmp_path: Path
) -> None:
    office.listed(1200)
    report = office.approved()
    with estate.acting(office.lead):
        content = papers.sign(report)
        said = papers.read(content)
        assert papers.freeze(said)[1] == report.digest
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_bytes(content)
    bad.write_bytes(content.replace(b"1200", b"1100"))
    assert good.read_bytes() != bad.read_bytes()
    call_command("check_incident_report", good)
    with pytest.raises(signed.BadPaper):
        papers.read(bad.read_bytes())
    with pytest.raises(CommandError, match="不符"):
        call_command("check_incident_report", bad)


def test_the_printed_report_says_both_languages_sources_and_its_fingerprint(
    office: Reporting,
) -> None:
    report = office.begin()
    with estate.acting(office.lead) as actor:
        writing.write(report, WORDS, actor=actor)
        draft = pdfs.text(printing.page(report))
        with pytest.raises(papers.NotFrozen):
            papers.sign(report)
    assert "草稿" in draft
    assert "尚不清楚" in draft
    office.listed(1200)
    office.approve(office.put_up(report), office.second)
    with estate.acting(office.lead):
        report.refresh_from_db()
        pages = pdfs.pages(printing.page(report))
    whole = "\n".join(pages)
    assert len(pages) >= 2
    assert all(report.digest in each and "1" in each for each in pages)
    for words in ("1,200", "代理人把名单卖给他人", "An agent sold a list", "SHA-256"):
        assert words in whole, words
    assert "草稿" not in whole


def signed_in(person: Any) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="zh-hans")
    estate.login(client, person, stepped_up=True)
    return client


def test_the_pages_take_a_report_from_draft_to_filed(office: Reporting) -> None:
    client, second = signed_in(office.lead), signed_in(office.second)
    place = f"/admin/incident/{office.case.code}/reports/"
    page = client.get(place).content.decode()
    for words in ("首次报告", "书面报告", "金融监管总局", "还没有起草"):
        assert words in page
    answer = client.post(place, {"rule": FIRST})
    assert answer.status_code == 302
    here = answer.url
    refused = client.post(place, {"rule": FIRST}, follow=True).content.decode()
    assert "已有一个版本在办" in refused
    said = {f"{name}_{each}": text for name, texts in WORDS.items() for each, text in texts.items()}
    answer = client.post(here, {**said, "act": "submit", "contact_zh": ""})
    assert answer.status_code == 422
    assert "还没有写：联系人和联系方式" in answer.content.decode()
    assert client.post(here, {**said, "act": "submit"}).status_code == 302
    assert client.post(here, {"act": "withdraw"}).status_code == 302
    assert client.post(here, {**said, "act": "submit"}).status_code == 302
    with estate.acting(office.lead):
        approval = Approval.objects.waiting().get()
    url = f"/admin/approvals/{approval.ref}/"
    seen = second.get(url).content.decode()
    assert "数据安全事件首次报告 第 1 版" in seen
    assert second.post(url, {"act": "approve", "digest": approval.digest}).status_code == 302
    assert client.post(here, {"act": "file", "channel": ""}).status_code == 422
    answer = client.post(here, {"act": "file", "channel": "报送平台", "at": "2020-01-01 00:00"})
    assert answer.status_code == 422
    assert "早于复核通过的时间" in answer.content.decode()
    assert client.post(here, {"act": "file", "channel": "报送平台"}).status_code == 302
    page = client.get(here).content.decode()
    assert "随报送办结" in page
    assert "登记已报送" not in page
    board = client.get(f"/admin/incident/{office.case.code}/").content.decode()
    assert "报告已报送" in board
    office.listed(1200)
    later = client.post(place, {"rule": FIRST}).url
    page = client.get(later).content.decode()
    assert "受影响客户：<del>尚不清楚</del> → <ins>1,200</ins>" in page
    client.post(later, {**said, "act": "write", "taken_zh": "已停止其查询权限和登录。"})
    assert "和登录</ins>" in client.get(later).content.decode().replace(
        '<span class="visually-hidden">（新增：</span>', ""
    ).replace('<span class="visually-hidden">新增完）</span>', "")
    assert client.post(f"{here}pdf/").content.startswith(b"%PDF")
    assert json.loads(client.post(f"{here}json/").content)["format"] == papers.FORMAT
    read = [json.loads(each).get("what") for each in Entry.objects.values_list("leaf", flat=True)]
    assert read.count(Action.INCIDENT_REPORT_READ) == 2
    other = signed_in(estate.user(Role.COMPLIANCE_OFFICER, name="刘敏"))
    for address in (place, here):
        assert other.get(address).status_code == 404
    for address in (f"{here}pdf/", f"{here}json/"):
        assert other.post(address).status_code == 404


def test_the_page_of_approvals_says_what_to_do_when_facts_changed(office: Reporting) -> None:
    approval = office.put_up(office.begin())
    earlier = office.case.aware_at - timedelta(minutes=30)
    with estate.acting(office.lead) as actor:
        opening.settle_times(
            office.case, occurred_at=None, aware_at=earlier, why="邮件", actor=actor
        )
    second = signed_in(office.second)
    url = f"/admin/approvals/{approval.ref}/"
    answer = second.post(url, {"act": "approve", "digest": approval.digest})
    assert answer.status_code == 409
    assert "案情有变（时间认定）" in answer.content.decode()
