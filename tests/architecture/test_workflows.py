"""The drawn lifecycles are those of the tables, and each table can be walked."""

from __future__ import annotations

from pathlib import Path

import pytest

from custodian.management.commands import draw_workflows
from custodian.workflow import Workflow

PAGE = Path(__file__).resolve().parents[2] / draw_workflows.PAGE
FLOWS = {f"{place}.{name}": flow for place, name, flow, _says in draw_workflows.workflows()}


def test_the_page_is_what_the_tables_say() -> None:
    assert PAGE.read_text("utf-8") == draw_workflows.page(), "run manage.py draw_workflows --write"


def test_every_app_with_lifecycles_is_drawn() -> None:
    assert {each.partition(".")[0] for each in FLOWS} == {
        "custodian", "access", "records", "transfers", "incidents",
    }  # fmt: skip
    assert len(FLOWS) > 30


@pytest.mark.parametrize("name", FLOWS)
def test_a_lifecycle_has_a_beginning_and_every_state_is_reached_from_it(name: str) -> None:
    flow: Workflow = FLOWS[name]
    sources = {each for move in flow.moves.values() for each in move.sources}
    targets = {move.target for move in flow.moves.values()}
    reached = sources - targets
    assert reached or sources, name
    for _step in flow.moves:
        reached |= {move.target for move in flow.moves.values() if move.sources & reached}
    lost = (sources | targets) - reached
    assert not lost or not sources - targets, f"{name}: nothing leads to {sorted(lost)}"
