"""Which purposes a person may name, and what each of them opens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from access import gate, policy
from access.actors import Actor
from access.policy import STEP_UP, Decision
from access.vocabulary import Purpose, Reach
from custodian.elements import ElementClass

OFFERED = (
    Purpose.FOLLOW_UP,
    Purpose.POLICY_SERVICE,
    Purpose.UNDERWRITING,
    Purpose.CLAIM,
    Purpose.PAYMENT,
    Purpose.COMPLAINT,
    Purpose.MARKETING,
    Purpose.SURVEY,
    Purpose.SHARING,
    Purpose.COMPLIANCE,
    Purpose.AUDIT,
    Purpose.SECURITY,
    Purpose.OTHER,
)
CLASSES: dict[str, Any] = {
    ElementClass.IDENTITY.value: _("身份信息"),
    ElementClass.FINANCIAL.value: _("财务信息"),
    ElementClass.POLICY.value: _("保单信息"),
}


@dataclass(frozen=True)
class Span:
    """How far one purpose reaches into one class."""

    label: Any
    level: int
    rule: str
    version: int


def offered(actor: Actor, *, channel: str) -> list[Purpose]:
    named = {rule.purpose for rule in _rules(actor, channel)}
    return [purpose for purpose in OFFERED if purpose.value in named]


def label(code: str) -> Any:
    return Purpose(code).label if code in Purpose else code


def spans(actor: Actor, purpose: str, *, channel: str) -> list[Span]:
    """What the purpose opens for this person, class by class; a class that is missing stays shut."""
    found: dict[str, Span] = {}
    for rule in _rules(actor, channel):
        reached = found.get(rule.element_class)
        if rule.purpose == purpose and (reached is None or rule.max_level > reached.level):
            span = Span(CLASSES[rule.element_class], rule.max_level, rule.code, rule.version)
            found[rule.element_class] = span
    return [found[each] for each in CLASSES if each in found]


def opening(
    actor: Actor, codes: Sequence[str], *, channel: str, nearness: Reach
) -> list[tuple[Purpose, bool]]:
    """The purposes under which all these elements could be revealed, and whether by step-up only."""
    found = []
    for purpose in offered(actor, channel=channel):
        decisions = [
            gate.foresee(
                actor, code=code, purpose=purpose.value, channel=channel, nearness=nearness
            )
            for code in codes
        ]
        if all(attainable(decision) for decision in decisions):
            found.append((purpose, any(STEP_UP in each.obligations for each in decisions)))
    return found


def attainable(decision: Decision) -> bool:
    """Allowed now, or allowed once the person has shown a second factor."""
    return decision.allowed or STEP_UP in decision.obligations


def listable(
    actor: Actor, codes: Iterable[str], *, purpose: str, channel: str, nearness: Reach
) -> list[str]:
    """Those elements whose masks the person may be shown; all of them if none, so that it is refused."""
    codes = list(codes)
    decisions = gate.foresee_all(
        actor, codes=codes, purpose=purpose, channel=channel, nearness=nearness, masked=True
    )
    allowed = [code for code in codes if decisions[code].allowed]
    return allowed or codes


def _rules(actor: Actor, channel: str) -> list[policy.Rule]:
    rules = policy.rules_of(actor.role)
    return [rule for rule in rules if not rule.channel or rule.channel == channel]
