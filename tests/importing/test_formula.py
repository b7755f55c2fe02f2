"""Formula guard: what a spreadsheet would run goes out as text and comes back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.importing.formula import guard, unguard

RUNNING = [
    "=1+1",
    "+861",
    "-5",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    " =1",
    "'=1",
]


@pytest.mark.parametrize("cell", RUNNING)
def test_a_running_cell_goes_out_behind_an_apostrophe_and_comes_back(cell):
    assert guard(cell).startswith("'")
    assert unguard(guard(cell)) == cell


@pytest.mark.parametrize("cell", ["张三", "1-2", "a@b.com", "", "'tis", "O'Neil"])
def test_other_cells_are_left_alone(cell):
    assert guard(cell) == cell
    assert unguard(cell) == cell


@given(st.text(alphabet=" '=+-@\t\r＝＋－＠a1", max_size=8))
def test_guarding_can_always_be_undone(cell):
    assert unguard(guard(cell)) == cell
    assert unguard(unguard(guard(guard(cell)))) == cell
