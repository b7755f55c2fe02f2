"""Tracing in the back office: uploaded sealed, answered with its arithmetic, and the file gone with its key."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from access.vocabulary import Role
from custodian.jobs import JobStatus
from incidents.models import LeakTrace
from incidents.tracing import jobs
from records import leaked_files
from records.importing import store
from records.models import ImportFile
from tests import estate
from tests.sequencer.trees import Place
from tests.tracing import made
from tests.tracing.insurer import Insurer, mobile

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/admin/leak-tracing/"


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.VAR = tmp_path / "var"


@pytest.fixture
def insurer(tmp_path):
    world = Insurer()
    world.look(world.insider, range(34))
    world.look(world.colleague, range(20, 60))
    Place.make(tmp_path / "log").seal()
    return world


@pytest.fixture
def officer():
    return estate.user(Role.COMPLIANCE_OFFICER, name="陈静")


@pytest.fixture
def office(client, officer):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-hans"
    return estate.login(client, officer, stepped_up=True)


def posted(office, content: bytes, *, name="名单.csv", **said):
    body = {
        "files": SimpleUploadedFile(name, content),
        "label": "网上的名单",
        "reason": "举报",
        **said,
    }
    return office.post(PAGE, body)


LIST = "\n".join(["姓名,电话", *(f"某,{mobile(each)}" for each in range(30))]).encode()


def keys() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM keys.data_key")
        return int(cursor.fetchone()[0])


def files_of() -> list[str]:
    folder = store.path_of("x").parent
    return [each.name for each in folder.iterdir() if each.is_file()]


def test_an_uploaded_list_is_traced_and_goes_with_its_key(office, insurer):
    before = keys()
    assert posted(office, LIST).status_code == 302
    job = LeakTrace.objects.get()
    assert job.file is not None
    assert not [
        each for each in files_of() if mobile(3).encode() in store.path_of(each).read_bytes()
    ]
    assert keys() == before + 1
    jobs.work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.file, job.total) == (JobStatus.DONE, None, 31)
    assert (ImportFile.objects.count(), files_of()) == (0, [])
    assert keys() == before

    text = office.get(f"{PAGE}{job.ref}/").content.decode()
    for said in ("网上的名单", "赵某", "强", "30 ÷ 30 = 100.0%", "30 ÷ 34", "可能合谋", "不是定论"):
        assert said in text
    assert mobile(3) not in text
    assert "何某" in office.get(f"{PAGE}{job.ref}/?n=2").content.decode()
    assert office.get(f"{PAGE}{job.ref}/?n=99").status_code == 200


def test_what_is_no_table_is_refused_and_goes_too(office, insurer):
    posted(office, b"%PDF-1.7 nothing", name="x.xlsx")
    job = LeakTrace.objects.get()
    jobs.work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.file) == (JobStatus.REFUSED, None)
    assert (ImportFile.objects.count(), files_of()) == (0, [])
    assert "文件" in office.get(f"{PAGE}{job.ref}/").content.decode()


def test_a_job_that_failed_keeps_its_file_sealed_and_is_tried_again(office, insurer, monkeypatch):
    posted(office, LIST)
    job = LeakTrace.objects.get()

    def broken(_source):
        raise RuntimeError(mobile(3))

    with monkeypatch.context() as patch:
        patch.setattr(leaked_files, "read_source", broken)
        with pytest.raises(RuntimeError):
            jobs.work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.note) == (JobStatus.FAILED, "RuntimeError")
    assert office.post(f"{PAGE}{job.ref}/").status_code == 302
    jobs.work(job.pk)
    job.refresh_from_db()
    assert job.status == JobStatus.DONE


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"label": ""}, "请写明名单从哪里来"),
        ({"reason": ""}, "请写明理由"),
        ({"since": "2999-01-01"}, "起日在今天之后"),
        ({"since": "2026-03-02", "until": "2026-03-01"}, "止日早于起日"),
    ],
)
def test_a_form_that_is_wrong_says_what_to_do(office, wrong, says):
    page = posted(office, LIST, **wrong)
    assert page.status_code == 422
    assert says in page.content.decode()
    assert not LeakTrace.objects.exists()


def test_nobody_else_comes_in(client, insurer):
    for role in (Role.AGENT, Role.AUDITOR, Role.ADMINISTRATOR):
        visitor = estate.login(client, estate.user(role), stepped_up=True)
        assert visitor.get(PAGE).status_code == 403
        assert posted(visitor, LIST).status_code == 403
    assert not ImportFile.objects.exists()


def test_the_answer_holds_no_value_of_the_list(insurer, officer):
    job = made.traced([f"某,{mobile(each)}" for each in range(30)], by=officer)
    held = str(job.answer)
    assert not [each for each in range(30) if mobile(each) in held]
