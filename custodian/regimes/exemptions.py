"""Grounds on which customers need not be told of an incident, as data of the law packs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from custodian.regimes.rows import STRENGTH, BadPack, Mark, by_code, code_of, made, mark_of


@dataclass(frozen=True)
class Exemption:
    """The authority may demand that they are told all the same."""

    code: str
    regime: str
    says: str
    says_en: str
    clause: str
    mark: Mark


def read(rows: Iterable[Any], regime: str, clauses: Mapping[str, Mark]) -> dict[str, Exemption]:
    """By code; raises `BadPack`. `clauses` are the marks of those that may be named."""
    found: dict[str, Exemption] = by_code((_exemption(each, regime) for each in rows), regime)
    for each in found.values():
        mark = clauses.get(each.clause)
        if mark is None or STRENGTH[each.mark] > STRENGTH[mark]:
            raise BadPack(regime, each.code, "names no clause of the file, or is surer than it")
    return found


def _exemption(row: Any, regime: str) -> Exemption:
    code = code_of(row, regime, f"{regime.upper()}-EX-")
    found: Exemption = made(
        Exemption, {**row, "regime": regime, "mark": mark_of(row, regime)}, code
    )
    if not found.says.strip() or not found.says_en.strip():
        raise BadPack(regime, code, "has no words in one of the languages")
    return found
