"""What a mapping says beyond columns: code tables, rows that are left out, columns that are ignored, levels.

A row that is left out by a rule is counted under the reason of the rule, and never lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from custodian import elements

MOST_CODES: Final = 500
LONGEST_REASON: Final = 100
Codes = Mapping[str, Mapping[str, str]]


class Is(StrEnum):
    """How the cell of a rule's column is looked at."""

    EMPTY = "empty"
    EQUALS = "equals"
    OTHER_THAN = "other-than"
    STARTS_WITH = "starts-with"


@dataclass(frozen=True)
class Skip:
    """Leave out the rows whose cell in `column` is so; `reason` is what they are counted under."""

    column: str
    how: Is
    reason: str
    value: str = ""

    def covers(self, cell: str) -> bool:
        return _TESTS[self.how](cell.strip(), self.value)


_TESTS: Final[Mapping[Is, Callable[[str, str], bool]]] = {
    Is.EMPTY: lambda cell, _value: not cell,
    Is.EQUALS: lambda cell, value: cell == value,
    Is.OTHER_THAN: lambda cell, value: cell != value,
    Is.STARTS_WITH: lambda cell, value: cell.startswith(value),
}


def read_codes(written: Any) -> dict[str, dict[str, str]]:
    """By target: what the file writes, and what is meant. Raises `ValueError`."""
    found = {
        target: {str(k): str(v) for k, v in table.items()} for target, table in written.items()
    }
    if any(len(table) > MOST_CODES for table in found.values()):
        raise ValueError(f"a code table has at most {MOST_CODES} entries")
    return found


def read_skip(table: Any) -> Skip:
    """Raises `ValueError` for a rule that cannot be followed, or that gives no reason."""
    if not isinstance(table, dict) or set(table) - {"column", "is", "value", "reason"}:
        raise ValueError("a rule has column, is, value and reason")
    reason = str(table.get("reason", "")).strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise ValueError("a rule that leaves rows out needs a short reason")
    how, value = Is(table.get("is", "")), str(table.get("value", ""))
    if how is not Is.EMPTY and not value:
        raise ValueError("a rule needs the value that it compares with")
    return Skip(str(table["column"]), how, reason, value)


def read_reasons(written: Any) -> dict[str, str]:
    """By column: why nobody needs it. Raises `ValueError`."""
    found = {str(column): str(reason).strip() for column, reason in written.items()}
    if not all(found.values()):
        raise ValueError("a column that is ignored needs a reason")
    return found


def read_levels(written: Any) -> dict[str, int]:
    """By column: how high the seller rates it. Raises `ValueError`."""
    found = {str(column): int(level) for column, level in written.items()}
    if any(level not in elements.LEVELS for level in found.values()):
        raise ValueError("a level is a number from 1 to 5")
    return found


def lowered(levels: Mapping[str, int], target: str, headers: Sequence[str]) -> str:
    """The header that would be protected less here than where it comes from; "" if there is none.

    What only joins rows is stored as a keyed digest and shown to nobody, so it is never lower.
    """
    if not elements.known(target):
        return ""
    own = elements.get(target).level
    return next((header for header in headers if levels.get(header, own) > own), "")
