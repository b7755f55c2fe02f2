"""Lifecycles as tables: a move is one UPDATE that must hit exactly one row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from custodian.errors import CustodianError


class IllegalMove(CustodianError):
    """The row is not in a state from which this move may start, or somebody else moved it first."""

    code = "illegal-move"
    status = 409


@dataclass(frozen=True)
class Move:
    sources: frozenset[str]
    target: str


class Workflow:
    """Legal moves by name. `move` writes the new state and `changes` together, or raises."""

    def __init__(
        self, moves: Mapping[str, tuple[frozenset[str], str]], *, field: str = "status"
    ) -> None:
        self.moves = {name: Move(*move) for name, move in moves.items()}
        self.field = field

    def may(self, row: Model, name: str) -> bool:
        return getattr(row, self.field) in self.moves[name].sources

    def move(self, row: Model, name: str, changes: Mapping[str, Any] | None = None) -> None:
        move = self.moves[name]
        values = {self.field: move.target, **(changes or {})}
        rows = type(row)._base_manager.filter(
            pk=row.pk, **{f"{self.field}__in": sorted(move.sources)}
        )
        if rows.update(**values) != 1:
            raise IllegalMove
        for attribute, value in values.items():
            setattr(row, attribute, value)
