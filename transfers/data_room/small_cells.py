"""Small cells: what is not told of a table, so that nothing told lets anybody work out a few people. Pure.

A table has a total that is told. Cells from 1 to 9 are left out, and with them as many of the next smallest
as it takes until each cell that is left out could still be anything from 1 to at least 10. All that is left
out looks alike: whoever could tell a small cell from one that only keeps it company could reckon with that.
Where even a table of nothing but its total would say more than that, it is not told at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

LEAST: Final = 10  # people, policies or claims; this company's choice, as in its other statistics


@dataclass(frozen=True)
class Told:
    """One table as it is given out: None for a cell that is left out; no cells where none can be told."""

    total: int | None
    cells: Sequence[tuple[str, int | None]]

    @property
    def left_out(self) -> int:
        return sum(1 for _name, count in self.cells if count is None)


def told(cells: Mapping[str, int]) -> Told:
    """The table with its cells in their order; one of no rows at all says so by its total."""
    total = sum(cells.values())
    if 0 < total < LEAST:
        return Told(None, ())
    hidden = {name for name, count in cells.items() if 0 < count < LEAST}
    rest = sorted((count, name) for name, count in cells.items() if count >= LEAST)
    while hidden and not is_safe(sum(cells[name] for name in hidden), len(hidden)):
        if not rest:
            return Told(total, ())
        hidden.add(rest.pop(0)[1])
    return Told(total, [(name, None if name in hidden else n) for name, n in cells.items()])


def is_safe(together: int, cells: int) -> bool:
    """Whether each of so many hidden cells, whose sum is known, can still be from 1 to at least `LEAST`."""
    return together - (cells - 1) >= LEAST and cells > 1
