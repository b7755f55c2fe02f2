"""Deciding past looks again: as the rules stood then, as they stand, and as they would with a proposal."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from access import policy
from access.policy import Ask, Dated, Decision, Rule
from access.replay.past import Past

EXAMPLES = 5
MOST_ROWS = 500
MOST_NAMED = 50
STALE = timedelta(seconds=2)  # longer than a process keeps rules before it reads them anew


class Decider:
    """One set of rules; the same question is answered once."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_role: dict[str, list[Rule]] = {}
        for rule in rules:
            self._by_role.setdefault(rule.role, []).append(rule)
        self._known: dict[Ask, Decision] = {}

    def decide(self, ask: Ask) -> Decision:
        known = self._known.get(ask)
        if known is None:
            known = self._known[ask] = policy.decide(self._by_role.get(ask.role, ()), ask)
        return known

    def verdict(self, past: Past) -> Decision:
        return policy.verdict(self.decide(ask) for _, ask in past.asks)

    def refused(self, past: Past) -> list[tuple[str, Decision]]:
        """The elements that stand in the way, each with its refusal."""
        decided = [(code, self.decide(ask)) for code, ask in past.asks]
        return [(code, decision) for code, decision in decided if not decision.allowed]


class History:
    """The rules of each moment, from the dates of their versions."""

    def __init__(self, versions: Sequence[Dated]) -> None:
        self._versions = versions
        self._deciders: dict[int, Decider] = {}

    @cached_property
    def _turns(self) -> list[datetime]:
        dates = {each.since for each in self._versions} | {
            each.until for each in self._versions if each.until
        }
        return sorted(dates)

    def around(self, moment: datetime) -> list[Decider]:
        """Those that may have decided then: a process may keep the rules before a change for a moment."""
        return list(dict.fromkeys([self._at(moment), self._at(moment - STALE)]))

    def _at(self, moment: datetime) -> Decider:
        turn = bisect_right(self._turns, moment)
        if turn not in self._deciders:
            self._deciders[turn] = Decider(
                each.rule
                for each in self._versions
                if each.since <= moment and (each.until is None or each.until > moment)
            )
        return self._deciders[turn]


@dataclass
class Row:
    """One operator, one element, one purpose: how many looks would end otherwise."""

    operator: str
    unit: str
    element: str
    purpose: str
    because: str
    count: int = 0
    entries: list[int] = field(default_factory=list)


@dataclass
class Found:
    """What a replay found so far."""

    looks: int = 0
    unreadable: int = 0
    otherwise: int = 0  # looks whose decision then cannot be made again from the log
    otherwise_at: list[int] = field(default_factory=list)
    gained: int = 0
    lost: int = 0
    gains: dict[tuple[str, ...], Row] = field(default_factory=dict)
    losses: dict[tuple[str, ...], Row] = field(default_factory=dict)

    def result(self) -> dict[str, Any]:
        """As the job's row keeps it: the largest rows first, codes and numbers only."""
        return {
            "looks": self.looks,
            "unreadable": self.unreadable,
            "otherwise": self.otherwise,
            "otherwise_at": self.otherwise_at,
            "gained": self.gained,
            "lost": self.lost,
            "gains": _rows(self.gains),
            "losses": _rows(self.losses),
        }


def hold(
    look: Past, *, then: Iterable[Decider], now: Decider, proposed: Decider, found: Found
) -> None:
    """Hold one look against the rules of its time, those of today and those with the proposal."""
    found.looks += 1
    if not any(_same(each.verdict(look), look) for each in then):
        found.otherwise += 1
        found.otherwise_at += [look.entry][: MOST_NAMED - len(found.otherwise_at)]
    before, after = now.verdict(look).allowed, proposed.verdict(look).allowed
    if before and not after:
        found.lost += 1
        _count(found.losses, look, proposed.refused(look))
    elif after and not before:
        found.gained += 1
        _count(found.gains, look, now.refused(look))


def _same(again: Decision, look: Past) -> bool:
    return (again.allowed, again.because, again.rule) == (look.allowed, look.because, look.rule)


def _count(
    rows: dict[tuple[str, ...], Row], look: Past, refused: list[tuple[str, Decision]]
) -> None:
    purpose = look.asks[0][1].purpose
    for code, decision in refused:
        key = (look.operator, code, purpose, decision.because[0])
        row = rows.setdefault(
            key, Row(look.operator, look.unit, code, purpose, decision.because[0])
        )
        row.count += 1
        row.entries += [look.entry][: EXAMPLES - len(row.entries)]


def _rows(rows: dict[tuple[str, ...], Row]) -> list[dict[str, Any]]:
    ordered = sorted(rows.values(), key=lambda each: (-each.count, each.operator, each.element))
    return [vars(each) for each in ordered[:MOST_ROWS]]
