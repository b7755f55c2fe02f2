"""A roll that does not say what the entries before it say is found, whoever wrote it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from access.models import Verification
from access.sequencer.rolls import Rolls
from custodian.drills import history
from custodian.drills.copy import Copy
from tests.verification.playing import FULL, INCREMENTAL, looks, said, verified

pytestmark = pytest.mark.xdist_group("verification")
Lie = Callable[[Rolls, str], None]


def one_less(state: Rolls, actor: str) -> None:
    state.records[actor] = replace(state.records[actor], count=state.records[actor].count - 1)


def one_left_out(state: Rolls, actor: str) -> None:
    del state.records[actor]
    state.changed.discard(actor)


def rolled(copy: Copy, lie: Lie | None = None) -> int:
    """The index of the entry of a roll that the sequencer took, and lied in."""
    sequencer = copy.original.sequencer(copy.head)
    try:
        sequencer.cycle()
        if lie is not None:
            lie(sequencer.integrator.rolls, str(history.OPERATORS[0].ref))
        sequencer._roll()
        sequencer.cycle()
    finally:
        sequencer.abandon()
    copy.cursor.execute("SELECT max(leaf) FROM querylog.roll")
    (leaf,) = copy.cursor.fetchone()
    return int(leaf)


def test_an_honest_one_is_whole(copy: Copy) -> None:
    verified(FULL)
    for _ in range(2):
        looks(copy)
        rolled(copy)
        assert said(verified(INCREMENTAL)) == (True, None, "")
    assert said(verified(FULL)) == (True, None, "")


@pytest.mark.parametrize("lie", [one_less, one_left_out])
def test_a_sequencer_that_lies_is_found_at_the_next_run(copy: Copy, lie: Lie) -> None:
    verified(FULL)
    looks(copy)
    leaf = rolled(copy, lie)
    for kind in (INCREMENTAL, FULL):
        assert said(verified(kind)) == (False, leaf, "roll-not-its-entries")
    assert Verification.objects.count() == 3
