"""How far a transfer has come: the order of its stages, what each waits for, and who says that it is done.

Other capabilities register a check of the stage that is theirs (`register`), ask before they do anything of
it (`require`), and end it (`finish`). A stage whose work nobody registered cannot be ended, and says so.
"""

from __future__ import annotations

from transfers.progress.checks import Check, Missing, register, work_of
from transfers.progress.moving import (
    NotReady,
    NotYet,
    finish,
    has_reached,
    lacking,
    now_at,
    require,
)
from transfers.progress.opening import open_transfer
from transfers.progress.stopping import stop

__all__ = [
    "Check",
    "Missing",
    "NotReady",
    "NotYet",
    "finish",
    "has_reached",
    "lacking",
    "now_at",
    "open_transfer",
    "register",
    "require",
    "stop",
    "work_of",
]
