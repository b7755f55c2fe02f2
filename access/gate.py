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

from access import keystore, policy, quotas, restored, scopes
from access.actions import BY_APPROVAL, Action
from access.actors import Actor
from access.acts import act_of
from access.asking import (
    Request,
    decide,
    granted_to,
    lent_by,
    of_action,
    of_elements,
    width_of,
)
from access.policy import STEP_UP, Decision
from access.querylog import sealing, write
from access.querylog.leaf import Draft, Tagged
from access.reasons import MESSAGES
from access.scopes import Found
from access.training import words
from access.vocabulary import Reach
from custodian import clock
from custodian.errors import CustodianError, NotVisible

LIFETIME = 30.0
LEAVING = frozenset({"reveal", "export"})  # values leave in clear: these wait for the seal first


class Refused(CustodianError):
    """The act was refused, and the refusal is on record under `entry`."""

    code = "refused"
    status = 403

    def __init__(self, decision: Decision, entry: int) -> None:
        self.decision = decision
        self.entry = entry
        said = MESSAGES.get(decision.because[0], MESSAGES["no-rule"])
        super().__init__(words.refusal(said, decision.lacking) if decision.lacking else said)


class StepUpNeeded(Refused):
    """Allowed in principle, once the person has proven again who he is."""

    code = "step-up-needed"


class TooMuch(Refused):
    """A quota is used up, or the next look comes too soon; `wait` is in seconds, 0 if waiting helps not."""

    code = "too-much"
    status = 429

    def __init__(self, decision: Decision, entry: int, *, wait: int) -> None:
        super().__init__(decision, entry)
        self.wait = wait


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
    `facts` and `reason` go into the sealed context. A restored database serves nobody before it is
    reconciled: `RestoredNotReconciled`.
    """
    restored.require()
    request = Request(
        actor,
        action,
        purpose,
        channel,
        tuple(sorted(elements)),
        masked=masked,
        holdings=frozenset(holdings),
    )
    only = [str(holding) for holding in holdings]
    inputs = {"reason": reason, "holdings": only or None, **(facts or {})}
    found = scopes.find(subjects)
    if len(found) != len(set(subjects)):
        _refuse(request, Decision(allowed=False, because=("not-visible",)), inputs)
    nearness = max((each.nearness for each in found.values()), key=width_of, default=Reach.OWN)
    granted = granted_to(request)
    if elements:
        lent = lent_by(found.values())
        inputs |= {"nearness": nearness.value, "granted": sorted(granted), "lent": lent}
    decisions = decide(request, found.values(), nearness, granted)
    verdict = policy.verdict(decisions.values())
    if not verdict.allowed:
        _refuse(request, verdict, inputs)
    if found or elements or act_of(action) in LEAVING:
        sealing.require(leaves=act_of(action) in LEAVING)
    counted = _count(request, found, inputs, decisions.values())
    entry = write.commit(_draft(request, verdict, inputs, found=found, query=query))
    quotas.report(actor, counted, entry=entry)
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


def _count(
    request: Request,
    found: Mapping[int, Found],
    inputs: Mapping[str, Any],
    decisions: Iterable[Decision],
) -> quotas.Answer:
    """Count the look in the person's quotas; raises `TooMuch` for one too many, or too soon."""
    if request.action in BY_APPROVAL:
        return quotas.add(request.actor, found, request.elements)
    ends = {each.rule: each.daily for each in decisions if each.rule and each.daily}
    counted = quotas.take(request.actor, found, request.elements, masked=request.masked, rules=ends)
    if counted.because:
        decision = Decision(allowed=False, because=(counted.because,))
        said = {**inputs, "quota": counted.code, "used": counted.used.get(counted.code)}
        entry = write.commit(_draft(request, decision, said, found={}))
        quotas.report(request.actor, counted, entry=entry)
        raise TooMuch(decision, entry, wait=counted.wait)
    return counted


def refuse_unknown(
    actor: Actor, action: Action, *, asked: str, purpose: str, channel: str
) -> NoReturn:
    """Log a request for something that is absent or out of scope, and answer as for both."""
    request = Request(actor, action, purpose, channel, (), masked=False)
    _refuse(request, Decision(allowed=False, because=("not-visible",)), {"asked": asked})


def refuse(actor: Actor, action: Action, *, because: str, channel: str) -> NoReturn:
    """Refuse an act for a reason that no rule knows, and put that on record."""
    request = Request(actor, action, "", channel, (), masked=False)
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
    decision = _permitted(actor, action, channel, purpose, reason)
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


def authorise_each(
    actor: Actor, action: Action, *, channel: str, facts: Sequence[Mapping[str, Any]]
) -> None:
    """The same for several changes of one kind: one decision, and an entry for each with its facts."""
    decision = _permitted(actor, action, channel, "", "")
    now = clock.now()
    write.enqueue_all(
        [
            Draft(
                actor=actor,
                act=act_of(action),
                at=now,
                channel=channel,
                why=decision.because,
                facts={"what": action.value, **each},
            )
            for each in facts
        ]
    )


def _permitted(actor: Actor, action: Action, channel: str, purpose: str, reason: str) -> Decision:
    restored.require()
    request = Request(actor, action, purpose, channel, (), masked=False)
    decision = of_action(request)
    if not decision.allowed:
        _refuse(request, decision, {"reason": reason})
    return decision


def may(actor: Actor, action: Action) -> bool:
    """Whether the actor may attempt the act at all: for menus and buttons, never instead of a permit."""
    return of_action(Request(actor, action, "", "", (), masked=False)).allowed


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
    request = Request(actor, Action.CUSTOMER_REVEAL, purpose, channel, tuple(codes), masked=masked)
    return of_elements(request, nearness, granted_to(request))


def tagged(found: Mapping[int, Found]) -> list[Tagged]:
    keys = keystore.subject_keys({f.id: (f.kek, f.wrapped) for f in found.values()})
    return [Tagged(f.uid, keys[f.id]) for f in found.values()]


def _draft(
    request: Request,
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


def _context(request: Request, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Every input of the decision, so that it can be replayed; sealed, and erasable."""
    actor = request.actor
    return {
        "role": actor.role.value,
        "reach": actor.reach.value,
        "stepped_up": actor.stepped_up,
        "token": actor.token.token_id if actor.token else None,
        "address": actor.address,
        "hour": request.hour,
        # Nothing valid is something else than nothing asked.
        **({} if request.trained is None else {"trained": sorted(request.trained)}),
        **{key: value for key, value in inputs.items() if value not in ("", None, [])},
    }


def _refuse(request: Request, decision: Decision, inputs: Mapping[str, Any]) -> NoReturn:
    entry = write.commit(_draft(request, decision, inputs, found={}))
    if decision.because == ("not-visible",):
        raise NotVisible(MESSAGES["not-visible"])
    if STEP_UP in decision.obligations:
        raise StepUpNeeded(decision, entry)
    raise Refused(decision, entry)
