"""How suspicions stand: by state and age, and how often each rule was right among those looked at.

Counts alone, over all cases; nobody learns from them which case there is, or whom it is about.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from access import actors, scopes
from custodian import clock
from incidents.fraud.rules import Rule, book
from incidents.fraud.standing import ACTOR
from incidents.models import FraudCase, FraudSignal

State = FraudCase.State
AGES: Final = (
    (timedelta(days=7), _("7 天内")),
    (timedelta(days=30), _("8–30 天")),
    (timedelta(days=90), _("31–90 天")),
    (timedelta.max, _("90 天以上")),
)


@dataclass(frozen=True)
class Line:
    """One state, and how old the cases in it are."""

    label: Any
    counts: list[int]
    share: float

    @property
    def total(self) -> int:
        return sum(self.counts)

    @property
    def cells(self) -> list[tuple[Any, int]]:
        """Each count beside what it counts, for screens that are too narrow for a head."""
        return [(label, count) for (_limit, label), count in zip(AGES, self.counts, strict=True)]


@dataclass(frozen=True)
class Rate:
    """Of the cases in which a rule spoke: how many were looked at to the end, and how many were founded."""

    rule: Rule
    cases: int
    looked_at: int
    founded: int

    @property
    def share(self) -> float:
        return self.founded / self.looked_at if self.looked_at else 0.0


def by_state() -> list[Line]:
    now = clock.now()
    with scopes.acting(actors.system(ACTOR)):
        rows = list(FraudCase.objects.values_list("state", "opened_at"))
    counted: Counter[tuple[str, int]] = Counter()
    for state, opened_at in rows:
        age = now - opened_at
        counted[state, next(at for at, (limit, _label) in enumerate(AGES) if age <= limit)] += 1
    most = max((sum(counted[state, at] for at in range(len(AGES))) for state in State), default=0)
    return [_line(state, counted, most) for state in State]


def _line(state: Any, counted: Counter[tuple[str, int]], most: int) -> Line:
    counts = [counted[state, at] for at in range(len(AGES))]
    return Line(state.label, counts, sum(counts) / most if most else 0.0)


def rates() -> list[Rate]:
    """Each case counts once for each rule that spoke in it."""
    with scopes.acting(actors.system(ACTOR)):
        rows = set(
            FraudSignal.objects.exclude(case=None).values_list(
                "rule", "case", "case__state", "case__outcome"
            )
        )
    cases: Counter[str] = Counter()
    looked: Counter[str] = Counter()
    founded: Counter[str] = Counter()
    for rule, _case, state, outcome in rows:
        cases[rule] += 1
        looked[rule] += state == State.DISMISSED or bool(outcome)
        founded[rule] += outcome == FraudCase.Outcome.FOUNDED
    found = [
        Rate(rule, cases[code], looked[code], founded[code]) for code, rule in book().rules.items()
    ]
    return sorted(found, key=lambda each: (-each.share, -each.looked_at))
