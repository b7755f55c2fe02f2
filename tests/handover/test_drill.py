"""The drill of the book keeps every promise, and says so when one is broken."""

from __future__ import annotations

from pathlib import Path

from custodian.drills.handover import drill
from tests.handover.two import Two


def test_a_book_goes_to_another_insurer_and_comes_back(drilled: Two, tmp_path: Path) -> None:
    steps = list(drill.played((drilled.seller, drilled.buyer), 24, tmp_path))
    assert [(step.name, step.promised, step.found) for step in steps if not step.kept] == []
    assert len({step.name for step in steps}) == len(steps) > 40
