"""What a working group does first, by kind of incident; company defaults, read from `playbooks.yaml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Final

from django.utils.translation import get_language

from custodian import data_files
from incidents.models import Kind

_FILE: Final = Path(__file__).resolve().parent.parent / "playbooks.yaml"


class PlaybookRefused(Exception):
    """The file names a step or a kind that is not there, or leaves one out."""


@dataclass(frozen=True)
class Step:
    """`within` counts from awareness; None has no time limit. `contains`: it holds the harm where it is."""

    code: str
    zh: str
    en: str
    within: timedelta | None
    contains: bool = False

    def __str__(self) -> str:
        return self.en if get_language() == "en" else self.zh


def of(kind: str) -> Sequence[Step]:
    return _read()[kind]


def step(code: str) -> Step:
    """Raises KeyError for what no playbook has."""
    return next(each for steps in _read().values() for each in steps if each.code == code)


def containing() -> frozenset[Step]:
    return frozenset(each for steps in _read().values() for each in steps if each.contains)


@cache
def _read() -> Mapping[str, Sequence[Step]]:
    return parsed(_FILE.read_text(encoding="utf-8"))


def parsed(text: str) -> Mapping[str, Sequence[Step]]:
    """Raises `PlaybookRefused`."""
    said = data_files.parse(text)
    steps = {code: _step(code, each) for code, each in said["steps"].items()}
    if set(said["playbooks"]) != set(Kind.values):
        raise PlaybookRefused(set(said["playbooks"]) ^ set(Kind.values))
    try:
        books = {
            kind: tuple(steps[each] for each in names) for kind, names in said["playbooks"].items()
        }
    except KeyError as missing:
        raise PlaybookRefused(*missing.args) from None
    if unused := set(steps) - {each.code for book in books.values() for each in book}:
        raise PlaybookRefused(unused)
    return books


def _step(code: str, said: Mapping[str, object]) -> Step:
    hours = said.get("hours")
    if not (said.get("zh") and said.get("en")) or not isinstance(hours, int | None):
        raise PlaybookRefused(code)
    within = timedelta(hours=hours) if hours else None
    return Step(code, str(said["zh"]), str(said["en"]), within, bool(said.get("contains")))
