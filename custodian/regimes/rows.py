"""Reads single rows of a pack strictly: what is lacking, unknown or said twice is told by file and code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from datetime import date
from enum import StrEnum
from typing import Any, Final, Protocol


class BadPack(ValueError):
    """A pack cannot be used; says the file, the code and what is wrong there."""

    def __init__(self, regime: str, code: object, wrong: str) -> None:
        super().__init__(f"{regime}.yaml: {code}: {wrong}")


class Mark(StrEnum):
    """How sure it is that the clause says so."""

    READ = "V1"  # the statute or official text was read
    SECONDARY = "V2"  # a page that quotes it was read
    UNCONFIRMED = "M"  # nobody has confirmed it yet: an editable default, never law
    DEFAULT = "-"  # this company's own choice


# Marks of what counts as law, and how strong each is.
CONFIRMED: Final = frozenset({Mark.READ, Mark.SECONDARY})
STRENGTH: Final = {Mark.DEFAULT: 0, Mark.UNCONFIRMED: 1, Mark.SECONDARY: 2, Mark.READ: 3}


class Dated(Protocol):
    """Something with a code that may hold from a day on, and until another."""

    @property
    def code(self) -> str: ...
    @property
    def regime(self) -> str: ...
    @property
    def since(self) -> date | None: ...
    @property
    def until(self) -> date | None: ...


def code_of(row: Any, regime: str, *prefixes: str) -> str:
    code = row.get("code") if isinstance(row, Mapping) else None
    if not isinstance(code, str) or not code.startswith(prefixes):
        raise BadPack(regime, code or row, f"needs a code that begins with {' or '.join(prefixes)}")
    return code


def mark_of(row: Mapping[str, Any], regime: str) -> Mark:
    """`M?`, from memory and unsure, is as unconfirmed as `M`."""
    try:
        return Mark(str(row.get("mark")).replace("M?", "M"))
    except ValueError as error:
        raise BadPack(regime, row.get("code"), f"{row.get('mark')} is no mark") from error


def made(kind: Any, said: Mapping[str, Any], code: str) -> Any:
    known = {each.name for each in fields(kind)}
    optional = {
        each.name
        for each in fields(kind)
        if each.default is not MISSING or each.default_factory is not MISSING
    }
    has(said, known - optional, regime=said["regime"], code=code, also=optional)
    return kind(**said)


def has(
    said: Any, needed: set[str], *, regime: str, code: object, also: Iterable[str] = ()
) -> None:
    keys = set(said) if isinstance(said, Mapping) else set()
    if lacking := sorted(needed - keys):
        raise BadPack(regime, code, f"lacks {', '.join(lacking)}")
    if unknown := sorted(str(key) for key in keys - needed - set(also)):
        raise BadPack(regime, code, f"has unknown {', '.join(unknown)}")


def check_dates(found: Dated) -> None:
    for day in (found.since, found.until):
        if day is not None and type(day) is not date:
            raise BadPack(found.regime, found.code, f"{day} is no date")
    if found.since and found.until and found.since >= found.until:
        raise BadPack(found.regime, found.code, "ends before it begins")


def by_code(rows: Iterable[Any], regime: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in rows:
        if each.code in found:
            raise BadPack(regime, each.code, "stands there twice")
        found[each.code] = each
    return found


def holds(found: Dated, on: date) -> bool:
    since, until = found.since, found.until
    return (since is None or since <= on) and (until is None or on < until)
