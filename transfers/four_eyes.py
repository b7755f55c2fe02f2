"""What two people of one insurer decide about a transfer: one asks, another says yes to exactly that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import approvals, gate, proposals
from access.actions import Action
from access.actors import Actor
from access.models import Approval
from access.vocabulary import Channel
from custodian.errors import CustodianError
from transfers.models import Transfer


class Pending(CustodianError):
    """The same decision waits for its second person already."""

    code = "transfer-decision-pending"
    status = 409
    message = _("这一步已经提交，正在等待另一人复核")


class Over(CustodianError):
    """The transfer has ended or was given up."""

    code = "transfer-over"
    status = 409
    message = _("这项转让已经结束")


def ask(
    kind: str, transfer: Transfer, payload: Mapping[str, Any], *, action: Action, actor: Actor
) -> Approval:
    """Put a decision up. Raises `Pending`, `Over`, `Refused`."""
    said = {"transfer": transfer.code, **payload}
    with transaction.atomic():
        held = Transfer.objects.select_for_update().get(pk=transfer.pk)
        if held.status != Transfer.Status.OPEN:
            raise Over
        if waiting(kind, held) is not None:
            raise Pending
        facts = {"transfer": held.code, "digest": approvals.digest_of(kind, said)}
        gate.authorise(actor, action, channel=Channel.ADMIN, facts=facts)
        return approvals.request(kind, said, actor=actor)


def waiting(kind: str, transfer: Transfer) -> Approval | None:
    return proposals.waiting(kind, transfer=transfer.code)


class Decision:
    """What the kinds of such decisions have in common."""

    action = Action.TRANSFER_APPROVE

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:transfer_board", args=[payload["transfer"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """A transfer is about customers, and none of the staff."""
        return frozenset()

    def transfer(self, payload: Mapping[str, Any]) -> Transfer:
        return Transfer.objects.select_related("counterparty").get(code=payload["transfer"])

    def held(self, approval: Approval) -> Transfer:
        """The transfer, locked. Raises `Over`."""
        transfer = Transfer.objects.select_for_update().get(code=approval.payload["transfer"])
        if transfer.status != Transfer.Status.OPEN:
            raise Over
        return transfer

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """Nothing was begun."""
