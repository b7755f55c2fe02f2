"""A list is traced by the real log: who revealed what is on it, by fingerprints, and nothing of it is kept."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command

from access.actions import Action
from access.models import Entry
from incidents.tracing.weighing import Strength
from tests.access.test_training_rules import context_of
from tests.sequencer.trees import Place
from tests.tracing.insurer import NAME, UNIT, Insurer, mobile

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def insurer():
    return Insurer()


@pytest.fixture(autouse=True)
def place(tmp_path):
    return Place.make(tmp_path / "log")


def traced(path, *options):
    out = StringIO()
    call_command("trace_leak", str(path), "--json", *options, stdout=out)
    return json.loads(out.getvalue())


def written(tmp_path, rows):
    path = tmp_path / "名单.csv"
    path.write_text("\n".join(["姓名,电话", *rows]), encoding="utf-8")
    return path


def test_the_insider_is_the_strong_first_and_his_colleagues_are_not(insurer, tmp_path, place):
    sold = range(30)
    insurer.look(insurer.insider, range(34))
    insurer.look(insurer.colleague, range(20, 60))
    insurer.look(insurer.colleague, range(30), masked=True)
    insurer.look(insurer.other, range(UNIT, UNIT + 40))
    place.seal()
    noise = [f"路人,138{number:08}" for number in range(10)]
    said = traced(written(tmp_path, [*(f"某,{mobile(each)}" for each in sold), *noise]))
    assert (said["rows"], said["matched"], said["customers"]) == (41, 30, 30)
    assert said["sources"] == [{"book": "QH", "customers": 30}]
    first, second = said["candidates"]
    assert first["operator"].startswith("赵某")
    assert (first["seen"], first["covered"], first["share"]) == (34, 30, 1.0)
    assert first["expected"] == round(34 * 30 / UNIT, 1)
    assert (first["kind"], first["strength"]) == ("operator", Strength.STRONG)
    assert first["alone"] == 20
    # Masks show no number, and what he saw in clear is no more than chance gives.
    assert second["covered"] == 10
    assert second["strength"] not in {Strength.STRONG, Strength.MODERATE}


def test_whoever_opened_other_elements_is_no_source_of_these(insurer, tmp_path):
    insurer.look(insurer.insider, range(20), elements=(NAME,))
    said = traced(written(tmp_path, [f"某,{mobile(each)}" for each in range(20)]))
    assert said["matched"] == 20
    assert said["candidates"] == []


def test_a_trace_stands_in_the_log_with_its_set_and_without_a_value(insurer, tmp_path):
    insurer.look(insurer.insider, range(8))
    rows = [f"某,{mobile(each)}" for each in range(8)]
    said = traced(written(tmp_path, rows))
    entry = Entry.objects.get(id=said["log_entry"])
    context = context_of(entry.id)
    assert json.loads(entry.leaf)["what"] == Action.LEAK_TRACE.value
    assert (context["rows"], context["subjects"], len(context["set"])) == (9, 8, 64)
    assert mobile(3) not in json.dumps([entry.leaf, context, said])
    assert entry.subjects == 0


def test_a_list_of_strangers_names_nobody(insurer, tmp_path):
    insurer.look(insurer.insider, range(8))
    said = traced(written(tmp_path, [f"路人,138{number:08}" for number in range(50)]))
    assert (said["matched"], said["not_ours"], said["candidates"]) == (0, 51, [])


def test_days_bound_the_looks(insurer, tmp_path):
    insurer.look(insurer.insider, range(20))
    path = written(tmp_path, [f"某,{mobile(each)}" for each in range(20)])
    assert traced(path, "--until", "2020-01-01")["candidates"] == []
    assert len(traced(path, "--since", "2020-01-01")["candidates"]) == 1
