"""Geometry of the small drawings: bars, squares, heat maps and trends, as SVG attributes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

MASK_WIDTHS = (1, 2, 4, 6, 8, 10, 14)
HEAT_STEPS = (1, 10, 20, 40, 60)
DAYS = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
_CELL, _ROW, _GAP, _LEFT, _TOP = 30, 24, 2, 44, 22


def mask_width(count: int) -> int:
    """The drawn width, in characters, that comes nearest to the number hidden."""
    return min(MASK_WIDTHS, key=lambda width: (abs(width - count), width))


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    height: float
    on: bool


def level_bars(level: int) -> list[Bar]:
    return [
        Bar(x=0.5 + 4.75 * at, y=9.5 - (3 + 1.5 * at), height=3 + 1.5 * at, on=at < level)
        for at in range(5)
    ]


@dataclass(frozen=True)
class Square:
    x: float
    on: bool
    broken: bool = False
    linked: bool = False  # to the square before it


def proof_squares(reached: int, *, broken_at: int | None = None) -> list[Square]:
    return [
        Square(x=0.75 + 13.5 * at, on=at < reached, broken=at == broken_at, linked=at < reached)
        for at in range(4)
    ]


@dataclass(frozen=True)
class HeatCell:
    day: int
    hour: int
    count: int
    outside: bool = False
    unusual: bool = False

    @property
    def step(self) -> int:
        return sum(self.count >= bound for bound in HEAT_STEPS)

    @property
    def x(self) -> int:
        return _LEFT + self.hour * (_CELL + _GAP)

    @property
    def y(self) -> int:
        return _TOP + self.day * (_ROW + _GAP)

    @property
    def text_x(self) -> int:
        return self.x + _CELL // 2

    @property
    def text_y(self) -> int:
        return self.y + 16

    @property
    def numbered(self) -> bool:
        return self.unusual or (self.outside and self.count > 0)


def heat_cells(cells: Iterable[HeatCell | Mapping[str, Any]]) -> list[HeatCell]:
    """All 168 hours, empty where none was given; outlined ones last, so that they lie on top."""
    given = [cell if isinstance(cell, HeatCell) else HeatCell(**cell) for cell in cells]
    known = {(cell.day, cell.hour): cell for cell in given}
    full = [
        known.get((day, hour), HeatCell(day=day, hour=hour, count=0))
        for day in range(7)
        for hour in range(24)
    ]
    return sorted(full, key=lambda cell: (cell.unusual, cell.numbered))


def heat_rows(cells: Sequence[HeatCell]) -> list[tuple[Any, int, list[HeatCell]]]:
    ordered = sorted(cells, key=lambda cell: (cell.day, cell.hour))
    return [
        (DAYS[day], _TOP + day * (_ROW + _GAP) + 16, ordered[day * 24 : day * 24 + 24])
        for day in range(7)
    ]


def heat_hours() -> list[tuple[int, int]]:
    return [(hour, _LEFT + hour * (_CELL + _GAP) + _CELL // 2) for hour in range(0, 24, 3)]


HEAT_WIDTH = _LEFT + 24 * (_CELL + _GAP)
HEAT_HEIGHT = _TOP + 7 * (_ROW + _GAP)


@dataclass(frozen=True)
class Trend:
    points: str
    end_x: float
    end_y: float
    threshold_y: float | None


def trend(values: Sequence[float], *, threshold: float | None, top: float | None = None) -> Trend:
    """A line in a 225 × 36 field whose scale starts at nothing and ends at `top`."""
    highest = top or max([*values, threshold or 0.0]) or 1.0
    step = 217 / max(len(values) - 1, 1)

    def y(value: float) -> float:
        return round(32 - 28 * min(value / highest, 1.0), 1)

    places = [(round(4 + step * at, 1), y(value)) for at, value in enumerate(values)]
    end = places[-1] if places else (4.0, 32.0)
    points = " ".join(f"{x},{height}" for x, height in places)
    return Trend(points, end[0], end[1], None if threshold is None else y(threshold))
