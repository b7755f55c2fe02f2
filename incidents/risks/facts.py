"""What a duty asks of this company: counted where it can be, else as `house.yaml` says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

from custodian import data_files
from incidents.risks.wording import FileRefused, Words, once

_FILE: Final = Path(__file__).resolve().parent / "house.yaml"
CODES: Final = frozenset({"cii", "important_data", "pboc_area"})
TEN_MILLION: Final = 10_000_000
MILLION: Final = 1_000_000


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Fact:
    code: str
    answer: Answer
    words: Words


@dataclass(frozen=True)
class House:
    facts: Mapping[str, Fact]
    most_running: int  # audits by the same auditor
    soon_days: int

    def says(self, code: str) -> Answer:
        return self.facts[code].answer


@cache
def house() -> House:
    return parsed(_FILE.read_text(encoding="utf-8"))


def parsed(text: str) -> House:
    """Raises `FileRefused`."""
    said = data_files.parse(text)
    rows = [Fact(each["code"], _answer(each), Words.read(each)) for each in said["facts"]]
    once([each.code for each in rows])
    if {each.code for each in rows} != CODES:
        raise FileRefused("facts", sorted(CODES ^ {each.code for each in rows}))
    most, soon = said["same_auditor"]["most"], said["soon_days"]
    return House({each.code: each for each in rows}, int(most), int(soon))


def _answer(row: Mapping[str, Any]) -> Answer:
    try:
        return Answer(row["answer"])
    except ValueError:
        raise FileRefused(row["code"], row["answer"]) from None


def applies(when: Mapping[str, str], *, people: int, known: House) -> Answer:
    """Whether a duty with these conditions is this company's; one that is not ends the matter."""
    found = [_one(name, value, people, known) for name, value in when.items()]
    if Answer.NO in found:
        return Answer.NO
    return Answer.UNKNOWN if Answer.UNKNOWN in found else Answer.YES


def _one(name: str, value: str, people: int, known: House) -> Answer:
    answers = {
        ("people", "over_10m"): _said(people > TEN_MILLION),
        ("people", "up_to_10m"): _said(people <= TEN_MILLION),
        ("people", "1m_or_more"): _said(people >= MILLION),
        ("data", "important"): known.says("important_data"),
        # While nobody knows, the stricter duty stands in for this one.
        ("data", "no_important"): _said(known.says("important_data") is Answer.NO),
        ("area", "pboc"): known.says("pboc_area"),
        ("cryptography", "cii"): known.says("cii"),
    }
    return answers.get((name, value), Answer.UNKNOWN)


def _said(yes: bool) -> Answer:  # noqa: FBT001  of a comparison
    return Answer.YES if yes else Answer.NO
