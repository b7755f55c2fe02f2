"""The rules that raise signals, read from `rules.yaml`: words, thresholds, weights, and whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.utils.translation import get_language

from custodian import data_files

_FILE: Final = Path(__file__).resolve().parent / "rules.yaml"
MARKS: Final = frozenset({"V1", "V2", "M?", "-"})
MOST: Final = 100  # no single rule weighs more
BY_HAND: Final = "by-hand"  # of which nothing is searched for


class RulesRefused(Exception):
    """The file leaves a language, a weight or a mark out, or names a rule twice."""


@dataclass(frozen=True)
class Rule:
    code: str
    zh: str
    en: str
    says_zh: str
    says_en: str
    threshold: Mapping[str, int]
    weight: int
    mark: str

    def __str__(self) -> str:
        return self.en if get_language() == "en" else self.zh

    @property
    def says(self) -> str:
        """When it speaks, with its numbers."""
        words = self.says_en if get_language() == "en" else self.says_zh
        return words.format(**self.threshold)


@dataclass(frozen=True)
class Book:
    opens: int  # the sum from which somebody looks
    idle_days: int  # after which a case at which nobody works is idle
    clause: str
    rules: Mapping[str, Rule]

    def __getitem__(self, code: str) -> Rule:
        return self.rules[code]


@cache
def book() -> Book:
    return parsed(_FILE.read_text(encoding="utf-8"))


def parsed(text: str) -> Book:
    """Raises `RulesRefused`."""
    said = data_files.parse(text)
    rules = [_rule(each) for each in said["rules"]]
    known = {each.code: each for each in rules}
    if len(known) != len(rules) or not said["opens"] > 0 or not said["idle_days"] > 0:
        raise RulesRefused
    return Book(said["opens"], said["idle_days"], said["clause"], known)


def _rule(said: Mapping[str, Any]) -> Rule:
    words = [said.get(each) for each in ("id", "zh", "en", "says_zh", "says_en")]
    weight, threshold = said.get("weight"), said.get("threshold")
    numbers = isinstance(threshold, dict) and all(isinstance(n, int) for n in threshold.values())
    if not all(words) or not isinstance(weight, int) or not 0 < weight <= MOST or not numbers:
        raise RulesRefused(said.get("id"))
    if said.get("mark") not in MARKS:
        raise RulesRefused(said["id"])
    try:
        zh, en, says_zh, says_en = (str(each) for each in words[1:])
        limits = dict(threshold or {})
        rule = Rule(str(said["id"]), zh, en, says_zh, says_en, limits, weight, said["mark"])
        _told = rule.says_zh.format(**rule.threshold), rule.says_en.format(**rule.threshold)
    except KeyError:
        raise RulesRefused(said["id"]) from None
    return rule
