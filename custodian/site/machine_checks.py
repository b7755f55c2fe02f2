"""Results that the house has of itself outside the apps: what must hold, and the backups."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings

from custodian import clock, invariants
from custodian.backup import keeping
from custodian.invariants import OK
from incidents.risks import machine
from incidents.risks.library import Control
from incidents.risks.machine import Measured

OLDEST: Final = timedelta(days=2)  # of the newest backup


def register() -> None:
    machine.register("invariants", held)
    machine.register("backups", backups)


def held(control: Control) -> Measured | None:
    """What `manage.py invariants` found when it ran last; nothing where it never has."""
    try:
        said = json.loads(Path(settings.VAR / invariants.LAST).read_text(encoding="utf-8"))
        at, found = datetime.fromisoformat(said["at"]), dict(said["found"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    broken = sum(state != OK for state in found.values())
    return Measured(control.machine, at, not broken, {"checked": len(found), "broken": broken})


def backups(control: Control) -> Measured | None:
    """Whether the newest is whole, signed by us, and of these days; where there is none, nothing is tested."""
    now = clock.now()
    kept = keeping.latest()
    if kept is None:
        return None
    holds = kept.whole and kept.verified and now - kept.at <= OLDEST
    return Measured(control.machine, kept.at, holds, {"days": (now - kept.at).days})
