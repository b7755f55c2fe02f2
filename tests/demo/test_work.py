"""The demo's work explains most looks of its month, forgets a few, and nothing of the theft."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from access.audits.day import Operator
from access.audits.explaining import NOTHING, SERVES, WORK, Explainer, Item
from custodian import clock
from custodian.demo import work
from custodian.demo.insurer.staff import LI, UNIT_BY_CODE, WANG
from custodian.demo.work import Task
from records.importing.readers import Source, open_source
from records.importing.recognise import recognise
from records.importing.work_words import check_kind
from tests.demo.test_traffic import MONTH, looks, people  # noqa: F401  fixtures

NOW = datetime.combine(MONTH[1], time(20), clock.OFFICE)


@pytest.fixture(scope="session")
def tasks(written, people, looks):  # noqa: F811
    return work.plan(looks, written.manifest.facts, people, now=NOW, seed=7)


@pytest.fixture(scope="session")
def explainer(tasks):
    return Explainer([_item(each) for each in tasks], ())


def _item(task: Task) -> Item:
    user = _number(task.staff_no) if task.staff_no else 0
    return Item(
        str(check_kind(task.kind).value), _number(task.customer), user, _path(task.unit),
        task.opened, task.closed,
    )  # fmt: skip


def _number(key: str) -> int:
    return int("".join(each for each in key if each.isdigit())) + 1_000_000 * ord(key[0])


def _path(unit: str) -> str:
    if not unit:
        return ""
    parent = UNIT_BY_CODE[unit].parent
    return f"{_path(parent)}{unit}."


def sights(looks, people, explainer, *roles):  # noqa: F811
    """For every customer of every look: by what it is explained."""
    known = {person.staff_no: person for person in people if person.role in roles}
    for look in looks:
        person = known.get(look.staff_no)
        if person is None or look.action == "denied":
            continue
        operator = Operator(_number(person.staff_no), "", _path(person.unit))
        for key in look.subject_keys:
            yield look, key, explainer.of(operator, look.purpose, _number(key), look.at)


def test_one_in_twenty_looks_of_service_and_claims_was_forgotten(looks, people, explainer):  # noqa: F811
    found = Counter(code for *_, code in sights(looks, people, explainer, "客服", "理赔人员"))
    assert set(found) == {WORK, NOTHING}
    assert 0.035 <= found[NOTHING] / found.total() <= 0.065


def test_about_half_of_the_agents_visits_have_an_item(looks, people, explainer):  # noqa: F811
    found = Counter(
        code
        for look, _key, code in sights(looks, people, explainer, "代理人")
        if look.action in {"view", "reveal"} and look.staff_no != WANG
    )
    assert 0.4 <= found[WORK] / found.total() <= 0.62


def test_nothing_explains_a_theft(written, looks, people, explainer, tasks):  # noqa: F811
    targets = set(written.manifest.facts.targets)
    stolen = [
        code
        for look, key, code in sights(looks, people, explainer, "代理人")
        if look.staff_no == WANG and key in targets
    ]
    assert len(stolen) >= len(targets)
    assert set(stolen) == {NOTHING}
    assert not [task for task in tasks if task.staff_no == WANG and task.customer in targets]


def test_every_kind_serves_the_purpose_that_it_stands_for():
    for purpose, kinds in work.KINDS.items():
        for kind in kinds:
            assert purpose in SERVES[str(check_kind(kind).value)], (purpose, kind)


def test_the_same_seed_plans_the_same_work(written, people, looks, tasks):  # noqa: F811
    assert work.plan(looks, written.manifest.facts, people, now=NOW, seed=7) == tasks
    assert len({task.number for task in tasks}) == len(tasks)


def test_some_of_it_is_open_and_due_about_now(tasks):
    still = [task for task in tasks if task.closed is None]
    assert Counter(task.staff_no for task in still) == {LI: 4, WANG: 4, work.ZHAO: 4, "": 3}
    assert all(abs(task.due - NOW) < timedelta(days=6) for task in still if task.due)
    assert any(task.due < NOW for task in still if task.due)
    assert all(task.opened < NOW for task in tasks)


def test_the_file_is_recognised_by_the_importer(tmp_path: Path, tasks):
    path = work.write(tmp_path, tasks)
    (sheet,) = open_source(Source.from_path(path))
    assert [guess.target for guess in recognise(sheet)] == [
        *("work.number", "work.kind", "work.customer_key", "work.staff_no", "work.unit"),
        *("work.opened_at", "work.closed_at", "work.outcome", "work.due_at"),
    ]
