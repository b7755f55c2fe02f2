"""The arithmetic of an assessment: points times weight, line by line, and their weighted mean. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Self

from incidents.risks.questionnaires import MOST, Questionnaire


@dataclass(frozen=True)
class Line:
    """One question or indicator: what was said or counted, and what it adds."""

    code: str
    said: str  # the option's code, or the value
    points: int
    weight: int
    counted: bool = False

    @property
    def product(self) -> int:
        return self.points * self.weight

    @property
    def most(self) -> int:
        return MOST * self.weight

    @property
    def kept(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Self:
        return cls(**row)


@dataclass(frozen=True)
class Outcome:
    lines: Sequence[Line]
    points: int
    most: int
    score: Decimal
    result: str


def value_of(number: int, base: int | None) -> Decimal | None:
    """A share in percent with two decimals, or the bare number where it has no base; nothing of nothing."""
    if base is None:
        return Decimal(number)
    return _rounded(Decimal(number) * 100 / base) if base else None


def outcome(
    form: Questionnaire, answers: Mapping[str, str], values: Mapping[str, Decimal | None]
) -> Outcome:
    """Raises KeyError for a question that nobody answered, or an answer that nobody offered."""
    lines = []
    for question in form.questions:
        said = answers[question.code]
        points = question.option(said).points
        lines.append(Line(question.code, said, points, question.weight))
    for each in form.indicators:
        value = values[each.code]
        number = "" if value is None else str(value)
        lines.append(Line(each.code, number, each.points(value), each.weight, counted=True))
    return total(form, lines)


def total(form: Questionnaire, lines: Iterable[Line]) -> Outcome:
    kept = tuple(lines)
    points, most = sum(each.product for each in kept), sum(each.most for each in kept)
    score = _rounded(Decimal(points) * 100 / most)
    return Outcome(kept, points, most, score, form.class_of(score).code)


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.01"), ROUND_HALF_UP)
