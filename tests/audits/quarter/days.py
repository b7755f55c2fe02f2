"""The quarter's ninety days: who works when, and the hours of an ordinary day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

FIRST: Final = date(2026, 3, 2)
DAYS: Final = [FIRST + timedelta(days=n) for n in range(90)]
HOLIDAYS: Final = frozenset(
    [date(2026, 4, day) for day in (4, 5, 6)] + [date(2026, 5, day) for day in (1, 2, 3, 4, 5)]
)
# Two peaks and a thin lunch.
OFFICE: Final = dict(zip(range(8, 19), (4, 12, 14, 12, 4, 7, 13, 13, 11, 7, 3), strict=True))
EVENING: Final = dict(zip(range(13, 22), (5, 8, 9, 9, 8, 8, 9, 7, 4), strict=True))
AFTER_WORK: Final = dict(zip(range(19, 23), (8, 7, 4, 2), strict=True))
NIGHT: Final = {20: 3, 21: 4, 22: 4, 23: 2}


def works(day: date) -> bool:
    return day.weekday() < 5 and day not in HOLIDAYS


def working(first: int = 0, last: int = len(DAYS)) -> list[date]:
    return [day for day in DAYS[first:last] if works(day)]


def moment(rng: Random, day: date, hours: dict[int, int] = OFFICE) -> datetime:
    hour = rng.choices(list(hours), list(hours.values()))[0]
    second = rng.randrange(3600)
    return datetime.combine(day, time(hour)) + timedelta(seconds=second)


def moments(rng: Random, day: date, count: int, hours: dict[int, int] = OFFICE) -> list[datetime]:
    """Some moments of the day in order."""
    chosen = rng.choices(list(hours), list(hours.values()), k=count)
    start = datetime.combine(day, time())
    return sorted(start + timedelta(seconds=hour * 3600 + rng.randrange(3600)) for hour in chosen)


def drawn(rng: Random, mean: float) -> int:
    """How often in a day, around a mean, never below nought."""
    return max(0, round(rng.gauss(mean, mean**0.5))) if mean > 0 else 0
