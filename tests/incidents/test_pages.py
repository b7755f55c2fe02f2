"""The pages of alerts and cases: what is filled in is done, what is wrong is said, and nobody else sees."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from access.models import Approval
from access.vocabulary import Role
from custodian import clock
from incidents import case_admin, triage
from incidents.cases import opening
from incidents.models import Alert, Incident
from records.evidence.stripping import LIMITS
from tests import estate

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_store(settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path / "var"


def signed_in(person: Any) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="zh-hans")
    estate.login(client, person, stepped_up=True)
    return client


@pytest.fixture
def lead() -> Any:
    return estate.user(Role.COMPLIANCE_OFFICER, name="陈静")


@pytest.fixture
def office(lead: Any) -> Client:
    return signed_in(lead)


@pytest.fixture
def alert(lead: Any) -> Alert:
    with estate.acting(lead) as actor:
        return triage.raise_alert("customer", "名单在网上出售", severity="high", actor=actor)[0]


@pytest.fixture
def case(office: Client, alert: Alert, lead: Any) -> Incident:
    said = {"act": "open", "kind": "insider", "title": "卖名单", "aware_at": now()}
    answer = office.post(f"/admin/alert/{alert.ref}/", said)
    assert answer.status_code == 302
    with estate.acting(lead):
        found = Incident.objects.get()
    assert answer.url == f"/admin/incident/{found.code}/"
    return found


def now() -> str:
    return f"{clock.local():%Y-%m-%d %H:%M}"


def act(office: Client, case: Incident, what: str, /, **said: Any) -> Any:
    return office.post(f"/admin/incident/{case.code}/", {"act": what, **said})


def board(office: Client, case: Incident) -> str:
    answer = office.get(f"/admin/incident/{case.code}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_alert_is_opened_as_a_case_and_tells_only_members_which(
    office: Client, case: Incident, alert: Alert
) -> None:
    assert "卖名单" in board(office, case)
    assert case.code in office.get(f"/admin/alert/{alert.ref}/").content.decode()
    other = signed_in(estate.user(Role.COMPLIANCE_OFFICER, name="刘敏"))
    page = other.get(f"/admin/alert/{alert.ref}/").content.decode()
    assert "已立案" in page
    assert case.code not in page
    assert other.get(f"/admin/incident/{case.code}/").status_code == 404
    assert act(other, case, "note", text="x").status_code == 404
    assert "卖名单" not in other.get("/admin/incident/").content.decode()


def test_what_is_wrong_is_said_and_nothing_is_done(office: Client, alert: Alert) -> None:
    tomorrow = f"{clock.local().year + 1}-01-01 00:00"
    for said, words in (
        ({"act": "open", "kind": "insider", "title": "", "aware_at": now()}, "事由：此项必填"),
        ({"act": "open", "kind": "insider", "title": "x", "aware_at": "昨天"}, "时间无法识别"),
        ({"act": "open", "kind": "insider", "title": "x", "aware_at": tomorrow}, "不能晚于现在"),
        ({"act": "dismiss", "why": ""}, "为什么是误报：此项必填"),
        ({"act": "same", "other": "abc"}, "没有这个编号的告警"),
        ({"act": "same", "other": str(alert.ref)[:8]}, "不能与自身"),
        ({"act": "join"}, "请选择事件"),
    ):
        answer = office.post(f"/admin/alert/{alert.ref}/", said)
        assert answer.status_code == 422, said
        assert words in answer.content.decode(), said
    alert.refresh_from_db()
    assert alert.status == "new"


def test_the_board_takes_what_the_group_does(office: Client, case: Incident, lead: Any) -> None:
    second = estate.user(Role.SECURITY_OFFICER, name="孙强")
    with estate.acting(lead):
        task = case.tasks.get(step="secure")
    for name, said in (
        ("note", {"text": "平台已下架"}),
        ("task", {"title": "联系平台", "owner": lead.ref, "due_at": now()}),
        ("give", {"task": task.pk, "owner": lead.ref}),
        ("settle", {"task": task.pk, "status": "done", "note": "已封存"}),
        ("join", {"person": second.ref, "part": "member"}),
        (
            "evidence",
            {"name": "截图", "origin": "客户", "file": SimpleUploadedFile("张三.png", b"x")},
        ),
        ("evidence", {"name": "电脑", "origin": "本人", "place": "保险柜"}),
        ("link", {"thing": "operator", "number": estate.user(Role.AGENT).staff_no}),
        ("affected", {"by": "operator", "about": "A0001"}),
        ("decide", {"decision": "contain", "text": "停止查询权限"}),
        ("times", {"aware_at": now(), "occurred_at": "2026-01-02 03:04", "why": "邮件"}),
    ):
        answer = act(office, case, name, **said)
        assert answer.status_code == 302, (name, answer.content.decode()[-3000:])
    page = board(office, case)
    for words in (
        "平台已下架",
        "联系平台",
        "已封存",
        "孙强",
        "截图",
        "保险柜",
        "待另一名成员复核",
        "01-02 03:04",
    ):
        assert words in page, words
    assert "张三" not in page, "the name of a file may say whose it is"
    assert Approval.objects.waiting().get().kind == "incident-decision"
    assert "保全证据" in page
    office.cookies["django_language"] = "en"
    page = office.get(f"/admin/incident/{case.code}/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "Secure the evidence" in page


def test_what_stands_in_the_way_is_told_at_its_form(office: Client, case: Incident) -> None:
    large = SimpleUploadedFile("x.bin", b"x" * (LIMITS.largest + 1))
    for name, said, status, words in (
        ("handle", {"text": "完成"}, 409, "项任务没有办结"),
        ("note", {"text": ""}, 422, "请写明发生了什么"),
        ("note", {"text": "x", "at": f"{clock.local().year + 1}-01-01"}, 422, "不能晚于现在"),
        ("link", {"thing": "customer", "number": "c-0"}, 422, "没有这个编号"),
        ("evidence", {"name": "x", "origin": "y"}, 422, "两者取一"),
        ("evidence", {"name": "x", "origin": "y", "file": large}, 422, "文件超过 10 MB"),
        (
            "evidence",
            {"name": "x", "origin": "y", "place": "z", "sha256": "12"},
            422,
            "64 个十六进制",
        ),
        ("join", {"person": "", "part": "member"}, 422, "请选择人员"),
    ):
        answer = act(office, case, name, **said)
        assert answer.status_code == status, (name, answer.status_code)
        page = answer.content.decode()
        assert words in page, (name, words)
        assert "error-summary" in page
    assert act(office, case, "nothing").status_code == 302


def test_evidence_comes_out_under_a_neutral_name(office: Client, case: Incident, lead: Any) -> None:
    act(
        office,
        case,
        "evidence",
        name="截图",
        origin="客户",
        file=SimpleUploadedFile("a.png", b"proof"),
    )
    with estate.acting(lead):
        piece = case.evidence.get()
    answer = office.post(f"/admin/incident-evidence/{piece.ref}/")
    assert answer.content == b"proof"
    assert case.code in answer["Content-Disposition"]
    assert "a.png" not in answer["Content-Disposition"]
    assert office.post(f"/admin/incident-evidence/{piece.ref}/check/").status_code == 302
    page = board(office, case)
    assert "取出阅看" in page
    assert "指纹相符" in page
    other = signed_in(estate.user(Role.COMPLIANCE_OFFICER, name="刘敏"))
    assert other.post(f"/admin/incident-evidence/{piece.ref}/").status_code == 404


def test_whoever_works_in_the_back_office_reports(office: Client) -> None:
    admin = signed_in(estate.user(Role.ADMINISTRATOR, name="吴刚"))
    said = {"source": "staff", "severity": "high", "summary": "笔记本电脑遗失"}
    assert admin.post("/admin/alert/new/", said).status_code == 302
    assert "笔记本电脑遗失" in office.get("/admin/incidents/alert/").content.decode()
    assert admin.post("/admin/alert/new/", {**said, "summary": ""}).status_code == 422
    assert admin.get(f"/admin/alert/{Alert.objects.get().ref}/").status_code == 403


def test_the_menu_tells_what_waits(office: Client, case: Incident, lead: Any) -> None:
    """Nothing to somebody outside: a number would say that there is a case."""
    with estate.acting(lead):
        waiting = case.tasks.count()
    assert f">{waiting}<" in menu(office)
    other = signed_in(estate.user(Role.COMPLIANCE_OFFICER, name="刘敏"))
    assert f">{waiting}<" not in menu(other)


def menu(office: Client) -> str:
    page = office.get("/admin/").content.decode()
    start = page.index("事件处置")
    return page[start : page.index("泄露溯源", start)]


def test_the_list_of_cases_pages(
    office: Client, case: Incident, lead: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with estate.acting(lead) as actor:
        other = opening.open_case(
            kind="insider", title="另一件", occurred_at=None, aware_at=clock.now(), alerts=[],
            actor=actor,
        )  # fmt: skip
    monkeypatch.setattr(case_admin, "SHOWN", 1)
    first = office.get("/admin/incident/").content.decode()
    assert f"/admin/incident/{other.code}/" in first
    assert 'href="?page=2"' in first
    second = office.get("/admin/incident/?page=2").content.decode()
    assert f'href="/admin/incident/{case.code}/"' in second
    assert 'href="?page=1"' in second
