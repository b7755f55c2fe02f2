"""Likelihood times impact in words and numbers, read from `scales.yaml`. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from custodian import data_files
from incidents.risks.wording import FileRefused, Words

MOST: Final = 5
_FILE: Final = Path(__file__).resolve().parent / "scales.yaml"


@dataclass(frozen=True)
class Step:
    level: int
    words: Words
    says: Words

    def __str__(self) -> str:
        return str(self.words)


@dataclass(frozen=True)
class Band:
    """All products up to `upto`, from above the band before it."""

    code: str
    upto: int
    words: Words
    review_months: int

    def __str__(self) -> str:
        return str(self.words)


@dataclass(frozen=True)
class Scales:
    likelihood: Sequence[Step]
    impact: Sequence[Step]
    bands: Sequence[Band]
    accept_by_two_from: int

    def band(self, score: int) -> Band:
        return next(each for each in self.bands if score <= each.upto)


@cache
def scales() -> Scales:
    return parsed(_FILE.read_text(encoding="utf-8"))


def parsed(text: str) -> Scales:
    """Raises `FileRefused`."""
    said = data_files.parse(text)
    found = Scales(
        tuple(_step(each) for each in said["likelihood"]),
        tuple(_step(each) for each in said["impact"]),
        tuple(_band(each) for each in said["bands"]),
        int(said["accept_by_two_from"]),
    )
    for scale in (found.likelihood, found.impact):
        if [each.level for each in scale] != list(range(1, MOST + 1)):
            raise FileRefused("levels", [each.level for each in scale])
    ends = [each.upto for each in found.bands]
    if ends != sorted(set(ends)) or ends[-1] != MOST * MOST:
        raise FileRefused("bands", ends)
    return found


def _step(row: Mapping[str, Any]) -> Step:
    return Step(int(row["level"]), Words.read(row), Words.read(row, "says"))


def _band(row: Mapping[str, Any]) -> Band:
    return Band(row["code"], int(row["upto"]), Words.read(row), int(row["review_months"]))


def score(likelihood: int, impact: int) -> int:
    """Raises ValueError for what is not on the scales."""
    if not (1 <= likelihood <= MOST and 1 <= impact <= MOST):
        raise ValueError((likelihood, impact))
    return likelihood * impact
