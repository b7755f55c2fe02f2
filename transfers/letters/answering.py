"""What customers answer: she herself, who acts for her, or staff for what is on paper or by telephone.

An answer and what follows from it for everybody joined to her are one transaction. She may say no until the
package has left; she may take a word back, or say yes after a no, only before the freeze.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.querylog.leaf import Tagged
from access.vocabulary import Purpose, Role
from custodian import clock
from custodian.errors import CustodianError, NotVisible
from records.consents import changing
from records.consents.standing import GIVEN, REFUSED
from records.models import Consent, Customer, Document
from records.sign_in.nearness import require_distance
from transfers import chosen, progress
from transfers.choosing.selecting import is_frozen
from transfers.letters.sending import ACTOR
from transfers.models import Stage, Transfer, TransferAnswer, TransferNotice

By, Said = Consent.By, TransferAnswer.Said
BY: Final = {
    "self": By.HERSELF,
    "guardian": By.GUARDIAN,
    "heir": By.HEIR,
    "authorised": By.AUTHORISED,
}


class TooLate(CustodianError):
    """The book is frozen, or has left: this answer changes nothing any more."""

    code = "answer-too-late"
    status = 409
    message = _("账册已冻结或已移交，这项答复不能再改")


class PaperNeeded(CustodianError):
    """Staff note a yes only with the paper on which it stands."""

    code = "answer-paper-needed"
    status = 422
    message = _("登记同意须附客户签名的书面材料；没有的，请客户本人在客户服务里答复")


def of(customer: Customer, *, actor: Actor) -> TransferNotice | None:
    """The newest letter to her of a transfer that is not over, in the actor's scope."""
    rows = TransferNotice.objects.visible_to(actor).filter(subject=customer.pk)
    open_ones = rows.filter(
        transfer__status=Transfer.Status.OPEN, transfer__side=Transfer.Side.SELLER
    )
    found: TransferNotice | None = (
        open_ones.select_related("transfer__counterparty", "batch__transfer")
        .order_by("-pk")
        .first()
    )
    return found


def arrived(customer: Customer, *, actor: Actor) -> TransferNotice | None:
    """The newest letter by which this insurer told her that it has taken her policy over."""
    rows = TransferNotice.objects.visible_to(actor).filter(
        subject=customer.pk, transfer__side=Transfer.Side.BUYER
    )
    found: TransferNotice | None = (
        rows.select_related("transfer__counterparty", "batch__transfer").order_by("-pk").first()
    )
    return found


def may_still(notice: TransferNotice, said: str) -> bool:
    """Whether the answer still changes something."""
    if not is_frozen(notice.transfer):
        return True
    left = progress.has_reached(notice.transfer, Stage.RECEIVE)
    return said == Said.OBJECTED and not left


def choose(notice: TransferNotice, said: str, *, channel: str, actor: Actor) -> bool:
    """What she, or who represents her, says in the portal; whether that is something new.

    Raises `GuardianNeeded`, `NotHersToGive`, `TooLate`, and `NotVisible` for another's letter.
    """
    if notice.subject_id not in actor.subjects or actor.role is not Role.CUSTOMER:
        raise NotVisible
    with scopes.acting(actor):
        customer: Customer = Customer.objects.get(pk=notice.subject_id)
    changing.require_may_say(customer, GIVEN if said == Said.AGREED else REFUSED, actor=actor)
    return _say(
        notice, said, BY[actor.capacity], action=Action.TRANSFER_ANSWER,
        purpose=Purpose.SELF.value, channel=channel, actor=actor,
    )  # fmt: skip


def record(
    notice: TransferNotice,
    customer: Customer,
    said: str,
    *,
    evidence: Document | None,
    channel: str,
    actor: Actor,
) -> bool:
    """What a customer wrote or said by telephone, noted by staff who stand at a distance from her.

    A yes needs its paper. Raises `PaperNeeded`, `TooLate`, and `Refused` for her own agent and her kin.
    """
    require_distance(customer, action=Action.TRANSFER_ANSWER_RECORD, channel=channel, actor=actor)
    if notice.subject_id != customer.pk or (evidence and evidence.subject_id != customer.pk):
        raise NotVisible
    if said == Said.AGREED and evidence is None:
        raise PaperNeeded
    return _say(
        notice, said, By.PAPER if evidence else By.COUNTER, action=Action.TRANSFER_ANSWER_RECORD,
        purpose=Purpose.POLICY_SERVICE.value, channel=channel, actor=actor, evidence=evidence,
        noted_by=actors.person(actor),
    )  # fmt: skip


def _say(
    notice: TransferNotice,
    said: str,
    by: str,
    *,
    action: Action,
    purpose: str,
    channel: str,
    actor: Actor,
    evidence: Document | None = None,
    noted_by: int | None = None,
) -> bool:
    with scopes.acting(actor):
        tagged = gate.tagged(scopes.find([notice.subject_id]))
    if not tagged:
        raise NotVisible
    with transaction.atomic():
        with scopes.acting(actors.system(ACTOR)):
            # One who freezes, and one who answers, come one after the other.
            Transfer.objects.select_for_update(of=("self",)).get(pk=notice.transfer_id)
            held = TransferNotice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
        if held.answer == ("" if said == Said.WITHDRAWN else said) and evidence is None:
            return False
        if not may_still(held, said):
            raise TooLate
        _authorise(
            held, said, by, tagged, action=action, purpose=purpose, channel=channel, actor=actor
        )
        with scopes.acting(actors.system(ACTOR)):
            TransferAnswer.objects.create(
                notice=held, subject_id=held.subject_id, said=Said(said), by=By(by),
                noted_by_id=noted_by, evidence=evidence,
            )  # fmt: skip
            stands = "" if said == Said.WITHDRAWN else said
            TransferNotice.objects.filter(pk=held.pk).update(
                answer=stands, answered_at=clock.now() if stands else None
            )
            chosen.settle(held.transfer, held.subject_id)
    notice.refresh_from_db()
    return True


def _authorise(
    notice: TransferNotice,
    said: str,
    by: str,
    tagged: list[Tagged],
    *,
    action: Action,
    purpose: str,
    channel: str,
    actor: Actor,
) -> None:
    facts: dict[str, Any] = {
        "transfer": notice.transfer.code, "answer": str(said), "answer-by": str(by),
    }  # fmt: skip
    gate.authorise(actor, action, channel=channel, purpose=purpose, subjects=tagged, facts=facts)


def see(notice: TransferNotice, *, channel: str, actor: Actor) -> None:
    """Keep that she, or who acts for her, opened it: that is proof that she was told."""
    if notice.subject_id not in actor.subjects:
        raise NotVisible
    with transaction.atomic():
        with scopes.acting(actors.system(ACTOR)):
            fresh = TransferNotice.objects.filter(pk=notice.pk, seen_at=None)
            if not fresh.update(seen_at=clock.now()):
                return
        with scopes.acting(actor):
            tagged = gate.tagged(scopes.find([notice.subject_id]))
        gate.authorise(
            actor, Action.TRANSFER_NOTICE_SEE, channel=channel, purpose=Purpose.SELF.value,
            subjects=tagged, facts={"transfer": notice.transfer.code},
        )  # fmt: skip
