"""The decision: rules in, one answer with its reasons out. Pure, so that it can be replayed over the log."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from access.vocabulary import Reach

STEP_UP = "step-up"
# In the order in which a rule is held against an ask.
CHECKED = (
    *("role", "class", "purpose", "level", "reach", "channel", "network", "hours"),
    *("training", STEP_UP),
)
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


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
    networks: tuple[Network, ...]  # none: from anywhere
    hour_from: int
    hour_until: int
    step_up_level: int
    training: tuple[str, ...] = ()  # what must be valid; none: nothing
    daily: int | None = (
        None  # customers in plaintext in a day; counted at the door, not decided here
    )


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
    address: str = ""  # of the network that it comes from; empty for a command or a task
    masked: bool = False
    # The courses and undertakings that are valid; None where nobody asked: then nothing is lacking.
    trained: frozenset[str] | None = frozenset()
    stepped_up: bool = False
    lent: str = ""  # "lent" or "window": within reach by a dated grant or break-glass only
    granted: bool = False  # a dated grant stands in for the step-up a token cannot make


@dataclass(frozen=True)
class Decision:
    """`because` holds reason codes of `access.reasons`; the first one is the verdict's."""

    allowed: bool
    because: tuple[str, ...]
    rule: tuple[str, int] | None = None
    obligations: frozenset[str] = frozenset()
    lacking: tuple[str, ...] = ()  # the courses and undertakings that stand in the way
    daily: int | None = None  # what the rule allows in a day, where it is about plaintext


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
        lacking=_lacking(rule, ask) if miss == "training" else (),
    )


def _missing(rule: Rule, ask: Ask) -> tuple[int, str]:
    """How far the rule goes with the ask, and the first thing at which it stops (empty: nothing)."""
    passed = (
        rule.role == ask.role,
        rule.element_class == ask.element_class,
        ask.masked or rule.purpose == ask.purpose,
        ask.masked or ask.level <= rule.max_level,
        _near_enough(rule, ask),
        not rule.channel or rule.channel == ask.channel,
        not rule.networks or _inside(ask.address, rule.networks),
        rule.hour_from <= ask.hour < rule.hour_until,
        ask.masked or not _lacking(rule, ask),
        ask.masked or ask.level < rule.step_up_level or ask.stepped_up or ask.granted,
    )
    for progress, (name, well) in enumerate(zip(CHECKED, passed, strict=True)):
        if not well:
            return progress, name
    return len(CHECKED), ""


def _near_enough(rule: Rule, ask: Ask) -> bool:
    """What is lent stands masked among one's own; its plaintext is for rules that say so."""
    near = Reach.OWN if ask.masked and ask.nearness is Reach.CASE else ask.nearness
    return near.width <= rule.reach.width


def _lacking(rule: Rule, ask: Ask) -> tuple[str, ...]:
    if ask.trained is None:
        return ()
    return tuple(code for code in rule.training if code not in ask.trained)


def _inside(address: str, networks: Iterable[Network]) -> bool:
    try:
        here = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(here in network for network in networks)


def _granted(rule: Rule, ask: Ask) -> Decision:
    because = ["rule", f"nearness-{ask.lent or ask.nearness.value}"]
    if ask.masked:
        because.append("masked")
    elif ask.level >= rule.step_up_level:
        because.append("stepped-up" if ask.stepped_up else "token-grant")
    return Decision(
        allowed=True,
        because=tuple(because),
        rule=(rule.code, rule.version),
        daily=None if ask.masked else rule.daily,
    )


def verdict(decisions: Iterable[Decision]) -> Decision:
    """One for several elements: the first refusal, else the one that owes most to its rule."""
    known = list(decisions)
    refused = next((each for each in known if not each.allowed), None)
    return refused or max(known, key=lambda each: (each.rule is not None, len(each.because)))


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


# What a rule says, as its row holds it.
TERMS = (
    *("role", "purpose", "element_class", "max_level", "reach", "channel", "networks"),
    *("hour_from", "hour_until", "step_up_level", "training", "daily"),
)
_FIELDS = ("code", "version", *TERMS)


@dataclass(frozen=True)
class Dated:
    """A version of a rule with the time for which it holds."""

    rule: Rule
    since: datetime
    until: datetime | None


def rule_of(row: Mapping[str, Any]) -> Rule:
    """From the values of a row; raises ValueError for a network that is none."""
    networks = tuple(ipaddress.ip_network(each) for each in row["networks"])
    fields = {name: row[name] for name in _FIELDS if name in row}
    # A proposal from before rules knew of training and days asks for neither.
    training = tuple(row.get("training", ()))
    return Rule(
        **{**fields, "reach": Reach(row["reach"]), "networks": networks, "training": training}
    )


def in_force() -> list[Rule]:
    """The rules of all roles that hold now."""
    from access.models import PolicyRule

    rows = PolicyRule.objects.in_force().order_by("code").values(*_FIELDS)
    return list(map(rule_of, rows))


def history() -> list[Dated]:
    """Every version that there ever was."""
    from access.models import PolicyRule

    rows = PolicyRule.objects.order_by("code", "version").values(*_FIELDS, "since", "until")
    return [Dated(rule_of(row), row["since"], row["until"]) for row in rows]


def _load(role: str) -> tuple[Rule, ...]:
    from access.models import PolicyRule

    rows = PolicyRule.objects.in_force().filter(role=role).order_by("code").values(*_FIELDS)
    return tuple(map(rule_of, rows))
