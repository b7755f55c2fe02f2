"""Ordering a package: one officer puts up what goes to whom, another one approves exactly that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access import approvals
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval
from custodian import clock
from custodian.errors import CustodianError
from custodian.jobs import JobStatus, wake
from transfers import chosen, four_eyes, freezing, identity, progress
from transfers.models import Content, HandOver, Invitation, Stage, Transfer
from transfers.packages.layout import SUITE

KIND: Final = "hand-over"
LASTS: Final = timedelta(days=30)  # company default


class NothingToSend(CustodianError):
    """Nobody who moves has changed since, or nobody moves."""

    code = "nothing-to-send"
    status = 409
    message = _("没有需要移交的客户")


class InvitationOver(CustodianError):
    """The buyer's key is over; a package sealed to it would open for nobody."""

    code = "invitation-over"
    status = 409
    message = _("对方的接收邀请已过期，请索取一份新的")


def order(transfer: Transfer, invitation: Invitation, *, actor: Actor) -> Approval:
    """Put the next package up: the whole book first, and what has changed since after that.

    Raises `NotYet`, `NothingToSend`, `InvitationOver`, `Pending`.
    """
    progress.require(transfer, Stage.PACKAGE)
    if invitation.valid_until <= clock.now() or invitation.transfer_id != transfer.pk:
        raise InvitationOver
    payload = _payload(transfer, invitation)
    return four_eyes.ask(KIND, transfer, payload, action=Action.TRANSFER_ORDER, actor=actor)


def again(
    transfer: Transfer, invitation: Invitation, subjects: Sequence[int], *, actor: Actor
) -> Approval:
    """The same customers once more; a record can come twice and counts once."""
    if invitation.valid_until <= clock.now():
        raise InvitationOver
    moving = [each for each in subjects if chosen.moves(transfer, each)]
    if not moving:
        raise NothingToSend
    payload = {**_addressed(transfer, invitation), "content": Content.AGAIN.value, "only": moving}
    return four_eyes.ask(KIND, transfer, payload, action=Action.TRANSFER_ORDER, actor=actor)


def _payload(transfer: Transfer, invitation: Invitation) -> dict[str, Any]:
    said = _addressed(transfer, invitation)
    if not transfer.hand_overs.exists():
        chosen.recheck(transfer)
        moving = int(chosen.counts(transfer)["moving"])
        if not moving:
            raise NothingToSend
        return {**said, "content": Content.BOOK.value, "customers": moving}
    changed = list(freezing.changed(transfer))
    if not changed:
        raise NothingToSend
    only = sorted(each.subject for each in changed if not each.left)
    return {**said, "content": Content.DELTA.value, "only": only, "left": len(changed) - len(only)}


def _addressed(transfer: Transfer, invitation: Invitation) -> dict[str, Any]:
    return {
        "number": transfer.hand_overs.count() + 1,
        "recipient": invitation.key,
        "invitation": str(invitation.ref),
    }


class _Kind(four_eyes.Decision):
    label = _("打包移交")

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        transfer = self.transfer(payload)
        count = payload.get("customers", len(payload.get("only", ())))
        rows: list[tuple[Any, Sequence[Any]]] = [
            (_("业务转让"), [f"{transfer.code} {transfer.title}"]),
            (_("内容"), [Content(payload["content"]).label]),
            (_("序号"), [str(payload["number"])]),
            (_("客户数"), [str(count)]),
            (_("接收方"), [transfer.counterparty.name]),
            (
                _("接收方密钥指纹"),
                [identity.fingerprint(identity.key_of(transfer.counterparty))],
            ),
            (_("一次性密钥"), [payload["recipient"]]),
            (_("算法"), [SUITE]),
        ]
        return rows

    def start(self, approval: Approval, *, actor: Actor) -> None:
        said, transfer = approval.payload, self.held(approval)
        invitation = transfer.invitations.get(ref=UUID(said["invitation"]))
        if said["number"] != transfer.hand_overs.count() + 1 or invitation.key != said["recipient"]:
            raise ContentChanged
        job = HandOver.objects.create(
            transfer=transfer,
            invitation=invitation,
            number=said["number"],
            content=said["content"],
            only=said.get("only"),
            requested_by_id=approval.requested_by_id,
            approval=approval,
            frozen_at=transfer.freeze.at,
            valid_until=min(clock.now() + LASTS, invitation.valid_until),
        )
        from transfers.tasks import run_hand_over  # the task leads back here

        wake(run_hand_over, job.pk)


def missing(transfer: Transfer) -> list[progress.Missing]:
    """What the stage of packing waits for, at the seller."""
    if transfer.side != Transfer.Side.SELLER:
        return []
    made = transfer.hand_overs.filter(status=JobStatus.DONE)
    if not made.exists():
        return [progress.Missing("package", _("移交包还没有做好"))]
    return []


approvals.register(KIND, _Kind())
