"""What the desk's header says of the day: customers seen, how many there may be, a window that is open."""

from __future__ import annotations

from typing import Any

from access import break_glass, quotas
from access.actors import Actor


def of(actor: Actor) -> dict[str, Any]:
    standing, window = quotas.today(actor), break_glass.open_window(actor)
    if standing is None:
        return {"window": window}
    return {
        "window": window,
        "seen_today": standing.used,
        "daily_limit": standing.block,
        "near_limit": standing.warn is not None and standing.used >= standing.warn,
    }
