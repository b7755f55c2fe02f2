"""The score of an exercise, line by line: steps against their targets, answers against what was expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from math import ceil
from typing import Any, Final

from django.utils.translation import gettext_lazy, pgettext_lazy

from incidents.cases import playbooks
from incidents.cases.scenarios import Book, Scenario
from incidents.models import IncidentTask

Status = IncidentTask.Status
WORDS: Final[Mapping[str, Any]] = {
    "in_time": gettext_lazy("按时"),
    "late": gettext_lazy("逾期完成"),
    "forgotten": gettext_lazy("没有做"),
    "left_out": gettext_lazy("判为不需要"),
    "right": pgettext_lazy("演练", "答对"),
    "wrong": pgettext_lazy("演练", "答错"),
    "unanswered": pgettext_lazy("演练", "没有回答"),
}


@dataclass(frozen=True)
class Line:
    """`allowed` and `took` in minutes, of a step; `answer` of a question."""

    thing: str  # step or question
    code: str
    outcome: str
    points: int
    most: int
    allowed: int | None = None
    took: int | None = None
    answer: str = ""


def of(
    scenario: Scenario,
    tasks: Mapping[str, IncidentTask],
    answers: Mapping[str, Mapping[str, str]],
    *,
    begun_at: datetime,
    book: Book,
) -> list[Line]:
    """`tasks` by their step, as they stand at the end."""
    steps = [_step(code, tasks.get(code), begun_at, book) for code in scenario.steps]
    asked = []
    for question in scenario.questions:
        said = answers.get(question.code, {}).get("answer", "")
        outcome = "unanswered" if not said else "right" if question.is_right(said) else "wrong"
        worth = book.points["right"]
        got = worth if outcome == "right" else 0
        asked.append(Line("question", question.code, outcome, got, worth, answer=said))
    return [*steps, *asked]


def _step(code: str, task: IncidentTask | None, begun_at: datetime, book: Book) -> Line:
    within = playbooks.step(code).within
    allowed = int(within.total_seconds() // 60) if within else None
    most = book.points["in_time"]
    if task is None or task.done_at is None or task.status != Status.DONE:
        skipped = task is not None and task.status == Status.NOT_NEEDED
        return Line("step", code, "left_out" if skipped else "forgotten", 0, most, allowed)
    gone = task.done_at - begun_at
    outcome = "in_time" if within is None or gone <= within else "late"
    took = ceil(gone.total_seconds() / 60)  # so that what is late by a second shows it
    return Line("step", code, outcome, book.points[outcome], most, allowed, took)


def data(lines: Sequence[Line]) -> list[dict[str, Any]]:
    return [asdict(each) for each in lines]


@dataclass(frozen=True)
class Told:
    """A line in words: what, against what, what came, and the points."""

    what: str
    expected: str
    came: str
    outcome: Any
    points: int
    most: int
    good: bool


def told(scenario: Scenario, score: Sequence[Mapping[str, Any]]) -> list[Told]:
    return [_told(scenario, Line(**each)) for each in score]


def _told(scenario: Scenario, line: Line) -> Told:
    question = scenario.question(line.code) if line.thing == "question" else None
    if question is not None:
        what, expected = str(question.words), question.expected
        came = question.told(line.answer) if line.answer else ""
    else:
        what = str(playbooks.step(line.code))
        expected = f"≤ {_hours(line.allowed)}" if line.allowed is not None else ""
        came = _hours(line.took) if line.took is not None else ""
    good = line.points == line.most
    return Told(what, expected, came, WORDS[line.outcome], line.points, line.most, good)


def _hours(minutes: int) -> str:
    """1:05."""
    return f"{minutes // 60}:{minutes % 60:02}"


def arithmetic(score: Sequence[Mapping[str, Any]]) -> str:
    """2 + 1 + 0 + 2 = 5."""
    points = [int(each["points"]) for each in score]
    return f"{' + '.join(str(each) for each in points)} = {sum(points)}"
