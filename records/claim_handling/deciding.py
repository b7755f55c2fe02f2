"""Deciding a claim: one person up to the limit, two above it and on refusals, over exactly what is sealed.

The approval is over the hash of the sealed amount and reasons as they lie in the row, so that nobody can
put another amount under a yes that was given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.models import Approval
from custodian import clock
from custodian.errors import CustodianError
from custodian.workflow import IllegalMove
from records.claim_handling import clocks, examining, holding, steps, terms
from records.claim_handling.holding import Held
from records.claim_handling.lifecycle import DECISION, NotNow, move
from records.models import Claim, ClaimDecision, ClaimTerms

KIND: Final = "claim-decision"
Kind = ClaimDecision.Kind
Status = ClaimDecision.Status
Code = steps.Code
AMOUNT, REASONS = "decided_amount", "decision_reasons"
# Why a second person has to agree, and in words to both.
AMOUNT_ABOVE, REFUSAL, OWN_FILING = "amount", "refusal", "own-filing"
WHY: Final = {
    AMOUNT_ABOVE: _("金额超过一人可决定的限额"),
    REFUSAL: _("不予给付的一律由第二人复核"),
    OWN_FILING: _("赔案由提出人自己登记"),
}


class WaitsAlready(CustodianError):
    """One proposal at a time; it can be withdrawn."""

    code = "claim-decision-waits"
    status = 409
    message = _("已有一项核定意见待复核。如要修改，先撤回它")


class AdvancedAlready(CustodianError):
    """One advance on a claim: several small ones would each stay under the limit."""

    code = "claim-advanced"
    status = 409
    message = _("这件赔案已经决定过一次先行支付，余额随核定给付")


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """`amount` in yuan, in all, an advance included; None for a refusal, which has a `ground`."""

    kind: str
    amount: Decimal | None = field(default=None, repr=False)
    reasons: str = field(repr=False)
    ground: str = ""
    asks_agreement: bool = False


def second_eyes(claim: Claim, proposal: Proposal, under: ClaimTerms, *, proposer: int) -> list[str]:
    """Why one person is not enough; empty where he is."""
    found = []
    if proposal.amount is not None and under.limit is not None and proposal.amount > under.limit:
        found.append(AMOUNT_ABOVE)
    if proposal.kind == Kind.REJECT and under.refusals:
        found.append(REFUSAL)
    if claim.filed_by_id == proposer:
        found.append(OWN_FILING)
    return found


def propose(claim: Claim, proposal: Proposal, *, channel: str, actor: Actor) -> ClaimDecision:
    """Seal the decision; it takes effect at once, or waits for a second person.

    Raises `NotNow`, `NotYourClaim`, `WaitsAlready`, `AdvancedAlready`, `Damaged`, `Refused`.
    """
    person, now = actors.person(actor), clock.now()
    with transaction.atomic():
        held = Held.lock(claim)
        row = held.claim
        examining.require_handler(row, actor)
        _require(row, proposal)
        under = terms.house()
        why = second_eyes(row, proposal, under, proposer=person)
        slot = held.next_slot(ClaimDecision)
        values = {holding.place(REASONS, slot): proposal.reasons}
        if proposal.amount is not None:
            values[holding.place(AMOUNT, slot)] = f"{proposal.amount:.2f}"
        sealed = held.seal(values, source="desk")
        decision = ClaimDecision(
            claim=row, subject_id=row.subject_id, slot=slot, kind=proposal.kind,
            ground=proposal.ground, asks_agreement=proposal.asks_agreement, terms=under,
            proposed_by_id=person, proposed_at=now,
            status=Status.WAITING if why else Status.EFFECTIVE, effective_at=None if why else now,
            **holding.columns(sealed, slot, AMOUNT, REASONS),
        )  # fmt: skip
        said = {**payload(decision), "why": why}
        _authorise(
            row, "propose", decision, channel=channel, actor=actor,
            facts={"digest": approvals.digest_of(KIND, said), **holding.facts(sealed)},
        )  # fmt: skip
        if why:
            decision.approval = approvals.request(KIND, said, actor=actor)
        decision.save(force_insert=True)
        if why:
            steps.note(row, Code.PROPOSED, at=now, actor=actor)
        else:
            take_effect(decision, actor=actor)
    claim.refresh_from_db()
    return decision


def _require(claim: Claim, proposal: Proposal) -> None:
    if claim.status != Claim.Status.EXAMINING:
        raise NotNow
    if claim.decisions.filter(status=Status.WAITING).exists():
        raise WaitsAlready
    advanced = claim.decisions.filter(kind=Kind.ADVANCE, status=Status.EFFECTIVE)
    if proposal.kind == Kind.ADVANCE and advanced.exists():
        raise AdvancedAlready


def payload(decision: ClaimDecision) -> dict[str, Any]:
    """What is approved: no value, and the hash of the sealed bytes that hold them."""
    return {
        "claim": decision.claim.ref,
        "decision": decision.slot,
        "kind": str(decision.kind),
        "ground": str(decision.ground),
        "agreement": decision.asks_agreement,
        "content": holding.content(decision),
    }


def is_as_approved(decision: ClaimDecision, approval: Approval) -> bool:
    return bool({**payload(decision), "why": approval.payload.get("why")} == approval.payload)


def take_effect(decision: ClaimDecision, *, actor: Actor) -> None:
    """What follows from a decision, in the transaction in which it comes into force."""
    claim, now = decision.claim, clock.now()
    if decision.kind == Kind.ADVANCE:
        steps.note(claim, Code.ADVANCE, at=now, actor=actor)
        clocks.keep(claim)
        return
    if not examining.says(claim, Code.PAPERS_COMPLETE):
        # Whoever decides has what it takes to decide.
        since = examining.complete_since(claim)
        steps.note(claim, Code.PAPERS_COMPLETE, at=since, actor=actor)
    if decision.kind == Kind.REJECT:
        move(claim, "reject", decided_on=clock.local(now).date())
        steps.note(claim, Code.REJECTED, at=now, actor=actor)
    else:
        move(claim, "approve")
        steps.note(claim, Code.APPROVED, at=now, actor=actor)
        if not decision.asks_agreement:
            steps.note(claim, Code.AGREED, at=now, actor=actor)
    clocks.keep(claim)


def withdraw(decision: ClaimDecision, *, channel: str, actor: Actor) -> None:
    """Take a waiting proposal back. Raises `NotNow`, `NotYourClaim`."""
    with transaction.atomic():
        held = Held.lock(decision.claim)
        examining.require_handler(held.claim, actor)
        _authorise(held.claim, "withdraw", decision, channel=channel, actor=actor)
        _move(decision, "withdraw")
        if decision.approval is not None:
            approvals.void(decision.approval)
        steps.note(held.claim, Code.WITHDRAWN, actor=actor)


def approve(decision: ClaimDecision, approval: Approval, *, actor: Actor) -> None:
    """In the transaction of the second person's yes. Raises `ContentChanged`, `Damaged`."""
    held = Held.lock(decision.claim)
    row = ClaimDecision.objects.select_related("claim").get(pk=decision.pk)
    if not is_as_approved(row, approval) or held.claim.status != Claim.Status.EXAMINING:
        raise approvals.ContentChanged
    _authorise(held.claim, "effect", row, channel=approvals.CHANNEL, actor=actor)
    _move(row, "effect", effective_at=clock.now())
    take_effect(row, actor=actor)


def send_back(decision: ClaimDecision, *, actor: Actor) -> None:
    _move(decision, "return")
    steps.note(decision.claim, Code.RETURNED, actor=actor)


def _move(decision: ClaimDecision, name: str, **changes: object) -> None:
    try:
        DECISION.move(decision, name, changes)
    except IllegalMove:
        raise NotNow from None


def _authorise(
    claim: Claim, what: str, decision: ClaimDecision, *, channel: str, actor: Actor,
    facts: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    gate.authorise(
        actor,
        Action.CLAIM_DECIDE,
        channel=channel,
        purpose=examining.PURPOSE,
        subjects=gate.tagged(scopes.find([claim.subject_id])),
        facts={
            "claim": claim.ref,
            "did": what,
            "decision": f"{decision.slot} {decision.kind}",
            **(facts or {}),
        },
    )


def why_words(codes: Sequence[str]) -> list[Any]:
    return [WHY[code] for code in codes if code in WHY]
