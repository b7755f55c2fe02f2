"""The one place that reads the time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

OFFICE = ZoneInfo("Asia/Shanghai")

_moment: ContextVar[datetime | None] = ContextVar("custodian_clock", default=None)


def now() -> datetime:
    return _moment.get() or datetime.now(UTC)


def real() -> datetime:
    """The machine's own time, also while another one is told: what is signed says when it was signed."""
    return datetime.now(UTC)


def local(moment: datetime | None = None) -> datetime:
    """The office's wall clock, which working hours and dates on letters follow."""
    return (moment or now()).astimezone(OFFICE)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Tell another time for a while: the demo's history and the tests live in it."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    token = _moment.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _moment.reset(token)
