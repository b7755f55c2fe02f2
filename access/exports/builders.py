"""What access asks of the apps that own the data: rows for a permit, and whose a row of a file is.

Access knows subjects and element codes; what a customer is, and how she becomes a row, the builder knows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from access.gate import Permit
from custodian import elements


class Builder(Protocol):
    """One kind of export."""

    @property
    def elements(self) -> Sequence[str]:
        """What can be exported, in the order of forms."""

    @property
    def days(self) -> frozenset[str]:
        """Elements that hold a day, which has several harmless ways of writing."""

    @property
    def head(self) -> str:
        """The head of the first column, by which a row is told apart."""

    def canonical(self, typed: str) -> str | None:
        """A customer's reference as it is written, or None for what can be none."""

    def drawn(self, permit: Permit, plains: Any) -> Mapping[int, Mapping[str, str]]:
        """The same of values that this permit has opened."""

    def rows(self, permit: Permit) -> Mapping[int, Mapping[str, str]]:
        """For each subject that is still within reach its cells by element; under "" the first one."""

    def identify(self, rows: Sequence[Sequence[str]]) -> list[int | None]:
        """Whose each row of some file is, wherever she is; None for a row that is nobody's."""


_registered: dict[str, Builder] = {}


def register(name: str, builder: Builder) -> None:
    _registered[name] = builder


def of(name: str) -> Builder:
    return _registered[name]


def missing() -> list[str]:
    return [] if _registered else ["Builder"]


def heads(builder: Builder, columns: Sequence[str]) -> list[str]:
    """The heads of these columns in the language that is active now."""
    labels: list[Any] = [builder.head, *(elements.get(code).label for code in columns)]
    return [str(label) for label in labels]
