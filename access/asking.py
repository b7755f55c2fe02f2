"""What is asked at the door, and what role, token, customer and rules say to it. Nothing is logged here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from access import actors, choices, policy, token_grants
from access.action_roles import may_attempt
from access.actions import HANDS_OVER, Action
from access.actors import Actor
from access.policy import Ask, Decision
from access.scopes import Found
from access.training import standing
from access.vocabulary import Channel, Purpose, Reach, Role
from custodian import clock, elements
from custodian.errors import CustodianError

WHOLE = frozenset({"identity", "financial"})  # kinds of which a customer has one holding
# What she asks for herself is read and answered, whatever of hers is stored only, and read afterwards:
# it is kept as evidence of what was asked and answered.
ANSWERED = frozenset({"correction", "request"})
PURPOSES = frozenset({"", *Purpose.values})
CHANNELS = frozenset({"", *Channel.values})
_SYSTEM_ALLOWED = Decision(allowed=True, because=("system",))
_SHARED = Decision(allowed=True, because=("share", "nearness-own"))
_NOT_SHARED = Decision(allowed=False, because=("share-not-covered",))
_ACTION_ALLOWED = Decision(allowed=True, because=("role",))


class UnknownCode(CustodianError):
    """A purpose, channel or element that does not exist: free text must not reach a leaf."""

    code = "unknown-code"


@dataclass(frozen=True)
class Request:
    actor: Actor
    action: Action
    purpose: str
    channel: str
    elements: tuple[str, ...]
    masked: bool
    holdings: frozenset[UUID] = frozenset()  # those alone are asked for; none: all of the subjects
    hour: int = field(default_factory=lambda: clock.local().hour)

    def __post_init__(self) -> None:
        """The words of a request stand in the leaf for ever, so only known ones come in."""
        known = self.purpose in PURPOSES and self.channel in CHANNELS
        if not known or not all(map(elements.known, self.elements)):
            raise UnknownCode

    @cached_property
    def trained(self) -> frozenset[str] | None:
        """What the person, or the token's owner, has learned and promised; None where nobody asks."""
        if self.actor.id is None or self.masked or not self.elements:
            return None
        return standing.valid(self.actor.id)


def width_of(reach: Reach) -> int:
    return reach.width


def decide(
    request: Request, found: Collection[Found], nearness: Reach, granted: frozenset[str]
) -> dict[str, Decision]:
    """One decision for each element (the farthest subject counts), and one for the act itself."""
    decisions = {"": of_action(request)}
    stored_only = request.action not in HANDS_OVER and any(
        is_restricted(each, request.elements, holdings=request.holdings) for each in found
    )
    if stored_only and not request.masked:
        decisions["status"] = Decision(allowed=False, because=("restricted",))
    if not request.masked and any(request.purpose in each.objected for each in found):
        decisions["objection"] = Decision(allowed=False, because=("objected",))
    said = [each.chosen for each in found]
    if not request.masked and (why := choices.against(request.purpose, request.elements, said)):
        decisions["consent"] = Decision(allowed=False, because=(why,))
    purposes = [each.lent for each in found if each.lent]
    if not request.masked and any(request.purpose not in each for each in purposes):
        decisions["grant"] = Decision(allowed=False, because=("grant-purpose",))
    return decisions | of_elements(request, nearness, granted, lent=lent_by(found))


def is_restricted(
    found: Found, elements: Collection[str], *, holdings: Collection[UUID] = ()
) -> bool:
    """Whether what is asked of this customer is stored and not used (PIPL art. 47).

    Of several policies or claims that nobody names, the vault leaves out those that are.
    """
    kinds = {code.partition(".")[0] for code in elements}
    if found.status != "active" and (found.status == "destroyed" or not kinds or kinds - ANSWERED):
        return True
    return any(
        kind in kinds and (kind in WHOLE or holding in holdings)
        for kind, holding in found.restricted
    )


def lent_by(found: Collection[Found]) -> str:
    """By what some of the customers are within reach at all, break-glass before a grant."""
    if any(each.in_window for each in found):
        return "window"
    return "lent" if any(each.lent for each in found) else ""


def of_elements(
    request: Request, nearness: Reach, granted: frozenset[str], *, lent: str = ""
) -> dict[str, Decision]:
    """Elements of one class and level have one decision, unless a grant names some of them."""
    rules, share = policy.rules_of(request.actor.role), request.actor.share
    known: dict[tuple[str, int, bool, bool], Decision] = {}
    decisions = {}
    for code in request.elements:
        element = elements.get(code)
        held = code in (share.elements if share else granted)
        alike = (element.cls.value, element.level, element.never_shown, held)
        if alike not in known:
            known[alike] = _of_element(
                request, code, nearness, rules, granted=code in granted, lent=lent
            )
        decisions[code] = known[alike]
    return decisions


def granted_to(request: Request) -> frozenset[str]:
    """The elements for which a grant stands in for a step-up, where one could change the answer."""
    token, rules = request.actor.token, policy.rules_of(request.actor.role)
    if token is None or request.masked:
        return frozenset()
    levels = [elements.get(code).level for code in request.elements]
    if not any(level >= rule.step_up_level for level in levels for rule in rules):
        return frozenset()
    return token_grants.covered(token, purpose=request.purpose) & frozenset(request.elements)


def of_action(request: Request) -> Decision:
    actor = request.actor
    if actor.role is Role.SYSTEM:
        allowed = request.action in actors.SYSTEM_ACTORS[actor.name]
        return (
            _SYSTEM_ALLOWED if allowed else Decision(allowed=False, because=("role-not-covered",))
        )
    if not may_attempt(actor.role, request.action):
        return Decision(allowed=False, because=("role-not-covered",))
    if actor.token and request.action.value not in actor.token.actions:
        return Decision(allowed=False, because=("token-not-covered",))
    if actor.token and request.purpose and request.purpose not in actor.token.purposes:
        return Decision(allowed=False, because=("token-not-covered",))
    return _ACTION_ALLOWED


def _of_share(request: Request, code: str) -> Decision:
    """A counterparty is under no rule of the house: its share says what it may be given."""
    share = request.actor.share
    if share is None or request.purpose != share.purpose or code not in share.elements:
        return _NOT_SHARED
    return _SHARED


def _of_element(
    request: Request,
    code: str,
    nearness: Reach,
    rules: Sequence[policy.Rule],
    *,
    granted: bool,
    lent: str,
) -> Decision:
    actor, element = request.actor, elements.get(code)
    if element.never_shown and not request.masked:
        return Decision(allowed=False, because=("never-shown",))
    if actor.role is Role.SYSTEM:
        return _SYSTEM_ALLOWED
    if actor.role is Role.PARTNER:
        return _of_share(request, code)
    ask = Ask(
        role=actor.role,
        purpose=request.purpose,
        element_class=element.cls.value,
        level=element.level,
        nearness=nearness,
        channel=request.channel,
        address=actor.address,
        hour=request.hour,
        masked=request.masked,
        trained=request.trained,
        stepped_up=actor.stepped_up and actor.token is None,
        granted=granted,
        lent=lent,
    )
    return policy.decide(rules, ask)
