"""What every check answers: the normalised value, and the problems found with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Severity(StrEnum):
    HARD = "hard"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong and what to do, in words that never repeat the value; equal by its code."""

    code: str
    message: StrOrPromise = field(compare=False)
    severity: Severity = field(compare=False)

    @property
    def hard(self) -> bool:
        return self.severity is Severity.HARD


class Checked(NamedTuple):
    value: str | None
    problems: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        return not any(problem.hard for problem in self.problems)

    def __repr__(self) -> str:
        return f"<Checked {', '.join(p.code for p in self.problems) or 'ok'}>"


_known: dict[str, Problem] = {}


def hard(code: str, message: StrOrPromise) -> Problem:
    return _declare(Problem(code, message, Severity.HARD))


def warning(code: str, message: StrOrPromise) -> Problem:
    return _declare(Problem(code, message, Severity.WARNING))


def problem(code: str) -> Problem:
    """The declared problem of a stored code, so that pages can show its words again."""
    return _known[code]


def known_problems() -> tuple[Problem, ...]:
    return tuple(_known.values())


def refused(found: Problem) -> Checked:
    return Checked(None, (found,))


def _declare(declared: Problem) -> Problem:
    if declared.code in _known:
        raise ValueError(f"problem {declared.code} is declared twice")
    _known[declared.code] = declared
    return declared
