"""`manage.py drill leak`: insiders are named for every list they sold, and nobody for lists that nobody took."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from access.models import Entry
from custodian.drills import house
from custodian.drills.leak import drill
from incidents.tracing import weighing
from incidents.tracing.weighing import Bar, Strength
from tests import databases as test_databases
from tests.backup.test_drill import databases_beside

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("backups")]


@pytest.fixture(autouse=True)
def migrated(monkeypatch: Any) -> None:
    """The template of the tests is such a database, and there already."""
    name = f"custodian_test_{test_databases._fingerprint()}"
    monkeypatch.setattr(house, "_migrated", lambda _beside: name)
    monkeypatch.setattr(drill, "CONTROLS", 4)


def played(capsys: Any) -> dict[str, Any]:
    with contextlib.suppress(SystemExit):
        call_command("drill", "leak", "--json")
    return json.loads(capsys.readouterr().out)


def entries() -> list[tuple[int, str]]:
    """What was done; that a writer of the log began or ended is nothing that anybody did."""
    rows = Entry.objects.exclude(act__startswith="writer.")
    return list(rows.order_by("pk").values_list("pk", "act"))


def test_every_list_is_answered_and_the_real_house_is_not_touched(capsys: Any) -> None:
    before, places = entries(), (settings.VAR, settings.CUSTODIAN_KEYRING)
    said = played(capsys)
    assert said["kept"], [each for each in said["steps"] if not each["kept"]]
    assert {each["step"] for each in said["steps"]} >= {"mobiles", "noise", "controls", "kept"}
    assert places == (settings.VAR, settings.CUSTODIAN_KEYRING)
    assert entries() == before
    assert databases_beside() == []


def test_a_weighing_that_calls_everybody_strong_breaks_it(capsys: Any, monkeypatch: Any) -> None:
    easy = {Strength.STRONG: Bar(share=0.0, lift=0.0, chance=1.0)}
    monkeypatch.setattr(weighing, "BARS", easy)
    said = played(capsys)
    assert not said["kept"]
    assert [each["step"] for each in said["steps"] if not each["kept"]] == ["controls"]
