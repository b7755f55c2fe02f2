"""The scorecard as it is shown: one unit and those right below it, each with everything beneath."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Sum

from access.models import ScorecardFigure, Unit
from access.scorecards.indicators import Indicator, Week, registered

WEEKS: Final = 12
Sums = dict[date, tuple[int, int]]


@dataclass(frozen=True)
class Point:
    week: date
    part: int
    base: int
    figure: float | None


@dataclass(frozen=True)
class Cell:
    """An indicator of one row: the newest week that has a figure, and the way there."""

    indicator: Indicator
    points: tuple[Point, ...]  # of weeks that have a figure, the oldest first

    @property
    def last(self) -> Point | None:
        return self.points[-1] if self.points else None

    @property
    def change(self) -> float | None:
        """Against the week before that has a figure."""
        if len(self.points) < 2:
            return None
        new, old = self.points[-1].figure, self.points[-2].figure
        return None if new is None or old is None else new - old

    @property
    def trend(self) -> list[float]:
        return [point.figure for point in self.points if point.figure is not None]

    @property
    def worries(self) -> bool:
        return self.last is not None and self.indicator.worries(self.last.figure)

    @property
    def improves(self) -> bool | None:
        """None where nothing moved, or nothing is known of before."""
        return None if not self.change else (self.change > 0) is self.indicator.more_is_better


@dataclass(frozen=True)
class Row:
    unit: Unit | None  # None: the whole house
    cells: tuple[Cell, ...]
    has_below: bool = False


def rows(unit: Unit | None = None) -> list[Row]:
    """The unit with all below it, then each unit right below; the house and its first level without one."""
    units = list(Unit.objects.select_related("parent"))
    below = [each for each in units if each.parent_id == (unit.pk if unit else None)]
    if unit is None and len(below) == 1:  # a head office stands for the house
        below = [each for each in units if each.parent_id == below[0].pk]
    paths = {each.pk: each.path for each in units}
    figures = _figures()
    parents = {each.parent_id for each in units}
    return [
        Row(unit, _cells(figures, paths, unit.path if unit else "")),
        *(Row(each, _cells(figures, paths, each.path), each.pk in parents) for each in below),
    ]


def house() -> Row:
    return Row(None, _cells(_figures(), {each.pk: each.path for each in Unit.objects.all()}, ""))


def _figures() -> Mapping[str, Mapping[int, Sums]]:
    """By indicator and unit."""
    since = Week.now().before(WEEKS - 1).begins
    found = ScorecardFigure.objects.filter(week__gte=since).order_by("week", "indicator", "unit")
    figures: dict[str, dict[int, Sums]] = defaultdict(lambda: defaultdict(dict))
    for code, unit, week, part, base in (
        found.values("indicator", "unit", "week").annotate(p=Sum("part"), b=Sum("base"))
        .values_list("indicator", "unit", "week", "p", "b")
    ):  # fmt: skip
        figures[code][unit][week] = part, base
    return figures


def _cells(
    figures: Mapping[str, Mapping[int, Sums]], paths: Mapping[int, str], under: str
) -> tuple[Cell, ...]:
    return tuple(
        Cell(indicator, _points(indicator, figures.get(indicator.code, {}), paths, under))
        for indicator in registered()
    )


def _points(
    indicator: Indicator, by_unit: Mapping[int, Sums], paths: Mapping[int, str], under: str
) -> tuple[Point, ...]:
    sums: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for unit, weeks in by_unit.items():
        if paths[unit].startswith(under):
            for week, (part, base) in weeks.items():
                sums[week][0] += part
                sums[week][1] += base
    return tuple(
        Point(week, part, base, indicator.figure(part, base))
        for week, (part, base) in sorted(sums.items())
    )
