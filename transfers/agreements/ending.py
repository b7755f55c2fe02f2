"""The end of an agreement: asked for early, and the proof that what was given is returned or deleted."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import approvals, gate
from access.actions import Action
from access.actors import Actor
from access.models import Approval
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from transfers.agreements import papers
from transfers.agreements.drafting import waiting_of
from transfers.agreements.papers import Drawn
from transfers.models import Agreement, AgreementPaper

END: Final = "partner-agreement-end"


class NotInForce(CustodianError):
    """Only an agreement that is in force, and of which no end was asked for, can be ended."""

    code = "agreement-not-in-force"
    status = 409
    message = _("协议没有生效、已经结束或已申请结束，请看最新的状态")


class NotOver(CustodianError):
    """Proof of return or deletion comes after the end, and once."""

    code = "agreement-not-over"
    status = 409
    message = _("协议还没有结束，或已有证明，请看最新的状态")


def ask_end(agreement: Agreement, *, reason: str, actor: Actor) -> Approval:
    """Ask that it ends now; with the second person's yes it does, to the second. Raises `NotInForce`."""
    with transaction.atomic():
        held = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
        if not held.is_live or held.is_over or ending_of(held) is not None:
            raise NotInForce
        if (waiting := waiting_of(held)) is not None:
            approvals.void(waiting)  # a change of what ends is wanted no more
        payload = end_payload(held, reason)
        gate.authorise(
            actor,
            Action.AGREEMENT_PROPOSE,
            channel=Channel.ADMIN,
            facts={
                "agreement": held.code,
                "did": "ask-end",
                "digest": approvals.digest_of(END, payload),
            },
            reason=reason,
        )
        approval = approvals.request(END, payload, actor=actor)
        Agreement.objects.filter(pk=held.pk).update(end_approval=approval, end_reason=reason)
    agreement.refresh_from_db()
    return approval


def end_payload(agreement: Agreement, reason: str) -> dict[str, Any]:
    return {"ref": str(agreement.ref), "agreement": agreement.code, "reason": reason}


def ending_of(agreement: Agreement) -> Approval | None:
    """The early end that lies with the second person."""
    approval = agreement.end_approval
    waits = approval is not None and approval.status == Approval.Status.WAITING
    return approval if waits else None


def prove(agreement: Agreement, drawn: Drawn, *, proven: str, actor: Actor) -> AgreementPaper:
    """File the paper by which what was given is back or gone; until then it is reminded of.

    Raises `NotOver`, `Refused`.
    """
    with transaction.atomic():
        held = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
        if not held.is_over or held.proven_at is not None:
            raise NotOver
        paper = papers.file(held, drawn, kind=AgreementPaper.Kind.PROOF, actor=actor)
        gate.authorise(
            actor,
            Action.AGREEMENT_KEEP,
            channel=Channel.ADMIN,
            facts={"agreement": held.code, "did": f"prove-{proven}"},
        )
        Agreement.objects.filter(pk=held.pk).update(
            proven=Agreement.End(proven).value, proven_at=clock.now()
        )
    agreement.refresh_from_db()
    return paper
