"""Clocks by their codes: the rule of a day, when something is due, and how a running clock is shown.

Each function reads anew; whoever asks many times in one request or run keeps a `Book`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from access.law.clock_book import Book, UnknownClock
from access.law.clock_faces import Face, not_begun, not_needed, shown
from custodian.regimes.clocks import ClockRule, NotExtendable
from custodian.regimes.deadlines import Deadline
from custodian.regimes.lengths import Length

__all__ = [
    "Book",
    "ClockRule",
    "Deadline",
    "Face",
    "NotExtendable",
    "UnknownClock",
    "by_trigger",
    "deadline",
    "not_begun",
    "not_needed",
    "of",
    "shown",
    "target",
]


def of(code: str, on: date | None = None) -> ClockRule:
    """As it holds for what begins on the day, today unless told; raises `UnknownClock`."""
    return Book().of(code, on)


def by_trigger(trigger: str, on: date | None = None) -> Iterator[ClockRule]:
    """What runs on one occasion under the installed law, and by the company's own times."""
    return Book().by_trigger(trigger, on)


def deadline(
    code: str, start: datetime, *, extended: Sequence[str] = (), term: Length | None = None
) -> Deadline:
    """When what began at `start` is due; `term` stands in for the rule's length.

    Raises `UnknownClock`, `NotExtendable`.
    """
    return Book().deadline(code, start, extended=extended, term=term)


def target(code: str, start: datetime) -> Deadline | None:
    """By when the company means to be done; nothing where it has no target."""
    return Book().target(code, start)
