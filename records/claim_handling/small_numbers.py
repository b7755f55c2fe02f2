"""Counts that would point at single customers are not told, nor what would let somebody work them out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

LEAST: Final = 10
HIDDEN: Final = f"<{LEAST}"


def told(counts: Sequence[int]) -> list[int | None]:
    """The counts of one column that has a total: None for those from 1 to 9.

    Where one alone is hidden, the next smallest is hidden with it, or the total would tell it.
    """
    hidden = {at for at, count in enumerate(counts) if 0 < count < LEAST}
    if len(hidden) == 1:
        others = [at for at, count in enumerate(counts) if at not in hidden and count]
        if others:
            hidden.add(min(others, key=lambda at: counts[at]))
    return [None if at in hidden else count for at, count in enumerate(counts)]
