"""F17: nobody rings for a day, or two clocks ring at once: what is due by the calendar happens once."""

from __future__ import annotations

import json
import threading
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import Task
from django.conf import settings as installed
from django.db import connection

from access import actors, keystore, scopes
from access.actions import Action
from access.key_rotation import jobs
from access.key_rotation.jobs import Kind, Why
from access.models import AuditRun, DataKey, Entry, KeyRotation, LogMonth, RetiredKek
from access.vocabulary import Channel
from custodian import clock, keys
from custodian.celery import app
from custodian.crypto import key_file
from records.destruction.batches import Stage
from records.models import (
    DestructionBatch,
    ExpiryRun,
    Inspection,
    KeepingRun,
    ScrubRun,
    StoragePlace,
)
from records.storage import scheduling
from tests import estate
from tests.backup.house import House, build
from tests.destruction.office import everything
from tests.records.own.making import reason_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("backups")]

BEATS = {name: each["task"] for name, each in installed.CELERY_BEAT_SCHEDULE.items()}
ONCE = {
    Action.KEY_DESTROY, Action.KEY_ROTATE, Action.RECORDS_EXPIRE,
    Action.RETENTION_PROPOSE, Action.RETENTION_RECKON, Action.STORAGE_CHANGE,
}  # fmt: skip
A_DAY = timedelta(days=1)
LONG_AGO, LATER = date(2015, 3, 1), date(2015, 4, 1)


@pytest.fixture
def house(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Customers, one of them due; a KEK whose days end tomorrow; a month of reasons that is over its years."""
    monkeypatch.setattr(jobs, "SETTLE", timedelta(0))
    # A worker that is at it the moment it is woken.
    monkeypatch.setattr(Task, "delay", lambda task, *given: task(*given))
    made = build(tmp_path, settings)
    _aged(settings.CUSTODIAN_KEYRING, days=29)
    reason_of(LONG_AGO, "回访")
    made.seal_with_a_look()
    yield made
    keys.forget()
    keystore.forget()


def _aged(ring: Path, *, days: int) -> None:
    """A keyring as if it had been made so long ago."""
    content = key_file.parse(ring.read_bytes())
    made = {1: (clock.now() - timedelta(days=days, hours=12)).isoformat()}
    ring.write_bytes(replace(content, keks=replace(content.keks, made=made)).dump())
    keys.forget()


def morning() -> datetime:
    """Ten in the office, when every period of today has begun."""
    return clock.local().replace(hour=10, minute=0, second=0, microsecond=0)


def ring(at: datetime, *, clocks: int = 1) -> None:
    """Every beat of the schedule, by so many clocks at the same moment."""
    app.loader.import_default_modules()
    for task in BEATS.values():
        barrier, failed = threading.Barrier(clocks), list[BaseException]()

        def beat(task: str = task, barrier: Any = barrier, failed: Any = failed) -> None:
            try:
                with clock.at(at):
                    barrier.wait()
                    app.tasks[task]()
            except BaseException as error:  # noqa: BLE001  told below
                failed.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=beat) for _ in range(clocks)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert failed == [], task


def asked_for_an_index() -> None:
    with scopes.acting(actors.system("key-rotator")) as actor:
        jobs.request(Kind.INDEX, why=Why.COMMAND, channel=Channel.COMMAND, actor=actor)


def told() -> dict[str, Any]:
    """All that clocks bring about, each with how often."""
    estate.drain()
    said = [json.loads(leaf) for leaf in Entry.objects.values_list("leaf", flat=True)]
    kept = LogMonth.objects.filter(reasons__in=DataKey.objects.values("holding"))
    return {
        "reckoned": {*KeepingRun.objects.values_list("day", "status")},
        "batches": list(DestructionBatch.objects.values_list("stage", flat=True)),
        "own records": {*ExpiryRun.objects.values_list("day", "status")},
        "scrubs": {*ScrubRun.objects.values_list("kind", "period", "status")},
        "inspections": Inspection.objects.count(),
        "rotations": sorted(KeyRotation.objects.values_list("kind", "version", "status")),
        "retired": list(RetiredKek.objects.values_list("kek", flat=True)),
        "months": [*kept.values_list("month", flat=True)],
        "audited": {*AuditRun.objects.values_list("day", "status")},
        "entries": Counter(each["what"] for each in said if each.get("what") in ONCE),
    }


def expected(rung: list[datetime]) -> dict[str, Any]:
    """After so many mornings; `rung` is when, of each day once."""
    days, times = [clock.local(at).date() for at in rung], len(rung)
    periods = set[tuple[str, date]]()
    for at in rung:
        with clock.at(at):
            periods |= {*scheduling.periods().items()}
    places = StoragePlace.objects.exclude(code="").count()
    rotated = [("index", 2, "done"), ("kek", 2, "done")] if times > 1 else []
    destroyed = times > 2
    return {
        "reckoned": {(day, "done") for day in days},
        "batches": [Stage.PROPOSED],
        "own records": {(day, "done") for day in days},
        "scrubs": {(kind, period, "done") for kind, period in periods},
        "inspections": places * times,
        "rotations": rotated,
        "retired": [1] if destroyed else [],
        "months": [clock.now().date().replace(day=1)],  # by universal time, like the log
        "audited": {(day, "done") for day in days[:-1]},
        "entries": Counter(
            {
                Action.KEY_DESTROY: 2 * destroyed,
                Action.KEY_ROTATE: 2 * len(rotated),  # asked for, and ended
                Action.RECORDS_EXPIRE: min(times, 2),
                Action.RETENTION_PROPOSE: times,
                Action.RETENTION_RECKON: min(times, 2),
                Action.STORAGE_CHANGE: places * times,
            }
        ),
    }


@pytest.mark.parametrize("clocks", [1, 4])
def test_f17_each_period_has_its_work_once_after_a_day_without_a_beat_too(
    house: House, clocks: int
) -> None:
    """Rung on a morning, not again for more than a day, then once more; and each time soon after as well."""
    first = morning()
    for at in (first, first + timedelta(minutes=15)):
        ring(at, clocks=clocks)
        assert told() == expected([first])

    house.office.gone()
    reason_of(LATER, "回访")
    asked_for_an_index()
    second = first + timedelta(hours=27)
    for at in (second, second + timedelta(minutes=15)):
        ring(at, clocks=clocks)
        assert told() == expected([first, second])

    third = second + timedelta(hours=25)
    for at in (third, third + timedelta(minutes=15)):
        ring(at, clocks=clocks)
        assert told() == expected([first, second, third])
    with everything():
        items = DestructionBatch.objects.get().items
        assert items.values("subject").distinct().count() == 2
    assert list(jobs.source().keks.keys) == list(jobs.source().indexes.keys) == [2]
