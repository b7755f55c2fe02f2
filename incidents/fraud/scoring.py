"""The score of a case: a sum of weights whose every term is shown. It decides nothing about anybody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from incidents.fraud.rules import Rule, book
from incidents.models import FraudSignal


@dataclass(frozen=True)
class Term:
    """A rule counts once, however often it spoke, by its heaviest signal."""

    rule: str
    signals: Sequence[FraudSignal]

    @property
    def weight(self) -> int:
        return max(each.weight for each in self.signals)

    @property
    def words(self) -> Rule | str:
        return book().rules.get(self.rule, self.rule)


def terms(signals: Iterable[FraudSignal]) -> list[Term]:
    by_rule: dict[str, list[FraudSignal]] = {}
    for each in signals:
        by_rule.setdefault(each.rule, []).append(each)
    found = [Term(rule, rows) for rule, rows in by_rule.items()]
    return sorted(found, key=lambda each: (-each.weight, each.rule))


def total(signals: Iterable[FraudSignal]) -> int:
    return sum(each.weight for each in terms(signals))


def arithmetic(signals: Iterable[FraudSignal]) -> str:
    """As people add: 40 + 20 = 60."""
    weights = [each.weight for each in terms(signals)]
    return f"{' + '.join(map(str, weights)) or '0'} = {sum(weights)}"


def opens(signals: Iterable[FraudSignal]) -> bool:
    """Whether somebody looks; nothing else follows from it."""
    return total(signals) >= book().opens


def told(signal: FraudSignal) -> dict[str, Any]:
    return {
        "row": signal,
        "rule": book().rules.get(signal.rule, signal.rule),
        "facts": signal.facts,
    }
