"""Levels of incidents as data: numbers from which on one is reached, and circumstances that demand one."""

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
# People whose personal information leaked; direct loss in the regime's currency; minutes for which the
# whole of a system, or its main function, was out.
MEASURES: Final = ("people", "loss", "outage", "main_outage")
EVERYWHERE, CII = "", "cii"


@dataclass(frozen=True)
class Ladder:
    """To each level the number of its measure from which on it is reached, included.

    `only` is `cii` for a ladder that counts for critical infrastructure alone, else empty.
    """

    code: str
    regime: str
    of: str
    bounds: Mapping[str, int]
    clause: str
    mark: Mark
    only: str = EVERYWHERE

    def level(self, number: int) -> str:
        reached = [level for level in LEVELS if number >= self.bounds.get(level, number + 1)]
        return reached[-1] if reached else LEVELS[0]


@dataclass(frozen=True)
class Circumstance:
    """What cannot be counted: where it applies, the level is at least this."""

    code: str
    regime: str
    level: str
    says: str
    says_en: str
    clause: str
    mark: Mark


def read(rows: Iterable[Any], regime: str, clauses: Mapping[str, Mark]) -> dict[str, Ladder]:
    """By code; raises `BadPack`. `clauses` are the marks of those that may be named."""
    found: dict[str, Ladder] = by_code((_ladder(each, regime) for each in rows), regime)
    for each in found.values():
        _check(each)
        _check_source(each, clauses)
    return found


def read_circumstances(
    rows: Iterable[Any], regime: str, clauses: Mapping[str, Mark]
) -> dict[str, Circumstance]:
    """By code; raises `BadPack`."""
    found: dict[str, Circumstance] = by_code((_circumstance(each, regime) for each in rows), regime)
    for each in found.values():
        if each.level not in LEVELS[1:] or not each.says.strip() or not each.says_en.strip():
            raise BadPack(regime, each.code, "has no such level, or no words in one language")
        _check_source(each, clauses)
    return found


def _ladder(row: Any, regime: str) -> Ladder:
    code = code_of(row, regime, f"{regime.upper()}-")
    has(row["bounds"], set(), regime=regime, code=code, also=set(LEVELS[1:]))
    found: Ladder = made(Ladder, {**row, "regime": regime, "mark": mark_of(row, regime)}, code)
    return found


def _circumstance(row: Any, regime: str) -> Circumstance:
    code = code_of(row, regime, f"{regime.upper()}-")
    said = {**row, "regime": regime, "mark": mark_of(row, regime)}
    found: Circumstance = made(Circumstance, said, code)
    return found


def _check(ladder: Ladder) -> None:
    if ladder.of not in MEASURES or ladder.only not in {EVERYWHERE, CII}:
        raise BadPack(ladder.regime, ladder.code, "measures nothing that is known")
    numbers = [ladder.bounds[level] for level in LEVELS if level in ladder.bounds]
    whole = all(type(each) is int and each > 0 for each in numbers)
    if not numbers or not whole or numbers != sorted(set(numbers)):
        raise BadPack(ladder.regime, ladder.code, "does not rise from level to level")


def _check_source(row: Ladder | Circumstance, clauses: Mapping[str, Mark]) -> None:
    mark = clauses.get(row.clause)
    if mark is None or STRENGTH[row.mark] > STRENGTH[mark]:
        raise BadPack(row.regime, row.code, "names no clause of the file, or is surer than it")
