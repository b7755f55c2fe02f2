"""What the seller's part of a transfer registers once all apps are there: who moves, letters, freeze."""

from __future__ import annotations

from access import rechecking
from transfers import desk, freezing, portal  # noqa: F401  the freeze registers its stage
from transfers.choosing import approving
from transfers.letters import closing, drafting  # noqa: F401  the letters register theirs


def ready() -> None:
    rechecking.sources += [approving.altered, drafting.altered]
    desk.ready()
    portal.ready()
