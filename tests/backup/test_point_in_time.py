"""F24: the database is put back by its own base backup and write-ahead log, to before a destruction."""

from __future__ import annotations

from typing import Any

import pytest
from celery import current_app
from django.core.management import call_command
from django.test import Client

from access import restored
from access.models import Finding
from access.restored import RestoredNotReconciled
from access.sequencer.announce import RefusesToSign
from access.sequencer.reconciled import NotReconciled
from custodian.backup.errors import BackupRefused
from custodian.errors import NotVisible
from custodian.tlog.verify import Checkpoint
from incidents.models import Alert
from records.destruction import tombstones
from records.models import DestructionBatch
from tests.backup import point_in_time
from tests.backup.house import House
from tests.destruction.office import status

pytestmark = [pytest.mark.xdist_group("backups"), pytest.mark.slow]


def refused(house: House, **more: Any) -> str:
    with pytest.raises(BackupRefused) as why:
        house.reconcile(**more)
    return why.value.code


def test_f24_a_database_recovered_to_a_moment_serves_nobody_before_it_is_reconciled(
    house: House, settings: Any, tmp_path: Any
) -> None:
    house.seal()
    older, size = house.head.read_bytes(), Checkpoint.parse(house.head.read_bytes()).size
    with point_in_time.archived() as archive:
        moment = point_in_time.asked("SELECT clock_timestamp()")
        house.destroy()
        house.seal_with_a_look()
        archive.finish()
        assert status(house.gone) == "destroyed"

        settings.CUSTODIAN_SEALING = True
        with archive.put_back(moment):
            # She lives again in it, key and all, and only the head outside says so.
            assert status(house.gone) == "active"
            assert not DestructionBatch.objects.exists()
            serves_nobody(house)

            nothing = tmp_path / "nothing"
            nothing.mkdir()
            assert refused(house, sheets_in=nothing, accept_gap="演练") == "tombstones-older"
            assert refused(house, checkpoint=older, accept_gap="演练") == "checkpoint-older"
            assert refused(house) == "gap-not-accepted"
            serves_nobody(house)
            assert status(house.gone) == "active"

            call_command(
                "reconcile_restore", tombstones=tombstones.folder(), checkpoint=house.head,
                accept_gap="演练",
            )  # fmt: skip
            is_told(size, Checkpoint.parse(house.head.read_bytes()).size)
            settings.CUSTODIAN_SEALING = False  # the log has a new name now
            restored.forget()
            assert status(house.gone) == "destroyed"
            with pytest.raises(NotVisible):
                house.name_of(house.gone)
            assert house.name_of(house.neighbour) == "李清照"


def serves_nobody(house: House) -> None:
    restored.forget()
    for each in (house.gone, house.neighbour):
        with pytest.raises(RestoredNotReconciled):
            house.name_of(each)
    assert Client().get("/desk/").status_code == 503
    assert Client().get("/readyz").json()["restored"] == restored.CODE
    with pytest.raises((RefusesToSign, NotReconciled)):
        house.seal()
    current_app.loader.import_default_modules()
    current_app.tasks["records.tasks.reckon"]()
    assert not DestructionBatch.objects.exists()


def is_told(first: int, beyond: int) -> None:
    """What was sealed since is gone from the log: an urgent finding, and an alert for the incident."""
    finding = Finding.objects.get()
    assert (finding.severity, finding.facts["first"], finding.facts["beyond"]) == (
        "urgent", first, beyond,
    )  # fmt: skip
    assert Alert.objects.get().finding == finding


def test_f24_recovered_to_the_end_of_its_log_nothing_is_lost(house: House, settings: Any) -> None:
    """As the runbook asks first: replayed to the end it is no longer behind, and serves at once."""
    with point_in_time.archived() as archive:
        house.destroy()
        house.seal_with_a_look()
        archive.finish()
        settings.CUSTODIAN_SEALING = True
        with archive.put_back(None):
            assert not restored.waits()
            assert status(house.gone) == "destroyed"
            assert house.name_of(house.neighbour) == "李清照"
