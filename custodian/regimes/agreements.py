"""What a contract with a partner must settle, by the part that the partner plays; data of the packs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from custodian.regimes.rows import (
    STRENGTH,
    BadPack,
    Mark,
    by_code,
    check_dates,
    code_of,
    holds,
    made,
    mark_of,
)


class Part(StrEnum):
    """The part that a partner plays with the data."""

    ENTRUSTED = "entrusted"  # works for us, for our purposes only
    PROVIDED = "provided"  # gets them for purposes of its own
    JOINT = "joint"  # decides on purposes together with us


@dataclass(frozen=True)
class Term:
    """One thing that such a contract settles. Where the law is unconfirmed it is a default of the house."""

    code: str
    regime: str
    parts: tuple[Part, ...]
    name: str
    name_en: str
    clause: str  # its code
    mark: Mark
    since: date | None = None
    until: date | None = None

    def in_force(self, on: date) -> bool:
        return holds(self, on)


def read(rows: Iterable[Any], regime: str, marks: Mapping[str, Mark]) -> dict[str, Term]:
    """The terms of a pack whose clauses have these marks; raises `BadPack`."""
    return by_code((_term(each, regime, marks) for each in rows), regime)


def _term(row: Any, regime: str, marks: Mapping[str, Mark]) -> Term:
    code = code_of(row, regime, f"{regime}-")
    try:
        parts = tuple(Part(each) for each in row["parts"])
        given = {"regime": regime, "parts": parts, "mark": mark_of(row, regime)}
    except (KeyError, TypeError, ValueError) as error:
        raise BadPack(regime, code, f"cannot be read: {error}") from error
    found: Term = made(Term, {**row, **given}, code)
    check_dates(found)
    if not parts or not str(found.name).strip() or not str(found.name_en).strip():
        raise BadPack(regime, code, "lacks a part or a name")
    if found.clause not in marks:
        raise BadPack(regime, code, "names no clause of the file")
    if STRENGTH[found.mark] > STRENGTH[marks[found.clause]]:
        raise BadPack(regime, code, "is surer than its clause")
    return found
