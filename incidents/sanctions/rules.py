"""The acts, measures and terms of sanctions, read from `rules.yaml`: each with its source and mark."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.utils.translation import get_language

from access.law import words as law_words
from custodian import data_files
from custodian.regimes.periods import Period
from custodian.regimes.rows import mark_of

_FILE: Final = Path(__file__).resolve().parent / "rules.yaml"
NONE: Final = "none"
REFER: Final = "refer"


@dataclass(frozen=True)
class Act:
    """One of the four bans. `barred`: generally not hired by others; `refers`: it may be a crime."""

    code: str
    zh: str
    en: str
    clause: str
    mark: str
    barred: bool
    refers: bool
    also: Sequence[str]
    words: Sequence[str]  # by which a list of another insurer means it

    def __str__(self) -> str:
        return self.en if get_language() == "en" else self.zh


@dataclass(frozen=True)
class Measure:
    """What can be decided. `ends`: the person's work for the insurer, and with it his access."""

    code: str
    zh: str
    en: str
    people: frozenset[str]
    alone: bool
    ends: bool
    clause: str
    mark: str

    def __str__(self) -> str:
        return self.en if get_language() == "en" else self.zh


@dataclass(frozen=True)
class Term:
    length: Period
    mark: str
    clause: str

    @property
    def words(self) -> str:
        return law_words.period(self.length)


@dataclass(frozen=True)
class Book:
    acts: Mapping[str, Act]
    measures: Mapping[str, Measure]
    terms: Mapping[str, Term]
    hour: int
    day: int


@cache
def book() -> Book:
    said = data_files.parse(_FILE.read_text(encoding="utf-8"))
    return Book(
        acts={each["code"]: _act(each) for each in said["acts"]},
        measures={each["code"]: _measure(each) for each in said["measures"]},
        terms={name: _term(each) for name, each in said["terms"].items()},
        hour=int(said["screenings"]["hour"]),
        day=int(said["screenings"]["day"]),
    )


def term(name: str) -> Term:
    return book().terms[name]


def acts(codes: Collection[str]) -> list[Act]:
    """Those of the codes, in the order of the rule."""
    return [each for each in book().acts.values() if each.code in codes]


def measures(codes: Collection[str]) -> list[Measure]:
    return [each for each in book().measures.values() if each.code in codes]


def barred(codes: Collection[str]) -> bool:
    return any(each.barred for each in acts(codes))


def applicable(kind: str, codes: Collection[str]) -> list[Measure]:
    """What can be decided of this kind of person for these acts."""
    refers = any(each.refers for each in acts(codes))
    return [
        each
        for each in book().measures.values()
        if kind in each.people and (each.code != REFER or refers)
    ]


def fits(kind: str, codes: Collection[str], chosen: Collection[str]) -> bool:
    """Whether all of the chosen ones apply, and none stands beside another that excludes it."""
    allowed = {each.code for each in applicable(kind, codes)}
    lone = any(each.alone for each in measures(chosen))
    return bool(chosen) and set(chosen) <= allowed and not (lone and len(set(chosen)) > 1)


def ends(chosen: Collection[str]) -> bool:
    return any(each.ends for each in measures(chosen))


def _act(said: Mapping[str, Any]) -> Act:
    return Act(
        said["code"], said["name"], said["name_en"], said["clause"], said["mark"],
        bool(said["barred"]), bool(said["refers"]), tuple(said["also"]), tuple(said["words"]),
    )  # fmt: skip


def _measure(said: Mapping[str, Any]) -> Measure:
    return Measure(
        said["code"], said["name"], said["name_en"], frozenset(said["people"]), bool(said["alone"]),
        bool(said["ends"]), said.get("clause", ""), said.get("mark", "-"),
    )  # fmt: skip


def _term(said: Mapping[str, Any]) -> Term:
    return Term(Period.read(said["length"]), mark_of(said, "cn").value, said.get("clause", ""))
