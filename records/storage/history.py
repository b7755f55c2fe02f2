"""The scrubs of the last nights as columns of a drawing: how much was checked, and what was wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from custodian import clock
from custodian.jobs import JobStatus
from records.models import ScrubRun

SHOWN: Final = 30
WIDTH, HEIGHT, BASE, TOP = 660, 150, 116, 18
_LEFT: Final = 14  # half of a date
_STEP: Final = (WIDTH - 2 * _LEFT) / SHOWN


@dataclass(frozen=True)
class Column:
    """One run: a bar as high as what it checked, a number above it where something was wrong."""

    run: ScrubRun
    day: date
    checked: int
    x: float
    y: float
    height: float

    @property
    def width(self) -> float:
        return round(_STEP - 6, 1)

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)

    @property
    def label_y(self) -> float:
        return self.y - 4

    @property
    def tone(self) -> str:
        return "-danger" if self.run.faults else "-ok" if self.run.kind == "full" else ""


def columns() -> list[Column]:
    """Oldest on the left. A bar's height grows with the root, so that a sample shows beside everything."""
    runs = list(ScrubRun.objects.filter(status=JobStatus.DONE)[:SHOWN])[::-1]
    most = max((checked(run) for run in runs), default=0)
    return [_column(place, run, most) for place, run in enumerate(runs)]


def _column(place: int, run: ScrubRun, most: int) -> Column:
    part = (checked(run) / most) ** 0.5 if most else 0.0
    height = round(max(2.0, (BASE - TOP) * part), 1)
    day = clock.local(run.finished_at or run.created_at).date()
    x = round(_LEFT + place * _STEP, 1)
    return Column(run, day, checked(run), x, round(BASE - height, 1), height)


def checked(run: ScrubRun) -> int:
    """Holdings, of which every value was opened."""
    return sum(run.counts.get(kind, 0) for kind in KINDS)


KINDS: Final = (
    "identity", "financial", "policy", "claim", "document", "request", "correction", "former",
)  # fmt: skip


def days_marked(drawn: Sequence[Column]) -> list[tuple[float, date]]:
    """A date under every fifth column."""
    return [(each.middle, each.day) for each in drawn[::5]]
