"""The decision on one holding: facts and rules in, an answer with its reasons out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from custodian.regimes.packs import RetentionRule, Trigger


class State(StrEnum):
    IN_USE = "in_use"
    RESTRICTED = "restricted"  # stored and protected, and nothing else (PIPL art. 47)
    UNDATED = "undated"  # the purpose has ended, but a day to count from is missing
    DUE = "due"


@dataclass(frozen=True)
class Event:
    """A day from which the law counts. `on` None: it has happened, and nobody knows when."""

    trigger: Trigger
    on: date | None
    about: str = ""  # the public reference of the policy or claim
    term: str = ""  # "short": a contract of up to a year; "long": of more


@dataclass(frozen=True)
class Use:
    """Why the data is still needed: a code, and the policy or claim that needs it."""

    because: str
    about: str = ""


@dataclass(frozen=True)
class Facts:
    """What is known of one holding."""

    kind: str
    uses: tuple[Use, ...] = ()
    events: tuple[Event, ...] = ()
    ended_on: date | None = None  # the day on which the last use ended; None while there is one
    file: str = ""  # what rules are about, where it is not the kind: a request may be a "complaint"


@dataclass(frozen=True)
class Reason:
    """One rule that applies, the event from which it counts, and the last day it gives."""

    rule: RetentionRule
    event: Event
    until: date | None  # None: the event's day is not known

    @property
    def rank(self) -> tuple[bool, date, bool]:
        return self.until is None, self.until or date.min, self.rule.binding


@dataclass(frozen=True)
class Answer:
    """`reasons` has the one that decides first; `until` is the last day on which the data must be kept."""

    state: State
    until: date | None
    reasons: tuple[Reason, ...]
    uses: tuple[Use, ...] = ()
    ended_on: date | None = None

    @property
    def rule(self) -> str:
        return self.reasons[0].rule.code if self.reasons else ""


def decide(facts: Facts, rules: Sequence[RetentionRule], *, today: date) -> Answer:
    """The longest of all rules that apply decides; while a use stands, none of them does."""
    reasons = tuple(sorted(_reasons(facts, rules), key=lambda each: each.rank, reverse=True))
    first = reasons[0] if reasons else None
    until = first.until if first else None
    if facts.uses:
        return Answer(State.IN_USE, until, reasons, facts.uses)
    if first is None or until is None or facts.ended_on is None:
        return Answer(State.UNDATED, None, reasons, ended_on=facts.ended_on)
    state = State.DUE if today > until else State.RESTRICTED
    return Answer(state, until, reasons, ended_on=facts.ended_on)


def _reasons(facts: Facts, rules: Iterable[RetentionRule]) -> Iterable[Reason]:
    for rule in rules:
        if (facts.file or facts.kind) not in rule.about:
            continue
        for event in facts.events:
            if event.trigger is rule.trigger and _fits(rule, event):
                yield Reason(rule, event, rule.period.after(event.on) if event.on else None)


def _fits(rule: RetentionRule, event: Event) -> bool:
    return all(getattr(event, name, None) == value for name, value in rule.when.items())
