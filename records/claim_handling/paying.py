"""After the decision: the agreement, the letter of a refusal, and the payment to an account on file.

Nobody types an amount here. What is paid is what was decided, less what was paid in advance, and it is
compared once more with what a second person approved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.models import Approval, Subject, WorkItem
from access.vocabulary import Purpose
from custodian import clock
from custodian.errors import CustodianError
from records import vault
from records.claim_handling import clocks, deciding, examining, holding, steps
from records.claim_handling.holding import Held
from records.claim_handling.lifecycle import NotNow, move
from records.models import Account, Claim, ClaimDecision, ClaimPayment, PolicyRole

Code = steps.Code
Kind = ClaimDecision.Kind
PAID, REFERENCE = "paid_amount", "payment_reference"
AMOUNTS: Final = ("claim.decided_amount", "claim.paid_amount")


class DecisionChanged(CustodianError):
    """The decision in the row is not the one that somebody agreed to."""

    code = "claim-decision-changed"
    status = 409
    message = _("核定内容与复核时不同，不能付款。请联系合规官")


class Overpaid(CustodianError):
    """More was paid in advance than was decided in the end."""

    code = "claim-overpaid"
    status = 409
    message = _("先行支付的数额已超过核定金额，不能登记付款。请联系合规官")


class NoSuchAccount(CustodianError):
    """The payee has no such account on file, or none of this contract's people is meant."""

    code = "claim-no-account"
    status = 422
    message = _("请选择一个登记在册的收款账户")


class BadPaymentDay(CustodianError):
    """It is paid after the decision and not in the future."""

    code = "claim-bad-payment-day"
    status = 422
    message = _("付款日须在核定生效日至今天之间，请核对")


@dataclass(frozen=True)
class Due:
    """What is to be paid under a decision; `epoch` is that of the values from which it was reckoned."""

    decision: ClaimDecision
    amount: Decimal = field(repr=False)
    total: Decimal = field(repr=False)
    epoch: int
    entry: int


@dataclass(frozen=True, kw_only=True)
class Payment:
    payee: int
    account_slot: int
    paid_on: date
    reference: str = field(repr=False)


def agree(claim: Claim, *, channel: str, actor: Actor) -> None:
    """The customer agrees to the amount, or the handler notes that she did: the ten days begin."""
    with transaction.atomic():
        held = Held.lock(claim)
        if actor.id is not None:
            examining.require_handler(held.claim, actor)
        if held.claim.status != Claim.Status.APPROVED:
            raise NotNow
        _authorise(held.claim, Action.CLAIM_AGREE, "agree", channel=channel, actor=actor)
        steps.note(held.claim, Code.AGREED, actor=actor)
        clocks.keep(held.claim)


def send_notice(claim: Claim, *, channel: str, actor: Actor) -> None:
    """Note that the letter of refusal with its reasons went out; the work is done."""
    with transaction.atomic():
        held = Held.lock(claim)
        examining.require_handler(held.claim, actor)
        if held.claim.status != Claim.Status.REJECTED:
            raise NotNow
        _authorise(held.claim, Action.CLAIM_HANDLE, "notice", channel=channel, actor=actor)
        steps.note(held.claim, Code.NOTICE_SENT, actor=actor)
        clocks.keep(held.claim)
        examining.end_item(held.claim, outcome=WorkItem.Outcome.DONE, channel=channel)


def payable(claim: Claim) -> ClaimDecision | None:
    """The decision under which money is due now: an advance, or the amount that was agreed to."""
    effective = claim.decisions.filter(status=ClaimDecision.Status.EFFECTIVE, payment=None)
    if claim.status == Claim.Status.EXAMINING:
        return effective.filter(kind=Kind.ADVANCE).first()
    if claim.status == Claim.Status.APPROVED and examining.says(claim, Code.AGREED):
        return effective.filter(kind=Kind.APPROVE).first()
    return None


def due(claim: Claim, *, channel: str, actor: Actor) -> Due:
    """What is to be paid, read through the gate for whoever pays. Raises `NotNow`, `Refused`."""
    decision = payable(claim)
    if decision is None:
        raise NotNow
    epoch = claim.epoch
    permit = gate.permit(
        actor,
        Action.CUSTOMER_REVEAL,
        purpose=Purpose.PAYMENT.value,
        channel=channel,
        subjects=[claim.subject_id],
        elements=list(AMOUNTS),
        holdings=[claim.holding],
    )
    found = {(each.element, each.slot): Decimal(each.text) for each in vault.reveal(permit)}
    total = found[AMOUNTS[0], decision.slot]
    paid = sum((said for (code, _slot), said in found.items() if code == AMOUNTS[1]), Decimal())
    amount = total if decision.kind == Kind.ADVANCE else total - paid
    return Due(decision, amount, total, epoch, permit.entry)


