"""What is measured of units: an indicator counts its own rows, says what it asks, and from when to worry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from custodian import clock
from custodian.data_files import parse

ATTENTION: Final = Path(__file__).with_name("attention.yaml")


class Kind(StrEnum):
    """How `part` and `base` are told as one figure."""

    SHARE = "share"  # part of base, in percent
    MEAN = "mean"  # sum over number
    PER_HUNDRED = "per_hundred"
    PER_THOUSAND = "per_thousand"


_TIMES: Final = {Kind.SHARE: 1, Kind.MEAN: 1, Kind.PER_HUNDRED: 100, Kind.PER_THOUSAND: 1000}


@dataclass(frozen=True)
class Week:
    """Monday to Sunday by the office's clock."""

    begins: date

    @classmethod
    def of(cls, day: date) -> Week:
        return cls(day - timedelta(days=day.weekday()))

    @classmethod
    def now(cls) -> Week:
        return cls.of(clock.local().date())

    @property
    def since(self) -> datetime:
        return datetime.combine(self.begins, time(), clock.OFFICE)

    @property
    def until(self) -> datetime:
        """The first moment of the next one."""
        return datetime.combine(self.begins + timedelta(days=7), time(), clock.OFFICE)

    @property
    def ends(self) -> date:
        return self.begins + timedelta(days=6)

    def before(self, weeks: int = 1) -> Week:
        return Week(self.begins - timedelta(weeks=weeks))


class Counted(NamedTuple):
    """Of one unit, without those below it, so that a subtree is a sum."""

    unit: int
    part: int
    base: int


@dataclass(frozen=True)
class Indicator:
    """`momentary`: how things stand, which nobody can count for a week that is over."""

    code: str
    name: Any
    asks: Any
    part_name: Any
    base_name: Any
    kind: Kind
    more_is_better: bool
    count: Callable[[Week], Iterable[Counted]]
    leads_to: str  # the page with the cases behind it
    momentary: bool = False

    def figure(self, part: int, base: int) -> float | None:
        """None where there is nothing to measure by."""
        return part / base * _TIMES[self.kind] if base else None

    def worries(self, figure: float | None) -> bool:
        """Beyond the value from which this company wants to look at it."""
        limit = attention()[self.code]
        if figure is None:
            return False
        return figure < limit if self.more_is_better else figure > limit


_indicators: dict[str, tuple[int, Indicator]] = {}


def register(order: int, indicator: Indicator) -> None:
    """From `ready()`; an indicator without a value in `attention.yaml` is a mistake of ours."""
    attention()[indicator.code]
    _indicators[indicator.code] = (order, indicator)


def registered() -> list[Indicator]:
    return [
        indicator for _order, indicator in sorted(_indicators.values(), key=lambda each: each[0])
    ]


@cache
def attention() -> Mapping[str, float]:
    """By code of the indicator: from where it is looked at. The company's default, no law says any."""
    rows = parse(ATTENTION.read_text(encoding="utf-8"))
    return {row["code"]: float(row["from"]) for row in rows}
