"""Which counts go out: those of a book are given out once, and again as they were.

Two tables of nearly the same book, a few weeks apart, would tell of whoever came or went between them. So
whatever is asked for within a year of the last release is answered by that release, whoever asks.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from access.actors import Actor
from access.law.reading import today
from records.models import Book
from transfers.data_room import counting, small_cells
from transfers.data_room.counting import OnProgress
from transfers.models import DataRoom

REPEATED: Final = timedelta(days=365)
Tables = dict[str, dict[str, Any]]


def released(book: Book) -> tuple[date, Tables] | None:
    """The newest release of the book that still stands."""
    since = today() - REPEATED
    rows = DataRoom.objects.filter(book=book, tables__isnull=False, counted_on__gt=since)
    newest = rows.order_by("counted_on", "pk").last()
    return (newest.counted_on, newest.tables) if newest and newest.counted_on else None


def release(book: Book, *, on_progress: OnProgress, actor: Actor) -> tuple[date, Tables]:
    """That one, or a new one."""
    known = released(book)
    if known is not None:
        return known
    day = today()
    counted = counting.count(book, today=day, on_progress=on_progress, actor=actor)
    return day, {name: _table(cells) for name, cells in counted.items()}


def _table(cells: dict[str, int]) -> dict[str, Any]:
    found = small_cells.told(cells)
    return {"total": found.total, "cells": [list(each) for each in found.cells]}
