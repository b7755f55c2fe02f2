"""A person's day in numbers, and what is usual among people of her kind."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Numbers:
    """`sights` counts every customer of every look; the shares are of sights."""

    looks: int = 0
    sights: int = 0
    unexplained: int = 0
    own_word: int = 0
    customers: int = 0
    opened: int = 0  # customers of whom a value was shown in clear
    unasked: int = 0  # of these, without any work item
    outside_hours: int = 0  # customers opened or viewed outside office hours without a work item
    refused: int = 0
    searches: int = 0
    empty_searches: int = 0
    hours: list[int] = field(default_factory=lambda: [0] * 24)

    @property
    def share(self) -> float:
        """Of what was seen, the part that nothing explains."""
        return self.unexplained / self.sights if self.sights else 0.0


def median(values: Iterable[float]) -> float:
    known = sorted(values)
    return float(statistics.median(known)) if known else 0.0


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    known = sorted(values)
    return float(known[min(int(len(known) * share), len(known) - 1)]) if known else 0.0
