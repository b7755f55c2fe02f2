"""Killed, doubled, forgotten or raced, a destruction ends by itself, once, and leaves out what is held."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from custodian import clock, invariants
from custodian.invariants import Options
from custodian.jobs import LEASE, JobStatus
from custodian.workflow import IllegalMove
from records import tasks
from records.destruction import executing, tombstones
from records.destruction.batches import Fate, Stage
from records.models import CertificatePage, DestructionBatch, DestructionItem, Tombstone
from tests import estate
from tests.destruction.office import everything, status

pytestmark = pytest.mark.django_db(transaction=True)

CHILD = """
import sys
import django
from custodian import databases, embedded
embedded.ensure()
databases.use(sys.argv[1])
django.setup()
from records.destruction import executing
executing.CUSTOMERS = 1
executing.work(int(sys.argv[2]))
"""
STEPS = [
    "destroy-locked@2", "destroy-stones@2", "destroy-purged@2", "destroy-committed@2",
    "destroy-before-certificate", "destroy-certified",
]  # fmt: skip


def elsewhere(batch, failpoint, outside):
    done = subprocess.run(
        [sys.executable, "-c", CHILD, connection.settings_dict["NAME"], str(batch.pk)],
        env={
            **os.environ,
            "CUSTODIAN_FAILPOINT": failpoint,
            "CUSTODIAN_TOMBSTONES": str(outside),
        },
        cwd=Path(__file__).parents[2],
        capture_output=True,
        timeout=120,
        check=False,
    )
    return done.returncode


def later():
    """When the lease of whoever was killed has run out."""
    return clock.at(clock.now() + LEASE + timedelta(seconds=1))


def fates(batch):
    with everything():
        return sorted(DestructionItem.objects.filter(batch=batch).values_list("state", flat=True))


@pytest.mark.parametrize("step", STEPS)
def test_f01_killed_at_any_step_it_finishes_with_one_certificate(office, outside, step):
    everybody, neighbour = [office.gone() for _ in range(3)], office.living()
    batch = office.approved()
    assert elsewhere(batch, f"{step}:sigkill", outside) == -signal.SIGKILL
    with everything():
        # Of nobody half is gone: each customer is whole, or destroyed.
        for each in everybody:
            stones = Tombstone.objects.filter(subject=each.pk).count()
            assert (stones, status(each)) in {(0, "active"), (4, "destroyed")}
    with later():
        for pk in executing.due_jobs():
            tasks.destroy_batch(pk)
    batch.refresh_from_db()
    assert (batch.stage, batch.status) == (Stage.DONE, JobStatus.DONE)
    assert {status(each) for each in everybody} == {"destroyed"}
    assert status(neighbour) == "active"
    assert fates(batch) == ["destroyed"] * 9
    assert CertificatePage.objects.filter(batch=batch).count() == 2
    assert len(json.loads(bytes(batch.certificate))["destroyed"]) == 3
    with everything():
        listed = [
            gone
            for sheet in tombstones.read(outside)
            for gone in (*sheet.holdings, *sheet.subjects)
        ]
        assert sorted(listed) == sorted(Tombstone.objects.values_list("gone", flat=True))
    estate.drain()
    assert set(invariants.broken(Options()).values()) == {"ok"}


def test_f03_a_second_copy_sees_the_lease_and_does_nothing(office):
    office.gone()
    batch = office.approved()
    with everything():
        batch.claim()
    with pytest.raises(IllegalMove):
        executing.work(batch.pk)
    assert fates(batch) == ["planned"] * 3


def test_f04_a_batch_whose_message_was_lost_is_found(office):
    office.gone()
    batch = office.approved()
    assert executing.due_jobs() == [batch.pk]


def test_f18_ten_messages_in_any_order_have_one_effect(office):
    gone = office.gone()
    batch = office.approved()
    for _ in range(10):
        tasks.destroy_batch(batch.pk)
    assert status(gone) == "destroyed"
    assert CertificatePage.objects.filter(batch=batch).count() == 2


def test_f18_ten_workers_at_once_have_one_effect(office):
    everybody = [office.gone() for _ in range(3)]
    batch = office.approved()

    def run(_number):
        try:
            return executing.work(batch.pk).stage
        except IllegalMove:
            return "held"
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        ends = list(pool.map(run, range(10)))
    assert Stage.DONE in ends
    assert {status(each) for each in everybody} == {"destroyed"}
    assert fates(batch) == ["destroyed"] * 9
    assert CertificatePage.objects.filter(batch=batch).count() == 2


def test_f21_paused_between_two_chunks_it_goes_on_where_it_was(office, monkeypatch):
    monkeypatch.setattr(executing, "CUSTOMERS", 1)
    everybody = [office.gone() for _ in range(3)]
    batch = office.approved()

    def pause(name):
        if name == "destroy-chunk":
            with estate.acting(office.first) as actor:
                executing.pause(DestructionBatch.objects.get(pk=batch.pk), actor=actor)

    monkeypatch.setattr(executing.failpoints, "hit", pause)
    with pytest.raises(IllegalMove):
        executing.work(batch.pk)
    assert sorted(status(each) for each in everybody) == ["active", "active", "destroyed"]
    assert executing.due_jobs() == []
    monkeypatch.undo()
    batch.refresh_from_db()
    with estate.acting(office.first) as actor:
        executing.resume(batch, actor=actor)
    executing.work(batch.pk)
    assert {status(each) for each in everybody} == {"destroyed"}


def test_stopped_it_certifies_what_is_done_and_keeps_the_rest(office, monkeypatch):
    monkeypatch.setattr(executing, "CUSTOMERS", 1)
    everybody = [office.gone() for _ in range(3)]
    batch = office.approved()

    def stop(name):
        if name == "destroy-chunk":
            with estate.acting(office.first) as actor:
                executing.stop(
                    DestructionBatch.objects.get(pk=batch.pk), reason="法院来函", actor=actor
                )

    monkeypatch.setattr(executing.failpoints, "hit", stop)
    with pytest.raises(IllegalMove):
        executing.work(batch.pk)
    monkeypatch.undo()
    done = executing.work(batch.pk)
    assert sorted(status(each) for each in everybody) == ["active", "active", "destroyed"]
    said = json.loads(bytes(done.certificate))
    assert said["left-out"] == [{"because": "法院来函", "holdings": 6, "state": "stopped"}]
    assert (done.stage, said["customers-destroyed"]) == (Stage.DONE, 1)
    assert fates(batch).count(Fate.STOPPED) == 6


def test_what_fails_is_said_and_can_be_resumed(office, monkeypatch):
    gone = office.gone()
    batch = office.approved()

    def burst(name):
        if name == "destroy-purged":
            raise MemoryError

    monkeypatch.setattr("records.destruction.going.failpoints.hit", burst)
    with pytest.raises(MemoryError):
        executing.work(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.note, status(gone)) == (JobStatus.FAILED, "MemoryError", "active")
    monkeypatch.undo()
    with estate.acting(office.first) as actor:
        executing.resume(batch, actor=actor)
    assert executing.work(batch.pk).stage == Stage.DONE


def test_f16_a_clock_that_jumped_destroys_nothing(office, monkeypatch):
    gone = office.gone()
    batch = office.approved()
    real = clock.real
    monkeypatch.setattr(clock, "real", lambda: real() + timedelta(hours=72))
    from records.retention.clock_guard import ClockAstray

    with pytest.raises(ClockAstray):
        executing.work(batch.pk)
    assert (status(gone), fates(batch)) == ("active", ["planned"] * 3)
