"""Legal holds: what is not destroyed, whatever its period says, until two people agree that it may be."""

from __future__ import annotations

from records.legal_holds.covering import HoldFact, books, on, on_subjects
from records.legal_holds.excluding import exclude_new
from records.legal_holds.placing import altered, ask_release, place
from records.legal_holds.reviewing import review

__all__ = [
    "HoldFact",
    "altered",
    "ask_release",
    "books",
    "exclude_new",
    "on",
    "on_subjects",
    "place",
    "review",
]
