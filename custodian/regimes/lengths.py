"""How long the law gives: minutes and hours to the second, days, working days and months to their end."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

_WRITTEN = re.compile(r"(\d{1,4})(min|h|d|wd|mo)")


class Unit(StrEnum):
    MINUTE = "min"
    HOUR = "h"
    DAY = "d"
    WORKING_DAY = "wd"
    MONTH = "mo"


EXACT = frozenset({Unit.MINUTE, Unit.HOUR})


@dataclass(frozen=True)
class Length:
    """So many of one unit; written `2h`, `30d`, `15wd` or `1mo`. `0h` is at once."""

    number: int
    unit: Unit

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises ValueError for anything else than a number with min, h, d, wd or mo."""
        match = _WRITTEN.fullmatch(text)
        if match is None:
            raise ValueError(text)
        return cls(int(match[1]), Unit(match[2]))

    def __str__(self) -> str:
        return f"{self.number}{self.unit}"

    @property
    def at_once(self) -> bool:
        return self.number == 0

    def __add__(self, other: Length) -> Length:
        """Raises ValueError for another unit: nobody knows how many days fifteen working days are."""
        if self.unit is not other.unit:
            raise ValueError(f"{self} and {other} are of different units")
        return replace(self, number=self.number + other.number)

    def within(self, other: Length) -> bool:
        """Whether it never ends after the other one; raises ValueError for another unit."""
        if self.unit is not other.unit:
            raise ValueError(f"{self} and {other} are of different units")
        return self.number <= other.number
