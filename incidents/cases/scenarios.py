"""Scenarios of exercises, read from `exercises.yaml`: what is told when, what is asked, which steps count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.utils.translation import get_language

from custodian import data_files
from incidents.cases import playbooks
from incidents.models import Kind

_FILE: Final = Path(__file__).resolve().parent.parent / "exercises.yaml"
OUTCOMES: Final = frozenset({"in_time", "late", "right"})


class ScenarioRefused(Exception):
    """The file leaves a language out, names a step without a time, or asks what nobody can answer."""


@dataclass(frozen=True)
class Words:
    zh: str
    en: str

    def __str__(self) -> str:
        return self.en if get_language() == "en" else self.zh


@dataclass(frozen=True)
class Inject:
    minute: int
    words: Words


@dataclass(frozen=True)
class Question:
    """With options, of which one is right, or with a number from `least` to `most`."""

    code: str
    minute: int
    words: Words
    options: Mapping[str, Words]
    right: str
    least: int
    most: int

    def is_right(self, answer: str) -> bool:
        if self.options:
            return answer == self.right
        return self.least <= int(answer) <= self.most

    def told(self, answer: str) -> str:
        return str(self.options[answer]) if self.options else answer

    @property
    def expected(self) -> str:
        if self.options:
            return str(self.options[self.right])
        return str(self.least) if self.least == self.most else f"{self.least}–{self.most}"


@dataclass(frozen=True)
class Scenario:
    code: str
    kind: str
    title: Words
    steps: Sequence[str]
    injects: Sequence[Inject]
    questions: Sequence[Question]

    def question(self, code: str) -> Question | None:
        return next((each for each in self.questions if each.code == code), None)


@dataclass(frozen=True)
class Book:
    """`points`: what a step in time, a late one, and a right answer are worth."""

    points: Mapping[str, int]
    scenarios: Mapping[str, Scenario]


@cache
def book() -> Book:
    return parsed(_FILE.read_text(encoding="utf-8"))


def of(code: str) -> Scenario:
    """Raises KeyError."""
    return book().scenarios[code]


def parsed(text: str) -> Book:
    """Raises `ScenarioRefused`."""
    said = data_files.parse(text)
    try:
        points = {name: int(worth) for name, worth in said["points"].items()}
        found = {code: _scenario(code, each) for code, each in said["scenarios"].items()}
    except (KeyError, TypeError, ValueError) as error:
        raise ScenarioRefused(*error.args) from None
    if set(points) != OUTCOMES or not 0 < points["late"] < points["in_time"]:
        raise ScenarioRefused(points)
    return Book(points, found)


def _scenario(code: str, said: Mapping[str, Any]) -> Scenario:
    kind, steps = Kind(said["kind"]).value, tuple(said["steps"])
    timed = {each.code for each in playbooks.of(kind) if each.within is not None}
    injects = tuple(Inject(int(each["minute"]), _words(each)) for each in said["injects"])
    questions = tuple(_question(each) for each in said["questions"])
    minutes = [each.minute for each in injects]
    codes = {each.code for each in questions}
    wrong = (
        not set(steps) <= timed
        or not steps
        or minutes != sorted(set(minutes))
        or minutes[:1] != [0]
        or len(codes) != len(questions)
        or not {each.minute for each in questions} <= set(minutes)
    )
    if wrong:
        raise ScenarioRefused(code)
    return Scenario(code, kind, _words(said), steps, injects, questions)


def _question(said: Mapping[str, Any]) -> Question:
    options = {each["code"]: _words(each) for each in said.get("options", ())}
    right = [each["code"] for each in said.get("options", ()) if each.get("right")]
    least, most = int(said.get("least", 0)), int(said.get("most", -1))
    wrong = len(right) != 1 or len(options) < 2 if options else least > most
    if wrong:
        raise ScenarioRefused(said["code"])
    return Question(
        str(said["code"]), int(said["minute"]), _words(said), options, "".join(right), least, most
    )


def _words(said: Mapping[str, Any]) -> Words:
    if not (said["zh"] and said["en"]):
        raise ScenarioRefused(said)
    return Words(str(said["zh"]), str(said["en"]))
