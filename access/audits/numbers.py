"""A person's day in numbers, and what is usual among people of her kind."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Numbers:
    """`sights` counts each customer of each look that showed her alone; the shares are of sights.

    A page of masks shows nobody's interest in anybody: it counts as a look and in `hours` only.
    """

    looks: int = 0
    sights: int = 0
    unexplained: int = 0
    own_word: int = 0
    customers: int = 0  # shown alone
    opened: int = 0  # customers of whom a value was shown in clear
    unasked: int = 0  # of these, without any work item
    outside_hours: int = 0  # customers shown alone outside office hours, that nobody asked for
    refused: int = 0  # asked for customers who are not hers to see
    searches: int = 0
    empty_searches: int = 0  # after which nobody was found either
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
