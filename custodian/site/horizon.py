"""Geometry of a heat map with named rows and columns, such as kinds down and months across."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import east_asian_width

WIDTH, HEIGHT, GAP, TOP = 34, 26, 2, 34
# A row's name is written to the left of the cells: units a half and a full width character takes.
NARROW, WIDE, LEAST = 6, 12, 126
CLASSES = 5
LARGE = 10_000  # from here on a cell says thousands


@dataclass(frozen=True)
class Cell:
    x: int
    y: int
    step: int
    count: int
    strong: bool

    @property
    def text_x(self) -> int:
        return self.x + WIDTH // 2

    @property
    def text_y(self) -> int:
        return self.y + 17

    @property
    def words(self) -> str:
        if not self.count:
            return ""
        return f"{self.count / 1000:.0f}k" if self.count >= LARGE else str(self.count)


@dataclass(frozen=True)
class Head:
    """A column's name; `above` is said once, where it begins (the year of a month)."""

    name: Any
    above: Any
    x: int


def bounds(most: int) -> list[int]:
    """Where the classes of colour begin: each so many times the one before, the last near the largest."""
    found: list[int] = []
    for at in range(CLASSES):
        edge = max(round(most ** (at / CLASSES)), found[-1] + 1 if found else 1)
        found.append(edge)
    return found


def left_of(names: Iterable[Any]) -> int:
    """Room for the longest of the names, as it reads in the reader's language."""
    widths = (
        sum(WIDE if east_asian_width(each) in "WF" else NARROW for each in str(name))
        for name in names
    )
    return max(LEAST, max(widths, default=0) + 16)


def heads(columns: Sequence[tuple[Any, Any]], left: int) -> list[Head]:
    said: list[Head] = []
    above = ""
    for at, (name, over) in enumerate(columns):
        said.append(Head(name, over if over != above else "", left + at * (WIDTH + GAP)))
        above = over
    return said


def cells(rows: Sequence[tuple[Any, Sequence[int]]], *, strong: int, left: int) -> list[Cell]:
    """`strong` columns from the left are outlined: what is there waits for somebody."""
    most = max((count for _name, counts in rows for count in counts), default=0)
    edges = bounds(most)
    return [
        Cell(
            left + across * (WIDTH + GAP),
            TOP + down * (HEIGHT + GAP),
            sum(count >= edge for edge in edges),
            count,
            across < strong and count > 0,
        )
        for down, (_name, counts) in enumerate(rows)
        for across, count in enumerate(counts)
    ]


def drawn(
    columns: Sequence[tuple[Any, Any]], rows: Sequence[tuple[Any, Sequence[int]]], *, strong: int
) -> Mapping[str, Any]:
    """All that the template needs, in the units of its view box."""
    most = max((count for _name, counts in rows for count in counts), default=0)
    left = left_of(name for name, _counts in rows)
    return {
        "heads": heads(columns, left),
        "cells": cells(rows, strong=strong, left=left),
        "rows": [
            (name, TOP + at * (HEIGHT + GAP) + 17, list(counts), sum(counts))
            for at, (name, counts) in enumerate(rows)
        ],
        "columns": columns,
        "width": left + len(columns) * (WIDTH + GAP),
        "height": TOP + len(rows) * (HEIGHT + GAP),
        "cell_width": WIDTH,
        "cell_height": HEIGHT,
        "left": left - 8,
        "bounds": " · ".join(str(each) for each in (0, *bounds(most))),
        "steps": [(step, 1 + step * 19) for step in range(CLASSES + 1)],
    }
