"""Questionnaires in versions, one file each: an assessment keeps the version that it was begun with. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from custodian import data_files
from custodian.regimes.rows import Mark
from incidents.risks.wording import FileRefused, Words, once

MOST: Final = 4  # points of the worst answer
INDICATORS: Final = frozenset(
    {
        "claims", "complaints", "corrections", "doubts", "findings", "fraud_calls", "incidents",
        "quarantined", "rejected", "restricted", "shares", "terminated",
    }
)  # fmt: skip
_FOLDER: Final = Path(__file__).resolve().parent / "forms"


@dataclass(frozen=True)
class Option:
    code: str
    points: int
    words: Words

    def __str__(self) -> str:
        return str(self.words)


@dataclass(frozen=True)
class Question:
    code: str
    weight: int
    words: Words
    options: Sequence[Option]

    def option(self, code: str) -> Option:
        """Raises KeyError."""
        return {each.code: each for each in self.options}[code]


@dataclass(frozen=True)
class Indicator:
    """Points are how many of the four steps the value reaches."""

    code: str
    weight: int
    steps: Sequence[Decimal]

    def points(self, value: Decimal | None) -> int:
        """What nobody can count, for there is nothing to count it of, weighs as nothing found."""
        return 0 if value is None else sum(value >= step for step in self.steps)


@dataclass(frozen=True)
class Class:
    code: str
    upto: int
    words: Words

    def __str__(self) -> str:
        return str(self.words)


@dataclass(frozen=True)
class Questionnaire:
    kind: str
    version: int
    digest: str
    source: Words
    mark: Mark
    classes: Sequence[Class]
    questions: Sequence[Question]
    indicators: Sequence[Indicator]

    def class_of(self, score: Decimal) -> Class:
        return next(each for each in self.classes if score <= each.upto)


def newest(kind: str) -> Questionnaire:
    return max(_all(kind), key=lambda each: each.version)


def of(kind: str, version: int) -> Questionnaire:
    """Raises KeyError for a version whose file has gone."""
    return {each.version: each for each in _all(kind)}[version]


@cache
def _all(kind: str) -> Sequence[Questionnaire]:
    found = []
    for path in _FOLDER.glob(f"{kind}-*.yaml"):
        number = int(path.stem.rpartition("-")[2])
        found.append(parsed(path.read_text(encoding="utf-8"), kind, number))
    return tuple(found)


def parsed(text: str, kind: str, version: int) -> Questionnaire:
    """Raises `FileRefused`."""
    said = data_files.parse(text)
    found = Questionnaire(
        kind,
        version,
        hashlib.sha256(text.encode()).hexdigest(),
        Words.read(said, "source"),
        Mark(said["mark"]),
        tuple(Class(each["code"], int(each["upto"]), Words.read(each)) for each in said["classes"]),
        tuple(_question(each) for each in said["questions"]),
        tuple(_indicator(each) for each in said["indicators"]),
    )
    asked = [each.code for each in found.questions]
    once([*asked, *(each.code for each in found.indicators)])
    ends = [each.upto for each in found.classes]
    if ends != sorted(set(ends)) or ends[-1] != 100:
        raise FileRefused("classes", ends)
    return found


def _question(row: Mapping[str, Any]) -> Question:
    options = tuple(
        Option(each["code"], int(each["points"]), Words.read(each)) for each in row["options"]
    )
    once([each.code for each in options])
    if len(options) < 2 or any(not 0 <= each.points <= MOST for each in options):
        raise FileRefused(row["code"], "options")
    return Question(row["code"], _weight(row), Words.read(row), options)


def _indicator(row: Mapping[str, Any]) -> Indicator:
    steps = tuple(Decimal(str(each)) for each in row["steps"])
    if len(steps) != MOST or list(steps) != sorted(set(steps)) or row["code"] not in INDICATORS:
        raise FileRefused(row["code"], "steps")
    return Indicator(row["code"], _weight(row), steps)


def _weight(row: Mapping[str, Any]) -> int:
    weight = row.get("weight")
    if type(weight) is not int or weight < 1:
        raise FileRefused(row.get("code"), "weight")
    return weight