def pay(owed: Due, payment: Payment, *, channel: str, actor: Actor) -> ClaimPayment | None:
    """Record the payment of exactly what is due; None where the advance was all of it.

    Raises `DecisionChanged`, `Overpaid`, `NoSuchAccount`, `BadPaymentDay`, `NotNow`, `NotYourClaim`.
    """
    decision = owed.decision
    with transaction.atomic():
        held = Held.lock(decision.claim)
        claim = held.claim
        examining.require_handler(claim, actor)
        _require(held, owed, payment, actor=actor)
        written = _write(held, owed, payment, channel=channel, actor=actor)
        at = _moment(payment.paid_on)
        if decision.kind == Kind.ADVANCE:
            steps.note(claim, Code.ADVANCE_PAID, at=at, actor=actor)
        else:
            move(claim, "pay", decided_on=payment.paid_on)
            steps.note(claim, Code.PAID, at=at, actor=actor)
            examining.end_item(claim, outcome=WorkItem.Outcome.DONE, channel=channel)
        clocks.keep(claim)
    return written


def _require(held: Held, owed: Due, payment: Payment, *, actor: Actor) -> None:
    claim = held.claim
    decision = payable(claim)
    if decision is None or decision.pk != owed.decision.pk or claim.epoch != owed.epoch:
        raise NotNow
    if not _is_backed(decision, owed):
        raise DecisionChanged
    if owed.amount < 0:
        raise Overpaid
    effective = clock.local(decision.effective_at).date()
    if not effective <= payment.paid_on <= clock.local().date():
        raise BadPaymentDay
    if (payment.payee, payment.account_slot) not in set(accounts(claim, actor=actor)):
        raise NoSuchAccount


def _is_backed(decision: ClaimDecision, owed: Due) -> bool:
    """Under the limit by one person, or as a second one approved it and the row still says."""
    approval: Approval | None = decision.approval
    if approval is None:
        limit, claim = decision.terms.limit, decision.claim
        alone = claim.filed_by_id != decision.proposed_by_id
        return alone and limit is not None and owed.total <= limit
    return (
        approval.status == Approval.Status.APPROVED
        and approvals.is_as_left(approval)
        and deciding.is_as_approved(decision, approval)
    )


def _write(
    held: Held, owed: Due, payment: Payment, *, channel: str, actor: Actor
) -> ClaimPayment | None:
    claim, decision = held.claim, owed.decision
    slot = held.next_slot(ClaimPayment)
    values = {}
    if owed.amount:
        values = {
            holding.place(PAID, slot): f"{owed.amount:.2f}",
            holding.place(REFERENCE, slot): payment.reference,
        }
    if decision.kind != Kind.ADVANCE:
        values["claim.amount"] = f"{owed.total:.2f}"
    sealed = held.seal(values, source="desk")
    _authorise(
        claim, Action.CLAIM_PAY, "pay", channel=channel, actor=actor,
        facts={"decision": f"{decision.slot} {decision.kind}", **holding.facts(sealed)},
    )  # fmt: skip
    if not owed.amount:
        return None
    return ClaimPayment.objects.create(
        claim=claim,
        subject_id=claim.subject_id,
        slot=slot,
        decision=decision,
        kind=ClaimPayment.Kind.ADVANCE
        if decision.kind == Kind.ADVANCE
        else ClaimPayment.Kind.FINAL,
        payee_id=payment.payee,
        account_slot=payment.account_slot,
        paid_on=payment.paid_on,
        recorded_by_id=actors.person(actor),
        **holding.columns(sealed, slot, PAID, REFERENCE),
    )


def payees(claim: Claim, *, actor: Actor) -> list[int]:
    """The insured while she lives, then beneficiaries and policyholder, within the actor's reach."""
    roles = PolicyRole.objects.visible_to(actor).filter(policy_id=claim.policy_id)
    order = {PolicyRole.Role.BENEFICIARY: 1, PolicyRole.Role.POLICYHOLDER: 2}
    rows = roles.filter(Q(role__in=list(order)) | Q(subject_id=claim.subject_id))
    living = rows.exclude(subject__status=Subject.Status.DESTROYED)
    found = sorted(
        living.values_list("subject_id", "role"),
        key=lambda row: (row[0] != claim.subject_id, order.get(row[1], 0), row[0]),
    )
    dead = claim.subject_id if claim.kind == Claim.Kind.DEATH else None
    return list(dict.fromkeys(subject for subject, _role in found if subject != dead))


def accounts(claim: Claim, *, actor: Actor) -> Iterator[tuple[int, int]]:
    """Payee and slot of each account on file into which the claim can be paid."""
    wanted = payees(claim, actor=actor)
    rows: Any = Account.objects.visible_to(actor).filter(subject_id__in=wanted, until=None)
    pairs = rows.order_by("slot").values_list("subject_id", "slot")
    yield from sorted(pairs, key=lambda pair: (wanted.index(pair[0]), pair[1]))


def _moment(day: date) -> datetime:
    """When money left that left on this day: at the latest, and not later than now."""
    end = datetime.combine(day + timedelta(days=1), time(), clock.OFFICE)
    return min(end - timedelta(seconds=1), clock.now())


def _authorise(
    claim: Claim, action: Action, what: str, *, channel: str, actor: Actor,
    facts: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    gate.authorise(
        actor,
        action,
        channel=channel,
        purpose=Purpose.PAYMENT.value if action is Action.CLAIM_PAY else examining.PURPOSE,
        subjects=gate.tagged(scopes.find([claim.subject_id])),
        facts={"claim": claim.ref, "did": what, **(facts or {})},
    )
