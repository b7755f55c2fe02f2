"""The one door: decide, commit the entry, and only then let anybody see.

`permit` answers reads and returns a `Permit` that the vault takes once; `authorise` answers changes and
puts their entry into the transaction of the change. Both log their refusals before they raise.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn
from uuid import UUID

from access import actors, grants, keystore, policy, scopes
from access.actions import Action, act_of, may_attempt
from access.actors import Actor
from access.policy import STEP_UP, Ask, Decision
from access.querylog import sealing, write
from access.querylog.leaf import Draft, Tagged
from access.reasons import MESSAGES
from access.scopes import Found
from access.vocabulary import Channel, Purpose, Reach, Role
from custodian import clock, elements
from custodian.errors import CustodianError, NotVisible

LIFETIME = 30.0
PURPOSES = frozenset({"", *Purpose.values})
CHANNELS = frozenset({"", *Channel.values})
LEAVING = frozenset({"reveal", "export"})  # values leave in clear: these wait for the seal first
_SYSTEM_ALLOWED = Decision(allowed=True, because=("system",))
_ACTION_ALLOWED = Decision(allowed=True, because=("role",))


class Refused(CustodianError):
    """The act was refused, and the refusal is on record under `entry`."""

    code = "refused"
    status = 403

    def __init__(self, decision: Decision, entry: int) -> None:
        self.decision = decision
        self.entry = entry
        super().__init__(MESSAGES.get(decision.because[0], MESSAGES["no-rule"]))


class StepUpNeeded(Refused):
    """Allowed in principle, once the person has proven again who he is."""

    code = "step-up-needed"


class UnknownCode(CustodianError):
    """A purpose, channel or element that does not exist: free text must not reach a leaf."""

    code = "unknown-code"


class PermitSpent(CustodianError):
    """The permit was used before, is too old, or belongs to another request."""

    code = "permit-spent"
    status = 403


@dataclass
class Permit:
    """Proof that one read was decided and logged: for these subjects and elements, once, within seconds."""

    actor: Actor
    action: Action
    purpose: str
    channel: str
    subjects: Mapping[int, Found]
    elements: frozenset[str]
    masked: bool
    entry: int
    holdings: frozenset[UUID] = frozenset()  # empty: every holding of the subjects
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    issued: float = field(default_factory=time.monotonic)
    _spent: bool = False

    def spend(self) -> None:
        """Use the permit up; raises `PermitSpent` if that is not possible here and now."""
        actor = scopes.current()
        stranger = actor is None or actor.visit != self.actor.visit
        if self._spent or stranger or time.monotonic() - self.issued > LIFETIME:
            raise PermitSpent
        self._spent = True

    def __reduce__(self) -> NoReturn:
        raise TypeError("a permit does not leave its process")


def permit(
    actor: Actor,
    action: Action,
    *,
    purpose: str,
    channel: str,
    subjects: Sequence[int] = (),
    elements: Sequence[str] = (),
    holdings: Sequence[UUID] = (),
    masked: bool = False,
    reason: str = "",
    query: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Permit:
    """Decide one read, commit its entry, and return the permit.

    Raises `Refused` or `StepUpNeeded` (decided against), `NotVisible` (some subject is absent or out of
    scope), `LogUnavailable` (no entry, no data) and `LogBehind` (entries wait too long for their seal).
    `facts` and `reason` go into the sealed context.
    """
    request = _Request(actor, action, purpose, channel, tuple(sorted(elements)), masked=masked)
    only = [str(holding) for holding in holdings]
    inputs = {"reason": reason, "holdings": only or None, **(facts or {})}
    found = scopes.find(subjects)
    if len(found) != len(set(subjects)):
        _refuse(request, Decision(allowed=False, because=("not-visible",)), inputs)
    nearness = max((each.nearness for each in found.values()), key=_width, default=Reach.OWN)
    granted = _granted(request)
    if elements:
        inputs |= {"nearness": nearness.value, "granted": sorted(granted)}
    decisions = _decide(request, found.values(), nearness, granted)
    verdict = policy.verdict(decisions.values())
    if not verdict.allowed:
        _refuse(request, verdict, inputs)
    if found or elements or act_of(action) in LEAVING:
        sealing.require(leaves=act_of(action) in LEAVING)
    entry = write.commit(_draft(request, verdict, inputs, found=found, query=query))
    return Permit(
        actor=actor,
        action=action,
        purpose=purpose,
        channel=channel,
        subjects=found,
        elements=frozenset(elements),
        masked=masked,
        entry=entry,
        holdings=frozenset(holdings),
        decisions=decisions,
    )


def refuse_unknown(
    actor: Actor, action: Action, *, asked: str, purpose: str, channel: str
) -> NoReturn:
    """Log a request for something that is absent or out of scope, and answer as for both."""
    request = _Request(actor, action, purpose, channel, (), masked=False)
    _refuse(request, Decision(allowed=False, because=("not-visible",)), {"asked": asked})


def refuse(actor: Actor, action: Action, *, because: str, channel: str) -> NoReturn:
    """Refuse an act for a reason that no rule knows, and put that on record."""
    request = _Request(actor, action, "", channel, (), masked=False)
    owed = frozenset({STEP_UP}) if because == "step-up-not-covered" else frozenset[str]()
    _refuse(request, Decision(allowed=False, because=(because,), obligations=owed), {})


def authorise(
    actor: Actor,
    action: Action,
    *,
    channel: str,
    purpose: str = "",
    subjects: Sequence[Tagged] = (),
    facts: Mapping[str, Any] | None = None,
    reason: str = "",
    operation: UUID | None = None,
) -> None:
    """Decide one change and put its entry into the change's own transaction (both are written, or neither).

    `facts` are codes and hashes that may stand in the leaf for ever; `reason` is sealed.
    """
    request = _Request(actor, action, purpose, channel, (), masked=False)
    decision = _of_action(request)
    if not decision.allowed:
        _refuse(request, decision, {"reason": reason})
    write.enqueue(
        Draft(
            actor=actor,
            act=act_of(action),
            at=clock.now(),
            channel=channel,
            purpose=purpose,
            subjects=subjects,
            why=decision.because,
            context=write.seal_context({"reason": reason}) if reason else None,
            operation=operation,
            facts={"what": action.value, **(facts or {})},
        )
    )


def may(actor: Actor, action: Action) -> bool:
    """Whether the actor may attempt the act at all: for menus and buttons, never instead of a permit."""
    return _of_action(_Request(actor, action, "", "", (), masked=False)).allowed


def foresee(
    actor: Actor, *, code: str, purpose: str, channel: str, nearness: Reach, masked: bool = False
) -> Decision:
    """What the decision on one element would be, for the page that explains it before anybody asks."""
    return foresee_all(
        actor, codes=(code,), purpose=purpose, channel=channel, nearness=nearness, masked=masked
    )[code]


def foresee_all(
    actor: Actor,
    *,
    codes: Sequence[str],
    purpose: str,
    channel: str,
    nearness: Reach,
    masked: bool = False,
) -> dict[str, Decision]:
    """The same for several elements; those of one class and level are decided once."""
    request = _Request(actor, Action.CUSTOMER_REVEAL, purpose, channel, tuple(codes), masked=masked)
    return _of_elements(request, nearness, _granted(request))


def tagged(found: Mapping[int, Found]) -> list[Tagged]:
    keys = keystore.subject_keys({f.id: (f.kek, f.wrapped) for f in found.values()})
    return [Tagged(f.uid, keys[f.id]) for f in found.values()]


@dataclass(frozen=True)
class _Request:
    actor: Actor
    action: Action
    purpose: str
    channel: str
    elements: tuple[str, ...]
    masked: bool
    hour: int = field(default_factory=lambda: clock.local().hour)

    def __post_init__(self) -> None:
        """The words of a request stand in the leaf for ever, so only known ones come in."""
        known = self.purpose in PURPOSES and self.channel in CHANNELS
        if not known or not all(map(elements.known, self.elements)):
            raise UnknownCode


def _width(reach: Reach) -> int:
    return reach.width


def _decide(
    request: _Request, found: Iterable[Found], nearness: Reach, granted: frozenset[str]
) -> dict[str, Decision]:
    """One decision for each element (the farthest subject counts), and one for the act itself."""
    decisions = {"": _of_action(request)}
    if any(each.status != "active" for each in found) and not request.masked:
        decisions["status"] = Decision(allowed=False, because=("restricted",))
    return decisions | _of_elements(request, nearness, granted)


def _of_elements(
    request: _Request, nearness: Reach, granted: frozenset[str]
) -> dict[str, Decision]:
    """Elements of one class and level have one decision, unless a grant names some of them."""
    rules = policy.rules_of(request.actor.role)
    known: dict[tuple[str, int, bool, bool], Decision] = {}
    decisions = {}
    for code in request.elements:
        element = elements.get(code)
        alike = (element.cls.value, element.level, element.never_shown, code in granted)
        if alike not in known:
            known[alike] = _of_element(request, code, nearness, rules, granted=code in granted)
        decisions[code] = known[alike]
    return decisions


def _granted(request: _Request) -> frozenset[str]:
    """The elements for which a grant stands in for a step-up, where one could change the answer."""
    token, rules = request.actor.token, policy.rules_of(request.actor.role)
    if token is None or request.masked:
        return frozenset()
    levels = [elements.get(code).level for code in request.elements]
    if not any(level >= rule.step_up_level for level in levels for rule in rules):
        return frozenset()
    return grants.covered(token, purpose=request.purpose) & frozenset(request.elements)


def _of_action(request: _Request) -> Decision:
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


def _of_element(
    request: _Request, code: str, nearness: Reach, rules: Sequence[policy.Rule], *, granted: bool
) -> Decision:
    actor, element = request.actor, elements.get(code)
    if element.never_shown and not request.masked:
        return Decision(allowed=False, because=("never-shown",))
    if actor.role is Role.SYSTEM:
        return _SYSTEM_ALLOWED
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
        stepped_up=actor.stepped_up and actor.token is None,
        granted=granted,
    )
    return policy.decide(rules, ask)


def _draft(
    request: _Request,
    decision: Decision,
    inputs: Mapping[str, Any],
    *,
    found: Mapping[int, Found],
    query: str | None = None,
) -> Draft:
    allowed = decision.allowed
    return Draft(
        actor=request.actor,
        act=act_of(request.action) if allowed else "denied",
        at=clock.now(),
        channel=request.channel,
        purpose=request.purpose,
        outcome="ok" if allowed else "denied",
        fields=request.elements,
        subjects=tagged(found) if allowed else (),
        rule=decision.rule,
        why=decision.because,
        query=query,
        context=write.seal_context(_context(request, inputs)),
        facts={"what": request.action.value, "mask": 1}
        if request.masked
        else {"what": request.action.value},
    )


def _context(request: _Request, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Every input of the decision, so that it can be replayed; sealed, and erasable."""
    actor = request.actor
    return {
        "role": actor.role.value,
        "reach": actor.reach.value,
        "stepped_up": actor.stepped_up,
        "token": actor.token.token_id if actor.token else None,
        "address": actor.address,
        "hour": request.hour,
        **{key: value for key, value in inputs.items() if value not in ("", None, [])},
    }


def _refuse(request: _Request, decision: Decision, inputs: Mapping[str, Any]) -> NoReturn:
    entry = write.commit(_draft(request, decision, inputs, found={}))
    if decision.because == ("not-visible",):
        raise NotVisible(MESSAGES["not-visible"])
    if STEP_UP in decision.obligations:
        raise StepUpNeeded(decision, entry)
    raise Refused(decision, entry)
