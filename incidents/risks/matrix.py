"""The heat matrix of the register: impact across, likelihood up, as SVG attributes. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from incidents.risks.scales import MOST, Band, Scales, score

CELL_WIDTH: Final = 104
CELL_HEIGHT: Final = 44
GAP: Final = 2
LEFT: Final = 132
TOP: Final = 8
WIDTH: Final = LEFT + MOST * (CELL_WIDTH + GAP)
HEIGHT: Final = TOP + MOST * (CELL_HEIGHT + GAP) + 26
# How dark a cell of each band is drawn, of the six steps of heat.
STEPS: Final = (0, 1, 3, 5)


@dataclass(frozen=True)
class Cell:
    likelihood: int
    impact: int
    count: int
    step: int
    band: Band

    @property
    def x(self) -> int:
        return LEFT + (self.impact - 1) * (CELL_WIDTH + GAP)

    @property
    def y(self) -> int:
        return TOP + (MOST - self.likelihood) * (CELL_HEIGHT + GAP)

    @property
    def text_x(self) -> int:
        return self.x + CELL_WIDTH // 2

    @property
    def text_y(self) -> int:
        return self.y + CELL_HEIGHT // 2 + 5

    @property
    def at(self) -> str:
        return f"{self.likelihood}-{self.impact}"


@dataclass(frozen=True)
class Row:
    """One likelihood, from left to right; the highest stands on top."""

    level: int
    words: object
    y: int
    cells: Sequence[Cell]


def drawn(places: Iterable[tuple[int, int]], scales: Scales) -> list[Row]:
    """`places` are likelihood and impact of each risk."""
    counted = Counter(places)
    return [
        Row(
            step.level,
            step.words,
            TOP + (MOST - step.level) * (CELL_HEIGHT + GAP) + CELL_HEIGHT // 2 + 5,
            [_cell(step.level, each.level, counted, scales) for each in scales.impact],
        )
        for step in reversed(scales.likelihood)
    ]


def _cell(likelihood: int, impact: int, counted: Counter[tuple[int, int]], scales: Scales) -> Cell:
    band = scales.band(score(likelihood, impact))
    step = STEPS[min(list(scales.bands).index(band), len(STEPS) - 1)]
    return Cell(likelihood, impact, counted[likelihood, impact], step, band)


def heads(scales: Scales) -> list[tuple[object, int]]:
    """Each impact and where its word stands."""
    return [
        (each.words, LEFT + (each.level - 1) * (CELL_WIDTH + GAP) + CELL_WIDTH // 2)
        for each in scales.impact
    ]
