"""Results that the house has of itself outside the apps: what must hold, and the backups."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from custodian import clock, last_invariants
from custodian.backup import keeping
from incidents.risks import machine
from incidents.risks.library import Control
from incidents.risks.machine import Measured

OLDEST: Final = timedelta(days=2)  # of the newest backup


def register() -> None:
    machine.register("invariants", held)
    machine.register("backups", backups)


def held(control: Control) -> Measured | None:
    """What `manage.py invariants` found when it ran last; nothing where it never has."""
    last = last_invariants.last()
    if last is None:
        return None
    numbers = {"checked": len(last.found), "broken": last.broken}
    return Measured(control.machine, last.at, not last.broken, numbers)


def backups(control: Control) -> Measured | None:
    """Whether the newest is whole, signed by us, and of these days; without any, nothing is tested."""
    now = clock.now()
    kept = keeping.latest()
    if kept is None:
        return None
    holds = kept.whole and kept.verified and now - kept.at <= OLDEST
    return Measured(control.machine, kept.at, holds, {"days": (now - kept.at).days})
