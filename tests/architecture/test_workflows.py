"""The drawn lifecycles are those of the tables."""

from __future__ import annotations

from pathlib import Path

from custodian.management.commands import draw_workflows

PAGE = Path(__file__).resolve().parents[2] / draw_workflows.PAGE
PLACES = [place for place, _name, _flow, _says in draw_workflows.workflows()]


def test_the_page_is_what_the_tables_say() -> None:
    assert PAGE.read_text("utf-8") == draw_workflows.page(), "run manage.py draw_workflows --write"


def test_every_app_with_lifecycles_is_drawn() -> None:
    assert {each.partition(".")[0] for each in PLACES} == {
        "custodian", "access", "records", "transfers", "incidents",
    }  # fmt: skip
    assert len(PLACES) > 30
