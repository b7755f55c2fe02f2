"""The office's hours: Monday to Friday from eight to seven in the evening. Company default, not law."""

from __future__ import annotations

from datetime import datetime

from custodian import clock

DAYS = range(5)
HOURS = range(8, 19)


def outside(day: int, hour: int) -> bool:
    """`day` counts from Monday."""
    return day not in DAYS or hour not in HOURS


def outside_at(moment: datetime) -> bool:
    local = clock.local(moment)
    return outside(local.weekday(), local.hour)
