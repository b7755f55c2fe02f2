"""The officer's import: upload, columns, rehearsal, import, and a row put right on its page."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from access import scopes
from access.vocabulary import Role
from custodian.jobs import JobStatus
from records import tasks
from records.importing import engine
from records.models import Customer, ImportFile, ImportRun, Policy, QuarantinedRow
from tests import estate
from tests.importing import books

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = (
    "客户号,姓名,手机号码,银行账号\n"
    "K1,张三丰金丝雀,13912345678,6222020000006217\n"
    "K2,李四海,1391234567,\n"
)
POLICIES = "保单号,投保人客户号,产品代码,生效日期,保单状态\nP1,K2,T1,2020-01-01,有效\n"


@pytest.fixture(autouse=True)
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that is at once at it, in the place of Celery."""
    monkeypatch.setattr(tasks.run_import, "delay", engine.work)


@pytest.fixture
def officer() -> Client:
    books.unit()
    books.book()
    return estate.login(Client(), estate.user(Role.COMPLIANCE_OFFICER), stepped_up=True)


def test_a_file_goes_from_upload_to_report(officer: Client) -> None:
    run = proposed(officer, PEOPLE)
    page = officer.get(reverse("admin:import_columns", args=[run.ref])).content.decode()
    assert "表头一致" in page
    assert "K1" not in page

    rehearsal = checked(officer, run)
    assert (rehearsal.kept, rehearsal.reasons) == (1, {"mobile-shape": 1})
    assert not QuarantinedRow.objects.exists()
    with scopes.acting(estate.system()):
        assert not Customer.objects.exists()

    response = officer.post(reverse("admin:import_run", args=[run.ref]))
    real = ImportRun.objects.get(dry_run=False)
    assert response["Location"] == reverse("admin:import_run", args=[real.ref])
    report = officer.get(response["Location"]).content.decode()
    assert "手机号码应为" in report
    assert (real.kept, real.quarantined) == (1, 1)
    with scopes.acting(estate.system()):
        assert Customer.objects.count() == 1


def test_columns_follow_what_the_officer_confirms(officer: Client) -> None:
    run = proposed(officer, "甲,乙\n张三丰,13912345678\n")
    response = officer.post(columns_of(run), {"s0c0": "identity.name", "s0c1": "identity.name"})
    assert response.status_code == 422
    assert "一项只能对应一列" in response.content.decode()
    officer.post(columns_of(run), {"s0c0": "identity.name", "s0c1": "identity.mobile"})
    run.refresh_from_db()
    assert (run.status, run.kept) == (JobStatus.DONE, 1)


def test_a_proposed_import_can_be_withdrawn_with_its_files(officer: Client) -> None:
    run = proposed(officer, PEOPLE)
    kept = set((settings.VAR / "store").iterdir())
    officer.post(columns_of(run), {"act": "discard"})
    assert not ImportRun.objects.exists()
    assert not ImportFile.objects.exists()
    assert len(set((settings.VAR / "store").iterdir())) == len(kept) - 1


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xlsm", b"PK\x03\x04 nothing", "重新导出"),
        ("a.csv", b"\x00\x01\x02" * 50, "空字节"),
        ("a.exe", b"MZ", "只接受"),
        ("a.csv", b"name," * 600 + b"\n1\n", "列数过多"),
    ],
)
def test_a_hostile_upload_is_refused_with_its_reason_and_not_kept(
    officer: Client, name: str, content: bytes, words: str
) -> None:
    response = upload(officer, (name, content))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not ImportFile.objects.exists()


def test_an_empty_upload_says_what_to_do(officer: Client) -> None:
    response = officer.post(reverse("admin:import_upload"), {"book": books.book().pk})
    assert response.status_code == 422
    assert "请选择要导入的文件" in response.content.decode()


def test_nothing_of_an_upload_lies_on_disk_in_clear(officer: Client) -> None:
    upload(officer, ("金丝雀.csv", PEOPLE.encode()))
    files = [path for path in Path(settings.VAR / "store").iterdir() if path.is_file()]
    assert files
    for path in files:
        assert path.stat().st_mode & 0o077 == 0
        assert "金丝雀".encode() not in path.read_bytes()
    assert "金丝雀".encode() not in bytes(ImportFile.objects.get().name_sealed)


def test_nobody_else_can_leave_a_file_behind() -> None:
    books.unit()
    for client in (Client(), estate.login(Client(), estate.user(Role.AGENT))):
        for url in (reverse("admin:import_upload"), "/"):
            client.post(url, {"files": io.BytesIO(b"a,b\n1,2\n")})
    assert not ImportFile.objects.exists()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SECURITY_OFFICER, Role.ADMINISTRATOR])
def test_only_an_officer_imports(role: Role) -> None:
    client = estate.login(Client(), estate.user(role))
    assert client.get(reverse("admin:import_upload")).status_code == 403


