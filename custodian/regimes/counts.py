"""How often something must be done, as data: so many notices in a paper, with clause and mark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from custodian.regimes.rows import (
    CONFIRMED,
    STRENGTH,
    BadPack,
    Mark,
    by_code,
    code_of,
    made,
    mark_of,
)


@dataclass(frozen=True)
class CountRule:
    """`law`: the law asks for it; it `binds` once its clause has been read by somebody."""

    code: str
    regime: str
    name: str
    name_en: str
    number: int
    law: bool
    clause: str
    mark: Mark

    @property
    def binds(self) -> bool:
        return self.law and self.mark in CONFIRMED


def read(rows: Iterable[Any], regime: str, clauses: Mapping[str, Mark]) -> dict[str, CountRule]:
    """The counts by code; raises `BadPack`. `clauses` are the marks of those that may be named."""
    found: dict[str, CountRule] = by_code((_count(each, regime) for each in rows), regime)
    for rule in found.values():
        _check(rule, clauses)
    return found


def _count(row: Any, regime: str) -> CountRule:
    code = code_of(row, regime, f"{regime.upper()}-")
    found: CountRule = made(
        CountRule, {**row, "regime": regime, "mark": mark_of(row, regime)}, code
    )
    return found


def _check(rule: CountRule, clauses: Mapping[str, Mark]) -> None:
    if type(rule.number) is not int or rule.number < 1:
        raise BadPack(rule.regime, rule.code, "has no number of times")
    if not str(rule.name).strip() or not str(rule.name_en).strip() or type(rule.law) is not bool:
        raise BadPack(rule.regime, rule.code, "lacks words, or is law or is not")
    mark = clauses.get(rule.clause)
    if mark is None or STRENGTH[rule.mark] > STRENGTH[mark]:
        raise BadPack(rule.regime, rule.code, "names no clause of the file, or is surer than it")
