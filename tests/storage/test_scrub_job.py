"""The scrub as a job: once in a period under any number of clocks, resumed after a kill, seen by nobody."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from access import actors, gate, machine_reads, restored, scopes
from access.actions import Action
from access.exports.fingerprint import set_digest
from access.models import Exposure, Finding, SubjectAccess
from access.vocabulary import Role
from custodian import clock
from custodian.jobs import LEASE
from custodian.workflow import IllegalMove
from records import vault
from records.models import ScrubRun
from records.storage import faults, reading, scheduling, scrub
from records.tasks import keep_storage
from tests import estate
from tests.security.looking import permit
from tests.storage.planting import SECOND, Estate, found, scrubbed

pytestmark = pytest.mark.django_db(transaction=True)
# Three in the morning of the 30th in the office, on which a period of full scrubs begins.
NIGHT = datetime(2026, 11, 29, 19, 0, tzinfo=UTC)

CHILD = """
import os, sys
import django
from custodian import databases, embedded
embedded.ensure()
databases.use(sys.argv[1])
django.setup()
from records.storage import reading, scrub
reading.CHUNK = 2
scrub.work(int(sys.argv[2]))
"""


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.VAR = tmp_path


def many(count: int = 6) -> list[int]:
    agent = estate.user(Role.AGENT)
    made = [estate.customer(of=[agent]).pk for _ in range(count)]
    estate.drain()
    return made


@pytest.mark.parametrize("failpoint", ["scrub-before-account@2", "scrub-after-account@2"])
def test_killed_in_the_middle_it_goes_on_and_counts_nothing_twice(failpoint, monkeypatch):
    monkeypatch.setattr(reading, "CHUNK", 2)
    Estate().sql("UPDATE records_identity SET email_sealed = NULL WHERE subject_id IN ({a}, {b})")
    many()
    run = ScrubRun.objects.create(kind=ScrubRun.Kind.FULL)
    assert elsewhere(run, f"{failpoint}:sigkill") == -signal.SIGKILL
    run.refresh_from_db()
    assert run.status == "running"
    assert 0 < run.done < run.total
    with pytest.raises(IllegalMove):
        scrub.work(run.pk)
    with clock.at(clock.now() + LEASE + timedelta(seconds=1)):
        run = scrub.work(run.pk)
    assert (run.status, run.counts["identity"], run.faults) == ("done", 8, 2)
    assert found() == {"state": 2}
    again = scrubbed()
    assert {**again.counts, "log": 0} == {**run.counts, "log": 0}
    assert again.values_checked == run.values_checked


def elsewhere(run: ScrubRun, failpoint: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, connection.settings_dict["NAME"], str(run.pk)],
        env={**os.environ, "CUSTODIAN_FAILPOINT": failpoint},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        timeout=120,
        check=False,
    )
    return done.returncode


def test_two_clocks_make_one_run_for_each_period():
    def ring(_number: int) -> None:
        try:
            with clock.at(NIGHT):
                scheduling.schedule()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ring, range(8)))
    assert sorted(ScrubRun.objects.values_list("kind", flat=True)) == ["full", "sample"]
    for hours, full, sample in ((6, 1, 1), (22, 1, 1), (24, 1, 2), (24 * 31, 2, 3)):
        with clock.at(NIGHT + timedelta(hours=hours)):
            scheduling.schedule()
        counted = [ScrubRun.objects.filter(kind=kind).count() for kind in ("full", "sample")]
        assert counted == [full, sample], hours


def test_the_clock_puts_them_there_and_does_them():
    many(2)
    with clock.at(NIGHT):
        keep_storage()
    assert list(ScrubRun.objects.values_list("status", flat=True)) == ["done", "done"]


def test_what_failed_is_tried_again_after_a_while(monkeypatch):
    def broken(*_args, **_kwargs):
        raise OSError("no disk")

    many(1)
    with clock.at(NIGHT), monkeypatch.context() as patched:
        patched.setattr(scrub.checking, "check", broken)
        scheduling.schedule()
        first = ScrubRun.objects.order_by("pk")[0]
        with pytest.raises(OSError, match="no disk"):
            scrub.work(first.pk)
        first.refresh_from_db()
        assert (first.status, first.note) == ("failed", "OSError")
    with clock.at(NIGHT + timedelta(minutes=11)):
        scheduling.schedule()
        assert scrub.work(first.pk).status == "done"


def test_each_chunk_is_one_entry_that_tags_nobody(entries_since, monkeypatch):
    monkeypatch.setattr(reading, "CHUNK", 4)
    made = many(6)
    before = (SubjectAccess.objects.count(), Exposure.objects.count())
    mark = len(entries_since())
    run = scrubbed()
    told = [json.loads(each.leaf) for each in entries_since()[mark:]]
    chunks = [each for each in told if each["act"] == machine_reads.ACT]
    # Six identities and six purses in chunks of four; an empty chunk opens nothing and says nothing.
    assert [each["held"] for each in chunks] == [4, 2, 4, 2]
    assert chunks[0]["set"] == set_digest(made[:4])
    assert chunks[0]["count"] == 4
    assert "identity.mobile" in chunks[0]["fields"]
    assert {(each["n"], each["scrub"], each["no"]) for each in chunks} == {
        (0, str(run.ref), "SYS-SCRUBBER")
    }
    assert (SubjectAccess.objects.count(), Exposure.objects.count()) == before
    estate.drain()
    (ended,) = [json.loads(each.leaf) for each in entries_since()[mark:] if each.act == "admin"]
    assert (ended["what"], ended["found"]) == (Action.STORAGE_SCRUB, 0)


def test_nobody_reads_by_machine_and_a_sweep_opens_its_own_chunk_only():
    place = Estate()
    officer = estate.user(Role.COMPLIANCE_OFFICER)
    terms = {"subjects": [place.first.pk], "elements": ["identity.mobile"]}
    with estate.acting(officer) as actor, pytest.raises(gate.Refused):
        machine_reads.read(Action.STORAGE_SCRUB, **terms, actor=actor)
    actor = actors.system("scrubber")
    with scopes.acting(actor):
        sweep = machine_reads.read(Action.STORAGE_SCRUB, **terms, actor=actor)
        (row,) = reading.again("identity", [place.second.pk])
        key = vault.keystore.unlock({row.holding: row.subject})[row.holding]
        with pytest.raises(gate.PermitSpent):
            dict(vault.examine(sweep, row.blobs, subject=row.subject, holding=row.holding, key=key))
        (row,) = reading.again("identity", [place.first.pk])
        key = vault.keystore.unlock({row.holding: row.subject})[row.holding]
        one = {"identity.mobile": row.blobs["identity.mobile"]}
        with scopes.acting(actor.again()), pytest.raises(gate.PermitSpent):
            dict(vault.examine(sweep, one, subject=row.subject, holding=row.holding, key=key))
        opened = vault.examine(sweep, one, subject=row.subject, holding=row.holding, key=key)
        assert dict(opened) == {"identity.mobile": estate.ZHANG["identity.mobile"]}


def test_what_a_scrub_found_a_person_cannot_read_either():
    place = Estate()
    place.sql(
        "UPDATE records_identity t SET mobile_sealed = o.mobile_sealed FROM records_identity o"
        " WHERE t.subject_id = {a} AND o.subject_id = {b}"
    )
    scrubbed()
    with estate.acting(place.agent, stepped_up=True) as actor:
        with pytest.raises(vault.Damaged):
            vault.reveal(permit(actor, place.first))
        assert vault.reveal(permit(actor, place.second))[0].text == SECOND["identity.mobile"]
    assert Finding.objects.filter(kind=faults.KIND).count() == 1


def test_an_operator_sees_what_was_checked_and_fails_on_a_fault(capsys):
    place = Estate()
    call_command("scrub", "--full")
    assert "异常 0 项" in capsys.readouterr().out
    place.sql("UPDATE records_identity SET email_sealed = NULL WHERE subject_id = {a}")
    with pytest.raises(SystemExit) as ended:
        call_command("scrub", "--sample", "100")
    assert ended.value.code == 1
    ScrubRun.objects.create(kind="full")
    with pytest.raises(CommandError):
        call_command("scrub")


def test_a_house_that_was_put_back_says_so_to_the_operator_in_words(monkeypatch):
    def put_back(*_args, **_more):
        raise restored.RestoredNotReconciled

    monkeypatch.setattr(scheduling, "request", put_back)
    with pytest.raises(CommandError, match="reconcile_restore"):
        call_command("scrub")
