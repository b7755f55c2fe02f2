"""How long each part of a backup stays, and what others may ask about them."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from custodian import clock, invariants
from custodian.backup import keeping, manifest, probing
from custodian.backup.keeping import Expired
from custodian.tasks import expire_backups
from records.storage import probes
from tests.backup.house import House


@pytest.fixture
def later(monkeypatch: Any) -> Any:
    """Let the machine's clock say that so many days have passed."""

    def pass_(days: float) -> None:
        now = datetime.now(UTC) + timedelta(days=days)
        monkeypatch.setattr(clock, "real", lambda: now)

    return pass_


def test_keys_go_after_their_days_and_data_after_theirs(house: House, later: Any) -> None:
    folder = house.backup()
    assert keeping.expire() == Expired()
    later(29.9)
    assert keeping.expire() == Expired()
    later(30.1)
    assert keeping.expire() == Expired(keys=1)
    assert sorted(path.name for path in folder.iterdir()) == [
        "data.sealed",
        "files.sealed",
        manifest.FILE,
        manifest.SIGNATURE,
    ]
    assert keeping.expire() == Expired()
    later(365.1)
    assert keeping.expire() == Expired(data=1)
    assert not folder.exists()


def test_the_days_are_the_settings(house: House, later: Any, settings: Any) -> None:
    settings.CUSTODIAN_KEY_DAYS, settings.CUSTODIAN_DATA_DAYS = 3, 5
    house.backup()
    later(4)
    assert keeping.expire() == Expired(keys=1)
    later(6)
    assert keeping.expire() == Expired(data=1)


def test_what_a_killed_run_left_goes_as_well(house: House, later: Any, settings: Any) -> None:
    house.backup()
    left = settings.CUSTODIAN_BACKUPS / "20260101T000000Z-abcdef01.partial"
    left.mkdir()
    (left / "keys.sealed").write_bytes(b"wrapped")
    keeping.expire()
    assert not (left / "keys.sealed").exists()


def test_a_renamed_backup_is_as_old_as_it_came(house: House, later: Any, settings: Any) -> None:
    renamed = house.backup().rename(settings.CUSTODIAN_BACKUPS / "before-the-move")
    later(31)
    assert keeping.expire() == Expired(keys=1)
    assert not (renamed / "keys.sealed").exists()


def test_physical_copies_and_wal_go_as_keys_do(later: Any, settings: Any, tmp_path: Path) -> None:
    settings.CUSTODIAN_BACKUPS = tmp_path / "none"
    settings.CUSTODIAN_PHYSICAL_BACKUPS = [str(tmp_path / "physical")]
    base, wal = tmp_path / "physical/base", tmp_path / "physical/wal"
    for path in (base / "PG_VERSION", base / "global/1", wal / "000000010000000000000001"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"bytes")
        # A copying program carries the time of change along; when it came here it cannot.
        os.utime(path, (0, 0))
    assert keeping.expire() == Expired()
    later(31)
    assert keeping.expire() == Expired(physical=3)
    assert list((tmp_path / "physical").iterdir()) == []


def test_no_part_of_a_base_backup_goes_alone(settings: Any, tmp_path: Path) -> None:
    base = tmp_path / "base"
    (base / "base/1").mkdir(parents=True)
    for name in ("PG_VERSION", "base/1/2", "base/1/3"):
        (base / name).write_bytes(b"bytes")
    moment = keeping._changed_at(base / "base/1/3")
    assert keeping._expire_files(base, before=moment) == 0
    assert len([path for path in base.rglob("*") if path.is_file()]) == 3
    assert keeping._expire_files(base, before=moment + timedelta(seconds=1)) == 3


def test_the_worker_does_it_too(house: House, later: Any) -> None:
    folder = house.backup()
    later(31)
    expire_backups()
    assert not (folder / "keys.sealed").exists()


def test_the_inventory_tells_age_and_state(house: House, later: Any) -> None:
    old, new = house.backup(), house.backup()
    if old.name[:16] == new.name[:16]:
        assert {kept.folder for kept in keeping.inventory()} == {old, new}
    (old / "keys.sealed").unlink()
    later(2)
    kept = {each.folder: each for each in keeping.inventory(deep=True)}
    assert [kept[old].whole, kept[old].verified, kept[old].keys_size] == [False, True, 0]
    assert [kept[new].whole, kept[new].verified, kept[new].age.days] in (
        [True, True, 1],
        [True, True, 2],
    )
    newest = keeping.latest()
    assert newest is not None
    assert newest.folder == new


def test_a_backup_that_was_altered_is_not_the_latest(house: House) -> None:
    folder = house.backup()
    path = folder / "data.sealed"
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    assert keeping.latest() is not None
    assert keeping.latest(deep=True) is None
    path.write_bytes(content[:-1])
    assert keeping.latest() is None


def test_no_folder_has_no_backup(tmp_path: Path) -> None:
    assert keeping.latest(tmp_path / "none") is None
    assert keeping.expire(tmp_path / "none") == Expired()


def test_an_invariant_names_keys_that_stayed(house: House, later: Any) -> None:
    folder = house.backup()
    (check,) = [check for name, check in invariants.CHECKS.items() if name == "backups"]
    later(30.5)
    assert list(check(invariants.Options())) == []
    later(31.5)
    assert folder.name in "".join(check(invariants.Options()))


def test_the_register_of_places_sees_them(house: House, later: Any, settings: Any) -> None:
    key, settings.CUSTODIAN_BACKUP_KEY = settings.CUSTODIAN_BACKUP_KEY, ""
    assert (probing.look().ok, probing.look().severity) == (False, "medium")
    settings.CUSTODIAN_BACKUP_KEY = key
    assert (probing.look().ok, probing.look().severity) == (False, "urgent")
    folder = house.backup()
    assert probing.look().ok
    later(2)
    assert (probing.look().ok, probing.look().severity) == (False, "high")
    assert "48" in probing.words(probing.look().facts)
    later(4)
    assert (probing.look().ok, probing.look().severity) == (False, "urgent")
    later(0)
    (folder / "data.sealed").write_bytes(b"x")
    assert not probing.look().ok
    assert {probe.name for probe in probes.at("backups")} == {"backup", "backups-disk"}
