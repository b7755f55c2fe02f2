"""The decision: rules in, one answer with its reasons out. Pure, so that it can be replayed over the log."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from access.vocabulary import Reach

STEP_UP = "step-up"
# In the order in which a rule is held against an ask.
CHECKED = ("role", "class", "purpose", "level", "reach", "channel", "hours", STEP_UP)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule in force, as `decide` needs it."""

    code: str
    version: int
    role: str
    purpose: str
    element_class: str
    max_level: int
    reach: Reach
    channel: str
    hour_from: int
    hour_until: int
    step_up_level: int


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What is asked for: one class up to one level, for one purpose. Hours are office hours, 0 to 23."""

    role: str
    purpose: str
    element_class: str
    level: int
    nearness: Reach
    channel: str
    hour: int
    masked: bool = False
    stepped_up: bool = False
    granted: bool = False  # a dated grant stands in for the step-up a token cannot make


@dataclass(frozen=True)
class Decision:
    """`because` holds reason codes of `access.reasons`; the first one is the verdict's."""

    allowed: bool
    because: tuple[str, ...]
    rule: tuple[str, int] | None = None
    obligations: frozenset[str] = frozenset()


def decide(rules: Sequence[Rule], ask: Ask) -> Decision:
    """Allow if some rule covers the ask; otherwise name what stood nearest in the way."""
    misses: list[tuple[int, str, Rule]] = []
    for rule in rules:
        progress, miss = _missing(rule, ask)
        if not miss:
            return _granted(rule, ask)
        misses.append((progress, miss, rule))
    if not misses:
        return Decision(allowed=False, because=("no-rule",))
    _, miss, rule = max(misses, key=lambda each: each[0])
    named = rule if miss not in {"role", "class"} else None
    return Decision(
        allowed=False,
        because=(f"{miss}-not-covered",),
        rule=(named.code, named.version) if named else None,
        obligations=frozenset({STEP_UP}) if miss == STEP_UP else frozenset(),
    )


def _missing(rule: Rule, ask: Ask) -> tuple[int, str]:
    """How far the rule goes with the ask, and the first thing at which it stops (empty: nothing)."""
    passed = (
        rule.role == ask.role,
        rule.element_class == ask.element_class,
        ask.masked or rule.purpose == ask.purpose,
        ask.masked or ask.level <= rule.max_level,
        ask.nearness.width <= rule.reach.width,
        not rule.channel or rule.channel == ask.channel,
        rule.hour_from <= ask.hour < rule.hour_until,
        ask.masked or ask.level < rule.step_up_level or ask.stepped_up or ask.granted,
    )
    for progress, (name, well) in enumerate(zip(CHECKED, passed, strict=True)):
        if not well:
            return progress, name
    return len(CHECKED), ""


def _granted(rule: Rule, ask: Ask) -> Decision:
    because = ["rule", f"nearness-{ask.nearness.value}"]
    if ask.masked:
        because.append("masked")
    elif ask.level >= rule.step_up_level:
        because.append("stepped-up" if ask.stepped_up else "token-grant")
    return Decision(allowed=True, because=tuple(because), rule=(rule.code, rule.version))


# Every verdict that `decide` can give against an ask.
REFUSALS = ("no-rule", *(f"{name}-not-covered" for name in CHECKED))

_FRESH = 1.0
_cache: dict[str, tuple[float, tuple[Rule, ...]]] = {}


def rules_of(role: str) -> tuple[Rule, ...]:
    """The rules of one role in force now, at most a second old."""
    now = time.monotonic()
    cached = _cache.get(role)
    if cached is None or now - cached[0] > _FRESH:
        cached = _cache[role] = (now, _load(role))
    return cached[1]


def forget() -> None:
    _cache.clear()


_FIELDS = (
    "code",
    "version",
    "role",
    "purpose",
    "element_class",
    "max_level",
    "reach",
    "channel",
    "hour_from",
    "hour_until",
    "step_up_level",
)


def _load(role: str) -> tuple[Rule, ...]:
    from access.models import PolicyRule

    rows = PolicyRule.objects.in_force().filter(role=role).values(*_FIELDS)
    return tuple(Rule(**{**row, "reach": Reach(row["reach"])}) for row in rows)
