"""Who looked at one subject, as she may be told herself: hers only, in time, and nobody else's business."""

from access.own_looks.changes import TOLD, tell_change
from access.own_looks.reading import DAYS, PAGE, Page, Recent, find, page, recent
from access.own_looks.travelling import histories
from access.own_looks.visits import (
    CHANGE,
    DESTROYED,
    EXPORT,
    LOOK,
    NEUTRAL,
    OTHER_AGENT,
    OWN_AGENT,
    PARTNER,
    SYSTEM,
    Day,
    Visit,
)

__all__ = [
    "CHANGE",
    "DAYS",
    "DESTROYED",
    "EXPORT",
    "LOOK",
    "NEUTRAL",
    "OTHER_AGENT",
    "OWN_AGENT",
    "PAGE",
    "PARTNER",
    "SYSTEM",
    "TOLD",
    "Day",
    "Page",
    "Recent",
    "Visit",
    "find",
    "histories",
    "page",
    "recent",
    "tell_change",
]
