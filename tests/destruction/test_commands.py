"""`retention_due` says what would be proposed, and `destroy` carries out what was approved."""

from __future__ import annotations

import ast
import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from custodian import clock
from records.destruction import batches, foreseeing
from records.destruction.batches import Fate, Stage
from records.management.commands import destroy
from records.models import DestructionBatch, DestructionItem
from tests.destruction.office import everything

pytestmark = pytest.mark.django_db(transaction=True)


def told(*args):
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def due(*args):
    return json.loads(told("retention_due", "--json", *args))


def test_the_dry_run_is_the_real_run(office):
    for _ in range(3):
        office.gone(claims=True)
    office.living()
    said = due()["customers"]
    assert not DestructionBatch.objects.exists()
    with everything():
        batch = office.propose()
        assert said["digest"] == batches.digest(batch)
        assert said["holdings"] == batch.items.count() == 12
    assert said["customers"] == 3
    assert {(each["kind"], each["holdings"]) for each in said["by"]} == {
        ("identity", 3), ("financial", 3), ("policy", 3), ("claim", 3),
    }  # fmt: skip
    office.submit(batch)
    office.approve(batch)
    with everything():
        assert batch.digest == said["digest"]
    call_command("destroy", batch.code, stdout=StringIO())
    with everything():
        assert batch.items.filter(state=Fate.DESTROYED).count() == said["holdings"]
    assert due()["customers"]["holdings"] == 0


def test_what_is_held_excluded_or_in_hand_is_counted_apart(office, monkeypatch):
    held, out, _plain = office.gone(), office.gone(), office.gone()
    with everything():
        first = office.propose()
        items = DestructionItem.objects.filter(batch=first)
        batches.exclude(
            first, of={"subject": out.pk}, reason="核对", actor=batches.actors.system("keeper")
        )
        kept = set(items.filter(subject=held.pk).values_list("holding", flat=True))
        monkeypatch.setattr(
            batches, "holds_on", lambda asked: {each: ("H-1",) for each in asked if each in kept}
        )
        said = due()["customers"]
        batch = office.propose()
        assert said["digest"] == batches.digest(batch)
        assert (said["holdings"], said["held"], said["excluded"]) == (3, 3, 3)
        assert batch.items.filter(state=Fate.PLANNED).count() == 3
    office.submit(batch)
    again = due()["customers"]
    assert (again["holdings"], again["elsewhere"]) == (0, 9)


def test_another_day_gives_another_answer(office):
    office.gone(on=clock.local().date() - timedelta(days=3650))
    assert due()["customers"]["holdings"] == 0
    later = (clock.local().date() + timedelta(days=10)).isoformat()
    assert due("--at", later)["customers"]["holdings"] == 3
    assert due("--at", later)["date"] == later


def test_customers_come_in_the_order_of_the_digest_over_pages(office, monkeypatch):
    from records.retention import reckoning

    monkeypatch.setattr(reckoning, "PAGE", 1)
    for _ in range(3):
        office.gone(claims=True)
    found = foreseeing.foresee(on=clock.local().date())
    with everything():
        assert found.digest == batches.digest(office.propose())


def test_people_read_it_in_words(office):
    office.gone()
    said = told("retention_due")
    assert "1 名客户的 3 份资料" in said
    assert "《保险法》" in said
    assert "审计发现 · cn-finding 5y" in said


def test_own_records_stand_beside(office):
    rows = {each["kind"]: each for each in due()["own"]}
    assert (rows["finding"]["rule"], rows["finding"]["period"], rows["finding"]["due"]) == (
        "cn-finding",
        "5y",
        0,
    )
    # The law's floor is shorter than the house's own rule, and the longer decides.
    assert (rows["log-reasons"]["rule"], rows["export"]["rule"]) == ("cn-log", "cn-sharing")
    assert rows["log-entry"]["rule"] is None


def test_destroy_says_how_far_it_is_and_where_the_certificate_lies(office):
    for _ in range(2):
        office.gone()
    batch = office.approved()
    said = told("destroy", batch.code.lower())
    assert "已处理 6 / 6" in said
    assert f"批次 {batch.code} 已完成" in said
    batch.refresh_from_db()
    assert batch.stage == Stage.DONE
    # Once more it is the same certificate.
    assert told("destroy", batch.code).splitlines()[-3:] == said.splitlines()[-3:]


def test_destroy_goes_on_where_it_broke_off(office, monkeypatch):
    from custodian import failpoints
    from records.destruction import executing

    monkeypatch.setattr(executing, "CUSTOMERS", 1)
    for _ in range(2):
        office.gone()
    batch = office.approved()
    monkeypatch.setattr(failpoints, "hit", _once("destroy-chunk"))
    with pytest.raises(RuntimeError):
        told("destroy", batch.code)
    batch.refresh_from_db()
    assert batch.status == "failed"
    assert "已处理 6 / 6" in told("destroy", batch.code)


def _once(name):
    hits = []

    def hit(point):
        if point == name and not hits:
            hits.append(point)
            raise RuntimeError

    return hit


def test_destroy_refuses_in_both_languages_what_nobody_approved(office):
    office.gone()
    batch = office.propose()
    with pytest.raises(CommandError, match="destruction-not-approved") as refused:
        told("destroy", batch.code)
    assert "尚未批准" in str(refused.value)
    with pytest.raises(CommandError, match="D-1999-001"):
        told("destroy", "D-1999-001")
    with everything():
        assert batch.items.filter(state=Fate.DESTROYED).count() == 0


def test_destroy_does_not_go_on_with_what_an_officer_paused(office):
    office.gone()
    batch = office.approved()
    DestructionBatch.objects.filter(pk=batch.pk).update(status="paused")
    with pytest.raises(CommandError, match="合规官暂停"):
        told("destroy", batch.code)
    batch.refresh_from_db()
    assert batch.stage == Stage.APPROVED


def test_what_a_command_says_in_both_languages_is_collected_for_the_translators():
    """A literal that is handed on untranslated never reaches the catalogue, and is Chinese twice."""
    tree = ast.parse(Path(destroy.__file__).read_text(encoding="utf-8"))
    calls = [each for each in ast.walk(tree) if isinstance(each, ast.Call)]
    handed_on = [each.args[0] for each in calls if getattr(each.func, "id", "") == "_both"]
    assert len(handed_on) > 1
    assert all(isinstance(each, ast.Call) for each in handed_on)
