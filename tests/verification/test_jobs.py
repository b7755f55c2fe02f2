"""Verification goes on by itself: every minute what is new, once a night everything, and a fault is told once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from access import tasks
from access.models import Finding, Verification
from access.verification import jobs, run
from custodian import clock
from custodian.drills import forge
from custodian.drills.copy import Copy
from incidents.models import Alert
from tests.verification.playing import FULL, INCREMENTAL, attack, looks

pytestmark = pytest.mark.xdist_group("verification")


def office(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2027, 3, day, hour, minute, tzinfo=clock.OFFICE)


@pytest.fixture
def noon() -> Iterator[None]:
    with clock.at(office(1, 12)):
        yield


def told() -> list[tuple[Any, ...]]:
    """Each finding with its alert."""
    rows = Finding.objects.order_by("pk").values_list(
        "kind", "severity", "entries", "alert__source"
    )
    assert Alert.objects.count() == len(rows)
    return list(rows)


def test_by_day_what_is_new_is_verified_and_once_a_night_everything(copy: Copy) -> None:
    times = [(1, 0, 59), (1, 1, 0), (1, 1, 1), (1, 4, 59), (1, 12, 0), (1, 12, 1), (2, 1, 0)]
    for time in times:
        with clock.at(office(*time)):
            tasks.verify_log()
    rows = Verification.objects.order_by("pk")
    full = [clock.local(row.started_at) for row in rows if row.kind == FULL]
    assert [(each.day, each.hour, each.minute) for each in full] == [(1, 1, 0), (2, 1, 0)]
    assert [row.kind for row in rows].count(INCREMENTAL) == len(times)
    assert told() == []


def test_the_night_is_the_offices_and_a_run_by_hand_before_it_does_not_stand_for_it(
    copy: Copy,
) -> None:
    Verification.objects.create(
        kind=FULL, started_at=office(1, 23), finished_at=office(2, 0), ok=True
    )
    times = {(0, 59): False, (1, 0): True, (4, 59): True, (5, 0): False, (13, 0): False}
    for (hour, minute), due in times.items():
        with clock.at(office(2, hour, minute)):
            assert jobs.due_full() is due


def test_one_fault_is_one_finding_however_often_it_is_found(copy: Copy, noon: None) -> None:
    tasks.verify_log()
    index = attack("forged", copy)
    for _ in range(3):
        tasks.verify_log()
    assert told() == [(jobs.KIND, Finding.Severity.URGENT, [index], Alert.Source.FINDING)]
    assert [row.ok for row in Verification.objects.order_by("pk")] == [True, False, False, False]


def test_another_fault_is_another_finding_and_so_is_one_that_was_closed_and_stayed(
    copy: Copy, noon: None
) -> None:
    late = attack("row-deleted", copy)
    tasks.verify_log()
    copy.cursor.execute("SELECT min(entry_id) FROM querylog.subject_access")
    (early,) = copy.cursor.fetchone()
    copy.change("DELETE FROM querylog.subject_access WHERE entry_id = %s", [early], rows=1)
    for _ in range(2):
        tasks.verify_log()
    assert [entries for _, _, entries, _ in told()] == [[late], [early]]
    Finding.objects.update(
        status=Finding.Status.CLOSED, verdict=Finding.Verdict.WARNING, decided_at=clock.now()
    )
    for _ in range(2):
        tasks.verify_log()
    assert [entries for _, _, entries, _ in told()] == [[late], [early], [early]]


def test_what_a_copy_shows_is_told_once_though_the_log_grows(
    copy: Copy, noon: None, settings: Any, tmp_path: Path
) -> None:
    settings.CUSTODIAN_LOG_POLICY = tmp_path / "policy"
    settings.CUSTODIAN_LOG_POLICY.write_text("no policy")
    for _ in range(3):
        tasks.verify_log()
        looks(copy)
    assert len(told()) == 1
    assert Finding.objects.get().facts["fault"] == "policy-unreadable"


def test_a_run_that_could_not_be_carried_out_leaves_nothing(
    copy: Copy, noon: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_anything: object, **_more: object) -> None:
        raise psycopg2.OperationalError

    with monkeypatch.context() as patched:
        patched.setattr(run, "verify", cut)
        with pytest.raises(psycopg2.OperationalError):
            tasks.verify_log()
    assert not Verification.objects.exists()
    tasks.verify_log()
    assert [row.ok for row in Verification.objects.all()] == [True]


@pytest.mark.parametrize(
    "spoil",
    [
        "ALTER TABLE querylog.tree ALTER COLUMN size DROP NOT NULL; UPDATE querylog.tree SET size = NULL",
        "DROP TABLE querylog.tile",
        "ALTER TABLE querylog.entry RENAME COLUMN leaf TO sheet",
    ],
)
def test_a_log_that_cannot_be_verified_is_told_like_a_fault(
    copy: Copy, noon: None, spoil: str
) -> None:
    forge.take_off_the_guards(copy.cursor)
    copy.cursor.execute(spoil)
    for _ in range(2):
        tasks.verify_log()
    assert len(told()) == 1
    assert Finding.objects.get().facts["fault"] == "unverifiable"


def test_two_runs_do_not_stand_in_each_others_way(copy: Copy, noon: None) -> None:
    other = Verification.objects.create(kind=FULL, started_at=clock.now())
    assert jobs.carry_out(INCREMENTAL) is None
    Verification.objects.filter(pk=other.pk).update(
        started_at=clock.now() - jobs.STALE - timedelta(seconds=1)
    )
    assert jobs.carry_out(INCREMENTAL) is not None


def test_the_beat_knows_it(settings: Any) -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["verify-log"]
    assert entry["task"] == tasks.verify_log.name
    assert entry["schedule"] <= 60