def test_a_row_is_opened_put_right_and_imported(officer: Client, entries_since) -> None:
    row = set_aside(officer, PEOPLE)
    url = reverse("admin:quarantine_row", args=[row.ref])
    closed = officer.get(url).content.decode()
    assert "1391234567" not in closed
    opened = officer.post(url, {"act": "open"}).content.decode()
    assert "1391234567" in opened
    assert opened.index("手机号码应为") < opened.index('value="1391234567"')
    assert [e.act for e in entries_since() if "quarantine:read" in e.leaf] == ["reveal"]

    still = officer.post(url, {"act": "fix", **cells("K2", "李四海", "139", "")})
    assert still.status_code == 422
    assert "仍不能导入" in still.content.decode()
    row.refresh_from_db()
    assert row.status == QuarantinedRow.Status.OPEN

    assert (
        officer.post(url, {"act": "fix", **cells("K2", "李四海", "13912345670", "")}).status_code
        == 302
    )
    row.refresh_from_db()
    assert row.status == QuarantinedRow.Status.FIXED
    with scopes.acting(estate.system()):
        assert Customer.objects.count() == 2


def test_a_policy_comes_in_once_its_holder_is_put_right(officer: Client) -> None:
    set_aside(officer, PEOPLE, POLICIES)
    holder = QuarantinedRow.objects.get(kind="customer")
    policy = QuarantinedRow.objects.get(kind="policy")
    again = {"act": "fix", **cells("P1", "K2", "T1", "2020-01-01", "有效")}
    url = reverse("admin:quarantine_row", args=[policy.ref])
    waiting = officer.post(url, again)
    assert "投保人还在隔离区" in waiting.content.decode()
    officer.post(
        reverse("admin:quarantine_row", args=[holder.ref]),
        {"act": "fix", **cells("K2", "李四海", "13912345670", "")},
    )
    assert officer.post(url, again).status_code == 302
    with scopes.acting(estate.system()):
        assert Policy.objects.count() == 1


def test_a_row_is_dropped_only_with_a_reason_and_a_confirmation(officer: Client) -> None:
    row = set_aside(officer, PEOPLE)
    url = reverse("admin:quarantine_row", args=[row.ref])
    assert officer.post(url, {"act": "drop", "reason": "重复客户"}).status_code == 422
    assert (
        officer.post(url, {"act": "drop", "reason": "重复客户", "confirmed": "on"}).status_code
        == 302
    )
    row.refresh_from_db()
    assert row.status == QuarantinedRow.Status.DROPPED
    run = proposed(officer, PEOPLE)
    assert checked(officer, run).reasons == {}  # decided: it is not set aside a second time


def test_a_row_opens_only_after_a_fresh_second_factor(officer: Client) -> None:
    row = set_aside(officer, PEOPLE)
    stale = estate.login(Client(), estate.user(Role.COMPLIANCE_OFFICER))
    response = stale.post(reverse("admin:quarantine_row", args=[row.ref]), {"act": "open"})
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("step_up"))


def test_a_watcher_reads_why_but_neither_opens_nor_changes(officer: Client) -> None:
    row = set_aside(officer, PEOPLE)
    auditor = estate.login(Client(), estate.user(Role.AUDITOR), stepped_up=True)
    url = reverse("admin:quarantine_row", args=[row.ref])
    assert "手机号码应为" in auditor.get(url).content.decode()
    assert auditor.post(url, {"act": "open"}).status_code == 403
    assert (
        auditor.post(url, {"act": "drop", "reason": "重复客户", "confirmed": "on"}).status_code
        == 403
    )
    row.refresh_from_db()
    assert row.status == QuarantinedRow.Status.OPEN


def upload(client: Client, *files: tuple[str, bytes]):
    return client.post(
        reverse("admin:import_upload"),
        {
            "book": books.book().pk,
            "files": [SimpleUploadedFile(name, content) for name, content in files],
        },
    )


def proposed(client: Client, *texts: str) -> ImportRun:
    response = upload(
        client, *[(f"{number}.csv", text.encode()) for number, text in enumerate(texts)]
    )
    assert response.status_code == 302, response.content.decode()
    ref = re.search(r"[0-9a-f-]{36}", response["Location"])
    assert ref
    return ImportRun.objects.get(ref=ref[0])


def checked(client: Client, run: ImportRun) -> ImportRun:
    """Confirm the columns as they were recognised."""
    page = client.get(columns_of(run)).content.decode()
    chosen = {
        name: value[0] if (value := re.findall(r'value="([^"]*)" selected', options)) else ""
        for name, options in re.findall(
            r'<select name="(s\dc\d+)".*?>(.*?)</select>', page, re.DOTALL
        )
    }
    assert any(chosen.values())
    assert client.post(columns_of(run), chosen).status_code == 302
    run.refresh_from_db()
    assert run.status == JobStatus.DONE
    return run


def set_aside(client: Client, *texts: str) -> QuarantinedRow:
    run = checked(client, proposed(client, *texts))
    client.post(reverse("admin:import_run", args=[run.ref]))
    row = QuarantinedRow.objects.order_by("pk").first()
    assert row
    return row


def columns_of(run: ImportRun) -> str:
    return reverse("admin:import_columns", args=[run.ref])


def cells(*values: str) -> dict[str, str]:
    return {f"c{number}": value for number, value in enumerate(values)}
