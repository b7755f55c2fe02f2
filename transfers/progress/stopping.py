"""Giving a transfer up: one officer asks and says why, another one approves; what is filed stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import approvals, gate, proposals
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from custodian.workflow import IllegalMove
from transfers.events import transfer_stopped
from transfers.models import Receipt, Transfer
from transfers.progress.moving import TRANSFER

KIND: Final = "transfer-stop"


class Pending(CustodianError):
    """Somebody has asked for it already, or the transfer is over."""

    code = "transfer-stop-pending"
    status = 409
    message = _("这项转让已结束，或终止申请正在等待复核")


class Settled(CustodianError):
    """The moment of passing is signed: the other insurer answers from then on."""

    code = "transfer-settled"
    status = 409
    message = _("交接时点已由双方确认，不能再终止")


def stop(transfer: Transfer, *, reason: str, actor: Actor) -> Approval:
    """Ask for it; raises `Pending`, `Settled`."""
    payload = {"transfer": transfer.code, "reason": reason.strip()[:200]}
    with transaction.atomic():
        held = Transfer.objects.select_for_update().get(pk=transfer.pk)
        if held.status != Transfer.Status.OPEN or waiting(held) is not None:
            raise Pending
        if _is_settled(held):
            raise Settled
        facts = {"transfer": held.code, "digest": approvals.digest_of(KIND, payload)}
        gate.authorise(
            actor, Action.TRANSFER_OPEN, channel=Channel.ADMIN, facts=facts, reason=reason
        )
        return approvals.request(KIND, payload, actor=actor)


def _is_settled(transfer: Transfer) -> bool:
    return Receipt.objects.filter(transfer=transfer, live_at__isnull=False).exists()


def waiting(transfer: Transfer) -> Approval | None:
    return proposals.waiting(KIND, transfer=transfer.code)


class _Kind:
    action = Action.TRANSFER_APPROVE
    label = _("终止业务转让")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:transfer_board", args=[payload["transfer"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """A transfer is about customers, and none of the staff."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        transfer = Transfer.objects.get(code=payload["transfer"])
        return [
            (_("业务转让"), [f"{transfer.code} {transfer.title}"]),
            (_("理由"), [payload["reason"]]),
            (_("后果"), [_("移交包与一次性钥匙随即作废；已载入而没有启用的客户资料随即销毁")]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        """Whoever holds something for the transfer hears of it in the same transaction."""
        transfer = Transfer.objects.select_for_update().get(code=approval.payload["transfer"])
        if _is_settled(transfer):
            raise ContentChanged
        try:
            TRANSFER.move(transfer, "stop", {"ended_at": clock.now(), "stopping": approval})
        except IllegalMove:
            raise ContentChanged from None
        transfer_stopped.send(sender=Transfer, transfer=transfer)

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """The transfer goes on."""


approvals.register(KIND, _Kind())
