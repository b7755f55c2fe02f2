"""Geometry of the drawing of clocks: what part of its time each used, with the deadline as one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from records.claim_handling.analysis import Spread

WIDTH: Final = 800
LEFT: Final = 190
ROW: Final = 44
TOP: Final = 26
# The deadline stands here; what took longer goes on to the right of it.
_WHOLE: Final = 360
_MOST: Final = 1.4


@dataclass(frozen=True)
class Band:
    """One clock: a band from the first to the third quarter, the middle, and where nine of ten are done."""

    spread: Spread
    y: int
    box_x: float
    box_width: float
    middle_x: float
    most_x: float

    @property
    def text_y(self) -> int:
        return self.y + 16

    @property
    def note_y(self) -> int:
        return self.y + 32

    @property
    def line_y(self) -> int:
        return self.y + 12

    @property
    def end_y(self) -> int:
        return self.y + 24


def bands(spreads: Sequence[Spread]) -> list[Band]:
    return [
        Band(
            each,
            TOP + at * ROW,
            _x(each.lower),
            round(max(_x(each.upper) - _x(each.lower), 2.0), 1),
            _x(each.middle),
            _x(each.most),
        )
        for at, each in enumerate(spreads)
    ]


def drawn(spreads: Sequence[Spread]) -> dict[str, Any]:
    return {
        "bands": bands(spreads),
        "width": WIDTH,
        "height": TOP + len(spreads) * ROW,
        "left": LEFT,
        "whole": LEFT + _WHOLE,
        "label_x": LEFT - 12,
        "side_x": LEFT + _WHOLE * _MOST + 10,
    }


def _x(part: float) -> float:
    return round(LEFT + _WHOLE * min(part, _MOST), 1)
