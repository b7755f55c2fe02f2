"""Periods of the law, counted in calendar years, months or days from the day of the event."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, total_ordering
from typing import Self

_WRITTEN = re.compile(r"(\d{1,3})(y|mo|d)")
_MONTH = 365.2425 / 12
# Every day of four years: whatever months and leap days there are lies among them.
_DAYS = tuple(date(2024, 1, 1) + timedelta(days=each) for each in range(366 + 3 * 365))


@total_ordering
@dataclass(frozen=True)
class Period:
    """So many months and days; written `10y`, `6mo` or `30d`."""

    months: int = 0
    days: int = 0

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises ValueError for anything else than a number with y, mo or d."""
        match = _WRITTEN.fullmatch(text)
        if match is None:
            raise ValueError(text)
        number, unit = int(match[1]), match[2]
        if unit == "d":
            return cls(days=number)
        return cls(months=number * (12 if unit == "y" else 1))

    def __lt__(self, other: Period) -> bool:
        """By how long it usually is, so that 200 days are more than 6 months and less than 7."""
        return self._length() < other._length()

    def _length(self) -> tuple[float, int]:
        return self.months * _MONTH + self.days, self.months

    def __str__(self) -> str:
        if self.days:
            return f"{self.days}d"
        return f"{self.months // 12}y" if self.months % 12 == 0 else f"{self.months}mo"

    def after(self, day: date) -> date:
        """The last day of the period that begins the day after `day`; 29 February ends on the 28th."""
        months = day.year * 12 + day.month - 1 + self.months
        year, month = divmod(months, 12)
        last = monthrange(year, month + 1)[1]
        return date(year, month + 1, min(day.day, last)) + timedelta(days=self.days)

    def reaches(self, other: Period) -> bool:
        """Whether it never ends before the other one, on whatever day both begin."""
        return _reaches(self, other)


@cache
def _reaches(period: Period, other: Period) -> bool:
    return all(period.after(day) >= other.after(day) for day in _DAYS)
