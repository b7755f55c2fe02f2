"""By when a correction must be answered: the law's thirty days, and the company's own target within them."""

from __future__ import annotations

from datetime import datetime

from records.models import Correction


def start(correction: Correction, *, at: datetime) -> None:
    """It runs from the day on which the correction was handed in."""


def stop(correction: Correction, *, at: datetime) -> None:
    """Decided, one way or the other."""


def target(correction: Correction) -> datetime | None:
    """When the company means to be done."""
    return None
