"""F02: a host's worker is killed with all its processes at once, and what it was at ends by itself."""

from __future__ import annotations

import json
from contextlib import closing

import pytest

from custodian import databases, invariants
from custodian.invariants import Options
from custodian.jobs import JobStatus
from records.destruction import tombstones
from records.destruction.batches import Stage
from records.models import CertificatePage, DestructionBatch, Tombstone
from tests import estate
from tests.destruction.office import everything, status
from tests.workers import SWEEPS, eventually, group, lease_runs_out

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.xdist_group("workers"),
]


def in_the_middle():
    """A process is inside a transaction of its work, and waits there."""
    with (
        closing(databases.connect("superuser", application_name="test")) as raw,
        raw.cursor() as cursor,
    ):
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND state = 'idle in transaction'"
            " AND state_change < clock_timestamp() - interval '1 second'"
        )
        return cursor.fetchone()[0] > 0


def test_f02_a_destruction_whose_whole_worker_was_killed_ends_by_itself(office, outside, tmp_path):
    everybody, neighbour = [office.gone() for _ in range(3)], office.living()
    batch = office.approved()
    rows = DestructionBatch.objects.filter(pk=batch.pk)
    places = {"CUSTODIAN_TOMBSTONES": str(outside)}
    stuck = {**places, "CUSTODIAN_FAILPOINT": "destroy-purged@2:pause"}
    with group(tmp_path, beats=SWEEPS, broker=11, environment=stuck) as kill:
        assert eventually(lambda: rows.get().done > 0 and in_the_middle())
        kill()
    batch.refresh_from_db()
    assert (batch.stage, batch.status, batch.done) == (Stage.APPROVED, JobStatus.RUNNING, 3)
    # Of nobody half is gone: what the second chunk had begun was undone with its transaction.
    assert sorted(status(each) for each in everybody) == ["active", "active", "destroyed"]
    assert not CertificatePage.objects.filter(batch=batch).exists()

    lease_runs_out(rows)
    with group(tmp_path, beats=SWEEPS, broker=12, environment=places):
        assert eventually(lambda: rows.get().stage == Stage.DONE)
    batch.refresh_from_db()
    assert (batch.status, batch.done) == (JobStatus.DONE, 9)
    assert {status(each) for each in everybody} == {"destroyed"}
    assert status(neighbour) == "active"
    assert len(json.loads(bytes(batch.certificate))["destroyed"]) == 3
    assert CertificatePage.objects.filter(batch=batch).count() == 2  # one, in two languages
    with everything():
        listed = [
            gone
            for sheet in tombstones.read(outside)
            for gone in (*sheet.holdings, *sheet.subjects)
        ]
        assert sorted(listed) == sorted(Tombstone.objects.values_list("gone", flat=True))
    estate.drain()
    assert set(invariants.broken(Options()).values()) == {"ok"}
