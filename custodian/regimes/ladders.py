"""Levels of incidents that follow from numbers alone, as data: from so many people on it is at least this."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from custodian.regimes.rows import (
    STRENGTH,
    BadPack,
    Mark,
    by_code,
    code_of,
    has,
    made,
    mark_of,
)

LEVELS: Final = ("ordinary", "significant", "major", "critical")  # from the lowest up


@dataclass(frozen=True)
class Ladder:
    """`people` whose personal information leaked, to the level from that number on, which is included."""

    code: str
    regime: str
    people: Mapping[str, int]
    clause: str
    mark: Mark

    def level(self, people: int) -> str:
        reached = [level for level in LEVELS if people >= self.people.get(level, people + 1)]
        return reached[-1] if reached else LEVELS[0]


def read(rows: Iterable[Any], regime: str, clauses: Mapping[str, Mark]) -> dict[str, Ladder]:
    """By code; raises `BadPack`. `clauses` are the marks of those that may be named."""
    found: dict[str, Ladder] = by_code((_ladder(each, regime) for each in rows), regime)
    for each in found.values():
        _check(each, clauses)
    return found


def _ladder(row: Any, regime: str) -> Ladder:
    code = code_of(row, regime, f"{regime.upper()}-")
    has(row["people"], set(), regime=regime, code=code, also=set(LEVELS[1:]))
    found: Ladder = made(Ladder, {**row, "regime": regime, "mark": mark_of(row, regime)}, code)
    return found


def _check(ladder: Ladder, clauses: Mapping[str, Mark]) -> None:
    numbers = [ladder.people[level] for level in LEVELS if level in ladder.people]
    whole = all(type(each) is int and each > 0 for each in numbers)
    if not numbers or not whole or numbers != sorted(set(numbers)):
        raise BadPack(ladder.regime, ladder.code, "does not rise from level to level")
    mark = clauses.get(ladder.clause)
    if mark is None or STRENGTH[ladder.mark] > STRENGTH[mark]:
        raise BadPack(
            ladder.regime, ladder.code, "names no clause of the file, or is surer than it"
        )
