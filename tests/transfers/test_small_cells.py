"""Nothing that a table tells lets anybody work out a few people, however he reckons."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from transfers.data_room import small_cells
from transfers.data_room.small_cells import LEAST, told

COUNTS = some.lists(some.integers(0, 60), min_size=1, max_size=8)


def ranges(table: small_cells.Told) -> dict[str, tuple[int, int]]:
    """What an attacker knows of each hidden cell: the total less all that is shown, and that none is empty."""
    hidden = [name for name, count in table.cells if count is None]
    if not hidden:
        return {}
    assert table.total is not None
    together = table.total - sum(count for _name, count in table.cells if count)
    return {name: (1, together - (len(hidden) - 1)) for name in hidden}


@given(COUNTS)
@settings(max_examples=500, deadline=None)
def test_each_hidden_cell_could_be_one_or_at_least_ten(counts):
    cells = {f"c{at}": count for at, count in enumerate(counts)}
    table = told(cells)
    for name, (low, high) in ranges(table).items():
        assert low == 1
        assert high >= LEAST
        assert low <= cells[name] <= high
    for name, count in table.cells:
        assert count in (None, cells[name])
        assert count is None or count == 0 or count >= LEAST


@given(COUNTS)
@settings(max_examples=300, deadline=None)
def test_no_small_number_stands_anywhere(counts):
    table = told({f"c{at}": count for at, count in enumerate(counts)})
    numbers = [count for _name, count in table.cells if count] + [table.total or 0]
    assert not [each for each in numbers if 0 < each < LEAST]


@pytest.mark.parametrize(
    ("cells", "hidden"),
    [
        ({"a": 100, "b": 3, "c": 40}, {"b", "c"}),  # alone it would be the total less the others
        ({"a": 100, "b": 1, "c": 1, "d": 50}, {"b", "c", "d"}),  # two of one each: two says it all
        ({"a": 100, "b": 9, "c": 9}, {"b", "c"}),
        ({"a": 100, "b": 0, "c": 40}, set()),
        ({"a": 30, "b": 20}, set()),
    ],
)
def test_company_is_kept_as_it_takes(cells, hidden):
    table = told(cells)
    assert {name for name, count in table.cells if count is None} == hidden


@pytest.mark.parametrize("cells", [{"a": 3}, {"a": 4, "b": 5}, {"a": 10, "b": 1}])
def test_a_table_that_could_only_tell_is_not_told(cells):
    table = told(cells)
    total = sum(cells.values())
    if total < LEAST:
        assert (table.total, table.cells) == (None, ())
    else:
        assert not any(count is not None and 0 < count < LEAST for _name, count in table.cells)


def test_ten_and_one_are_not_told_apart():
    """Eleven together: 1 + 10 up to 10 + 1, so that nobody knows which."""
    table = told({"a": 10, "b": 1})
    assert ranges(table) == {"a": (1, 10), "b": (1, 10)}


def test_hidden_cells_look_alike():
    """Whoever could tell a small one from its company would know the company is ten or more."""
    table = told({"a": 100, "small": 2, "company": 12})
    assert [count for name, count in table.cells if name != "a"] == [None, None]


def test_the_exhaustive_attack_finds_more_than_one_answer_for_every_cell():
    """All tables of three cells up to 25: with total and shown cells in hand, no hidden cell is certain."""
    for counts in product(range(26), repeat=3):
        cells = dict(zip("abc", counts, strict=True))
        table = told(cells)
        shown = dict(table.cells)
        hidden = [name for name in shown if shown[name] is None]
        if not hidden or table.total is None:
            continue
        rest = table.total - sum(count for count in shown.values() if count)
        for name in hidden:
            answers = {value for value in range(1, rest) if rest - value >= len(hidden) - 1}
            assert len(answers) >= LEAST, (cells, name)
