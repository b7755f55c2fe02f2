"""A27 and F24: a backup does not bring the destroyed back; and what a stolen one opens, and until when.

The promise: destroyed data opens from no backup after N days. The tests do not look for the absence of
bytes, they try to open: with each file that somebody might have, at day 0, day 1 and day N + 1.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from access import restored
from access.key_rotation import jobs
from access.models import Finding
from access.restored import RestoredNotReconciled
from custodian import clock
from custodian.backup import keeping, tables
from custodian.backup.restoring import USED
from custodian.crypto.keyring import FileKeyring
from custodian.errors import NotVisible
from incidents.models import Alert
from tests.backup import attacker
from tests.backup.house import House, another, elsewhere, empty_database, own_name

pytestmark = pytest.mark.xdist_group("backups")


def refused(house: House, customer: Any) -> None:
    with pytest.raises(RestoredNotReconciled):
        house.name_of(customer)


def gone_for_good(house: House) -> None:
    with pytest.raises(NotVisible):
        house.name_of(house.gone)


def test_a27_the_destroyed_stay_destroyed(house: House) -> None:
    """Yesterday's backup with today's keyring: not served, then the neighbour alone, and all counts right."""
    assert house.name_of(house.gone) == "张三丰"
    yesterday = house.backup()
    house.destroy()
    house.seal()
    gone_for_good(house)

    with empty_database():
        done = house.restore(yesterday)
        with attacker.superuser() as raw, raw.cursor() as cursor:
            counts = tables.counts(cursor)
        expected = {**done.manifest.rows, "public.access_installation": 1}
        assert counts == expected
        assert [table for table in USED if not counts[table]] == []
        assert Client().get("/desk/").status_code == 503
        for each in (house.gone, house.neighbour):
            refused(house, each)

        reconciled = house.reconcile(accept_gap="演练")
        assert (reconciled.replayed.sheets, reconciled.replayed.subjects) == (1, 1)
        gone_for_good(house)
        assert house.name_of(house.neighbour) == "李清照"
        assert [gap.what for gap in reconciled.gaps] == ["log"]
        with attacker.superuser() as raw, raw.cursor() as cursor:
            cursor.execute("SELECT subject FROM keys.subject_key")
            assert cursor.fetchall() == [(house.neighbour.subject_id,)]
            cursor.execute("SELECT DISTINCT subject_id FROM records_blindindex")
            assert cursor.fetchall() == [(house.neighbour.subject_id,)]


def test_f24_put_back_by_an_hour(house: House, settings: Any) -> None:
    """The database's own files of an hour ago: no mark, no manifest, and still nobody is served."""
    house.seal()
    name = f"{own_name()}_r"
    with another(name, like=own_name()):
        house.destroy()
        house.seal_with_a_look()
        settings.CUSTODIAN_SEALING = True
        with elsewhere.inside(name):
            for each in (house.gone, house.neighbour):
                refused(house, each)
            assert Client().get("/readyz").json()["restored"] == restored.CODE
            done = house.reconcile(accept_gap="演练")
            assert done.gaps[0].count > 0
            assert Finding.objects.get().severity == "urgent"
            assert Alert.objects.get().severity == "urgent"
            settings.CUSTODIAN_SEALING = False  # the log has a new name now
            restored.forget()
            gone_for_good(house)
            assert house.name_of(house.neighbour) == "李清照"


@contextmanager
def days_later(days: float) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        now = datetime.now(UTC) + timedelta(days=days)
        patch.setattr(clock, "real", lambda: now)
        yield


def rotate(settings: Any) -> None:
    """A new KEK, every key that is left wrapped anew, and the old KEK destroyed: as an operator does it."""
    call_command("rotate_kek", reason="test")
    over = timedelta(hours=settings.CUSTODIAN_KEY_GRACE, minutes=1)
    with clock.at(clock.now() + over):
        call_command("destroy_kek", 1)


def test_what_is_stolen_opens_until_the_keys_are_gone(
    house: House,
    settings: Any,
    record_property: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jobs, "SETTLE", timedelta(0))  # no other process is to hear of the new KEK
    begun = attacker.segment()
    gone, neighbour = house.gone.subject_id, house.neighbour.subject_id
    backup = house.backup()
    names = attacker.targets(backup, house.private)
    with attacker.superuser() as raw, raw.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute(
            "SELECT wrapped FROM keys.data_key WHERE holding = %s", [str(names[gone].holding)]
        )
        wrapped = bytes((cursor.fetchone() or (b"",))[0])
    then = FileKeyring.load(
        Path(shutil.copy(settings.CUSTODIAN_KEYRING, house.folder / "then.json")),
        insurer="QH",
        allow_test=True,
    )
    evidence = {"before": attacker.disk(since=begun).count(wrapped)}

    # Day 0: whoever has both streams, the backup key and the keyring has everything. No promise is made.
    stolen_keys = attacker.frames_in(attacker.stream(backup, "keys", house.private))
    assert attacker.opened(names[gone], stolen_keys, then) == "张三丰"

    # Day 1: destroyed here, and still open to whoever has the key stream of before: this is why N exists.
    house.destroy()
    evidence["destroyed"] = attacker.disk(since=begun).count(wrapped)
    assert attacker.opened(names[gone], stolen_keys, house.ring) == "张三丰"
    with days_later(29):
        assert keeping.expire().keys == 0

    # Day N + 1: the KEK was rotated and destroyed, the key streams are gone.
    rotate(settings)
    with days_later(settings.CUSTODIAN_KEY_DAYS + 1):
        assert keeping.expire().keys == 1
    assert not (backup / "keys.sealed").exists()
    with attacker.superuser() as raw, raw.cursor() as cursor:
        evidence["rotated"] = attacker.disk(since=begun).count(wrapped)
        cursor.execute("VACUUM FULL keys.data_key")
        cursor.execute("VACUUM")
        cursor.execute("ANALYZE")
    disk = attacker.disk(since=begun)
    evidence["vacuumed"] = disk.count(wrapped)

    long_stream = attacker.stream(backup, "data", house.private)
    frames = attacker.frames_in(*disk.everything, long_stream)
    assert wrapped in frames | stolen_keys  # he has it, wrapped as it was
    assert attacker.opened(names[gone], frames | stolen_keys, house.ring) is None
    # The same attack opens whoever is still a customer, so it is not the attack that is weak.
    assert attacker.opened(names[neighbour], frames, house.ring) == "李清照"

    # Reported, not asserted: bytes that open nothing may lie anywhere.
    for moment, found in evidence.items():
        record_property(f"wrapped-key-{moment}", str(found))
