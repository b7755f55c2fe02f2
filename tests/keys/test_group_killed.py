"""F02: a host's worker is killed with all its processes at once, in the middle of a rotation."""

from __future__ import annotations

from pathlib import Path

import pytest

from access import actors, scopes
from access.key_rotation import jobs
from access.key_rotation.jobs import Kind, Why
from access.models import DataKey, KeyRotation, SubjectKey
from access.vocabulary import Channel
from custodian.jobs import JobStatus
from tests import estate
from tests.workers import SWEEPS, eventually, group, lease_runs_out

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.xdist_group("workers"),
]


def keks() -> set[int]:
    return {
        *DataKey.objects.values_list("kek", flat=True),
        *SubjectKey.objects.values_list("kek", flat=True),
    }


def test_f02_a_rotation_whose_whole_worker_was_killed_ends_by_itself(
    own_keyring: Path, tmp_path: Path
) -> None:
    for _ in range(3):
        estate.customer()
    with scopes.acting(actors.system("key-rotator")) as actor:
        row = jobs.request(Kind.KEK, why=Why.COMMAND, channel=Channel.COMMAND, actor=actor)
    rows = KeyRotation.objects.filter(pk=row.pk)
    ring = {"CUSTODIAN_KEYRING": str(own_keyring)}
    stuck = {**ring, "CUSTODIAN_FAILPOINT": "kek-chunk@2:pause"}
    with group(tmp_path, beats=SWEEPS, broker=11, environment=stuck) as kill:
        assert eventually(lambda: rows.get().done == 6)
        kill()
    row.refresh_from_db()
    assert (row.status, keks()) == (JobStatus.RUNNING, {1, 2})

    lease_runs_out(rows)
    with group(tmp_path, beats=SWEEPS, broker=12, environment=ring):
        assert eventually(lambda: rows.get().status == JobStatus.DONE)
    row.refresh_from_db()
    assert (row.version, row.done, row.skipped, keks()) == (2, row.total, 0, {2})
    assert sorted(jobs.source().keks.keys) == [1, 2]  # the same key was gone on with
