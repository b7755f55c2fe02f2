"""`manage.py drill destroy`: every step as promised, nothing of the real house touched, nothing left behind."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from access.key_rotation import jobs
from access.models import Entry, User
from custodian import databases
from custodian.drills import house
from records.destruction import own_stores
from tests import databases as test_databases
from tests.backup.house import own_name

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("backups")]
PLACES = (
    *("VAR", "CUSTODIAN_KEYRING", "CUSTODIAN_BACKUPS", "CUSTODIAN_TOMBSTONES"),
    *("CUSTODIAN_LOG_HEAD", "CUSTODIAN_LOG_KEY", "CUSTODIAN_BACKUP_KEY"),
)


def databases_beside() -> list[str]:
    with (
        closing(databases.connect("superuser", application_name="test")) as raw,
        raw.cursor() as cursor,
    ):
        cursor.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)",
            [f"{own_name()[:40]}_drill_"],
        )
        return [name for (name,) in cursor.fetchall()]


@pytest.fixture(autouse=True)
def migrated(monkeypatch: Any) -> None:
    """The template of the tests is such a database, and there already."""
    name = f"custodian_test_{test_databases._fingerprint()}"
    monkeypatch.setattr(house, "_migrated", lambda _beside: name)
    monkeypatch.setattr(jobs, "SETTLE", timedelta(0))  # no other process is to hear of the new KEK


def test_every_promise_is_kept_and_the_real_house_is_not_touched(capsys: Any) -> None:
    places = {name: getattr(settings, name) for name in PLACES}
    ring, entries = settings.CUSTODIAN_KEYRING.read_bytes(), Entry.objects.newest_index()
    call_command("drill", "destroy", "--json")
    said = json.loads(capsys.readouterr().out)
    assert [step for step in said["steps"] if not step["kept"]] == []
    assert said["kept"]
    assert len(said["steps"]) == 20
    assert {name: getattr(settings, name) for name in PLACES} == places
    assert settings.CUSTODIAN_KEYRING.read_bytes() == ring
    assert (Entry.objects.newest_index(), User.objects.count()) == (entries, 0)
    assert databases_beside() == []


def test_a_broken_promise_is_told(monkeypatch: Any, capsys: Any) -> None:
    """A destruction that forgets the keys: the thief opens what should be gone."""
    monkeypatch.setattr(own_stores._Keys, "purge", lambda _self, _gone: None)
    with pytest.raises(SystemExit) as ended:
        call_command("drill", "destroy")
    assert ended.value.code == 1
    assert "没有守住" in capsys.readouterr().out
    assert databases_beside() == []
