"""The register of storage places: looked at every night, in somebody's charge, destroyed by two people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from access import actors, approvals, gate, scopes
from access.models import Approval, Finding
from access.vocabulary import Role
from custodian import clock
from custodian.backup import probing
from custodian.jobs import JobStatus
from records.models import Disposal, Inspection, ScrubRun, StoragePlace
from records.storage import disposals, inspecting, places, probes
from records.storage.pages import broken_off, overdue
from records.storage.places import Terms
from records.storage.probes import Probe, Result
from records.tasks import keep_storage
from tests import estate

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 29, 19, 0, tzinfo=UTC)  # three in the morning of the 30th in the office
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.VAR = tmp_path
    settings.CUSTODIAN_DISK_WARN = 0  # whatever the machine of the tests has left
    settings.CUSTODIAN_DISK_URGENT = 0


@pytest.fixture
def officer():
    return estate.user(Role.COMPLIANCE_OFFICER)


@pytest.fixture
def medium(officer):
    with estate.acting(officer) as actor:
        return places.add(
            Terms(
                kind="medium", name="备份硬盘 3 号", location="保险柜", holds="数据备份",
                owner=officer, unit=None, since=clock.local().date(), interval_days=30,
            ),
            actor=actor,
        )  # fmt: skip


def at_night(days: int = 0) -> int:
    with clock.at(NIGHT + days * DAY):
        return inspecting.carry_out()


def open_findings() -> list[Finding]:
    return list(Finding.objects.filter(kind=inspecting.KIND, status=Finding.Status.OPEN))


def test_the_own_places_are_looked_at_once_a_night():
    assert at_night() == 5
    assert at_night() == 0
    assert at_night(1) == 5
    with clock.at(NIGHT + timedelta(hours=-2)):
        assert inspecting.carry_out() == 0, "not before the hour"
    database = StoragePlace.objects.get(code="database")
    seen = database.inspections.all()[0]
    assert (seen.result, seen.by) == (Inspection.Result.OK, None)
    name, facts, ok = seen.looks[0]
    assert ok
    assert facts["bytes"] > 1_000_000
    assert "可连接" in inspecting.look_words(name, facts)


def test_no_backup_is_one_finding_until_a_probe_says_otherwise():
    at_night()
    at_night(1)
    (finding,) = open_findings()
    assert finding.severity == Finding.Severity.MEDIUM
    assert "还没有设置备份" in finding.words
    finding.status, finding.verdict, finding.decided_at = "closed", "warning", clock.now()
    finding.save()
    young = Probe("backup", "backups", "备份", lambda: Result(ok=True), lambda _facts: "有")
    try:
        probes.register(young)
        at_night(2)
        assert open_findings() == []
        probes.register(
            Probe(
                "backup", "backups", "备份",
                lambda: Result(ok=False, facts={"days": 9}, severity=Finding.Severity.URGENT),
                lambda facts: f"{facts['days']} 天没有备份",
            )
        )  # fmt: skip
        at_night(3)
        (finding,) = open_findings()
        assert "9 天没有备份" in finding.words
        assert finding.severity == Finding.Severity.URGENT
    finally:
        probing.register()


def test_a_probe_that_fails_is_a_fault_and_keeps_nobody_from_the_others():
    def broken() -> Result:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        return Result(ok=True)

    probes.register(Probe("broken", "database", "坏", broken, lambda _facts: "坏"))
    try:
        assert at_night() == 5
    finally:
        probes.forget("broken")
    newest = places.newest_inspection(StoragePlace.objects.get(code="database"))
    assert newest is not None
    assert newest.result == Inspection.Result.FAULT
    assert any("DataError" in finding.words for finding in open_findings())


@pytest.mark.parametrize(
    ("warn", "urgent", "severity"), [(101, 0, "high"), (101, 101, "urgent"), (0, 0, None)]
)
def test_a_full_disk_is_told_by_its_threshold(warn, urgent, severity, settings, tmp_path):
    settings.CUSTODIAN_DISK_WARN, settings.CUSTODIAN_DISK_URGENT = warn, urgent
    seen = probes.disk(tmp_path / "not" / "there")
    assert seen.ok is (severity is None)
    assert severity in (None, seen.severity)
    assert 0 <= seen.facts["free"] <= 100


def test_the_clock_looks_at_places_too():
    with clock.at(NIGHT):
        keep_storage()
    assert Inspection.objects.count() == 5


def test_overdue_is_a_headline_for_who_can_do_something(medium, officer):
    assert heading(officer, overdue) is None
    at_night()
    with clock.at(NIGHT + 40 * DAY):
        assert len(places.overdue()) == 6
        told = heading(officer, overdue)
        assert told is not None
        assert "6" in str(told.sentence)
        assert heading(estate.user(Role.AUDITOR), overdue) is None
        at_night(40)
        assert [each.pk for each in places.overdue()] == [medium.pk]
        with estate.acting(officer) as actor:
            places.inspect(
                medium, result="ok", looked_at="封条", note="", actor=actor,
                next_due=clock.local().date() + 30 * DAY,
            )  # fmt: skip
        assert places.overdue() == []


def test_a_scrub_that_broke_off_is_a_headline(officer):
    run = ScrubRun.objects.create(kind="full", status=JobStatus.FAILED, note="OSError")
    assert heading(officer, broken_off) is not None
    ScrubRun.objects.create(kind="sample", status=JobStatus.DONE)
    assert heading(officer, broken_off) is None
    assert str(run) != ""


def heading(person, headline):
    with estate.acting(person) as actor:
        return headline(SimpleNamespace(actor=actor))


def test_a_medium_is_disposed_of_by_two_people(medium, officer):
    with estate.acting(officer) as actor:
        with pytest.raises(disposals.NoProof):
            propose(medium, actor, certificate="")
        asked = propose(medium, actor)
        with pytest.raises(disposals.DisposalPending):
            propose(medium, actor)
    with estate.acting(officer, stepped_up=True) as actor, pytest.raises(gate.Refused):
        approvals.approve(asked.approval, seen=asked.approval.digest, actor=actor)
    witness = estate.user(Role.SECURITY_OFFICER)
    with estate.acting(witness, stepped_up=True) as actor:
        assert approvals.approve(asked.approval, seen=asked.approval.digest, actor=actor)
    asked.refresh_from_db()
    medium.refresh_from_db()
    assert asked.witness == witness
    assert medium.disposed_at is not None
    with estate.acting(officer) as actor, pytest.raises(places.OutOfUse):
        places.maintain(medium, what="?", done_on=clock.local().date(), actor=actor)


def test_a_disposal_edited_after_it_was_shown_is_not_approved(medium, officer):
    with estate.acting(officer) as actor:
        asked = propose(medium, actor)
    Disposal.objects.filter(pk=asked.pk).update(certificate="X-2")
    with (
        estate.acting(estate.user(Role.SECURITY_OFFICER), stepped_up=True) as actor,
        pytest.raises(approvals.ContentChanged),
    ):
        approvals.approve(asked.approval, seen=asked.approval.digest, actor=actor)
    medium.refresh_from_db()
    assert medium.disposed_at is None


def test_what_is_no_medium_is_never_disposed_of(officer):
    database = StoragePlace.objects.get(code="database")
    with estate.acting(officer) as actor, pytest.raises(places.OutOfUse):
        propose(database, actor)


@pytest.mark.parametrize("proof", ["12ab", "AB" * 32, "g" * 64, "ab" * 16])
def test_what_cannot_be_the_hash_of_a_file_proves_nothing(officer, medium, proof):
    with estate.acting(officer) as actor:
        with pytest.raises(disposals.BadProof):
            propose(medium, actor, proof_sha256=proof)
        asked = propose(medium, actor, proof_sha256="ab" * 32)
    with pytest.raises(IntegrityError, match="disposal_proof_is_a_hash"), transaction.atomic():
        Disposal.objects.filter(pk=asked.pk).update(proof_sha256=proof[:64])


def propose(place, actor, *, certificate: str = "X-1", **more) -> Disposal:
    said = {"method": "shred", "done_on": clock.local().date(), "certificate": certificate}
    return disposals.propose(place, **said, actor=actor, **more)


def test_the_pages_say_what_there_is(client, officer, medium):
    at_night()
    with scopes.acting(actors.system("scrubber")):
        ScrubRun.objects.create(
            kind="full", status=JobStatus.DONE, faults=2, counts={"identity": 900, "files": 3},
            values_checked=9_000, seconds=2.0, finished_at=clock.now(),
        )  # fmt: skip
    estate.login(client, officer)
    text = client.get(reverse("admin:storage")).content.decode()
    for said in (
        "还没有设置备份",
        "备份硬盘 3 号",
        "4500",
        "以表格查看",
        "开始检查",
        "fill-danger",
    ):
        assert said in text, said
    page = client.get(reverse("admin:storage_place", args=[medium.ref])).content.decode()
    assert "提出销毁" in page
    database = StoragePlace.objects.get(code="database")
    page = client.get(reverse("admin:storage_place", args=[database.ref])).content.decode()
    assert "提出销毁" not in page
    assert "可连接" in page
    estate.login(client, estate.user(Role.ADMINISTRATOR))
    text = client.get(reverse("admin:storage")).content.decode()
    assert "备份硬盘 3 号" in text
    assert "开始检查" not in text


def test_an_officer_records_what_was_seen_done_and_destroyed(client, officer, medium):
    estate.login(client, officer)
    address = reverse("admin:storage_place", args=[medium.ref])
    following = clock.local().date() + 10 * DAY
    wrong = {"act": "inspect", "result": "fault", "looked_at": "封条", "next_due": following}
    assert client.post(address, wrong).status_code == 422
    assert client.post(address, {**wrong, "note": "封条破损"}).status_code == 302
    assert client.post(address, {"act": "maintain", "what": "换盒", "done_on": "2026-11-01"})
    charge = {"act": "charge", "owner": "", "unit": "XZ", "interval_days": 14}
    assert client.post(address, charge).status_code == 302
    page = client.get(address).content.decode()
    assert "封条破损" in page
    assert "换盒" in page
    medium.refresh_from_db()
    assert (medium.unit.code, medium.interval_days, medium.owner) == ("XZ", 14, None)
    dispose = {"act": "dispose", "method": "shred", "done_on": clock.local().date()}
    assert client.post(address, dispose).status_code == 422
    assert client.post(address, {**dispose, "proof": "12ab"}).status_code == 422
    answer = client.post(address, {**dispose, "proof": "AB" * 32})
    approval = Approval.objects.get(kind=disposals.KIND)
    assert answer["location"] == reverse("admin:approval", args=[approval.ref])
    assert approval.payload["proof"] == "ab" * 32
    assert "粉碎" in client.get(answer["location"]).content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_days_are_filled_in_as_people_are_told_to_write_them(client, officer, medium, language):
    estate.login(client, officer)
    headers = {"accept-language": language}
    today = clock.local().date().isoformat()
    for address in (
        reverse("admin:storage_place_new"), reverse("admin:storage_place", args=[medium.ref])
    ):  # fmt: skip
        page = client.get(address, headers=headers).content.decode()
        assert f'value="{today}"' in page
        assert "2026-11-23" in page


def test_each_missing_answer_is_named(client, officer, medium):
    estate.login(client, officer)
    page = client.post(reverse("admin:storage_place_new"), {"kind": "device"}).content.decode()
    for said in ("请填写名称", "请填写位置", "请写明存放什么", "请填写日期"):
        assert said in page
    address = reverse("admin:storage_place", args=[medium.ref])
    page = client.post(address, {"act": "inspect"}).content.decode()
    assert "请选结果" in page
    assert "请写明查看了什么" in page


def test_an_officer_has_values_checked_now_for_a_reason(client, officer, entries_since):
    estate.login(client, officer)
    address = reverse("admin:storage_scrub")
    assert client.post(address, {"kind": "full", "reason": ""}).status_code == 422
    assert client.post(address, {"kind": "full", "reason": "换盘之后"}).status_code == 302
    run = ScrubRun.objects.get()
    assert (run.kind, run.period, run.asked_by, run.status) == ("full", None, officer, "queued")
    client.post(address, {"kind": "sample", "reason": "再来"})
    assert ScrubRun.objects.count() == 1
    assert "data-refresh" in client.get(reverse("admin:storage")).content.decode()
