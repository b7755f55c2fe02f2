"""The buyer's two sign what they have; the seller compares it with what was sent, line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import approvals, gate
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from transfers import faults, four_eyes, progress
from transfers.models import Receipt, Stage, Transfer
from transfers.receipts import papers, reconciling, sent
from transfers.receiving import files
from transfers.receiving.asking import NotReconciled

KIND: Final = "book-accept"


class Differs(CustodianError):
    """The buyer accepts something else than was sent."""

    code = "acceptance-differs"
    status = 409
    message = _("对方确认的内容与本公司交付的不一致，没有录入；请先对账")


def ask(transfer: Transfer, *, actor: Actor) -> Approval:
    """The first of the buyer's two. Raises `NotReconciled`, `Pending`."""
    return four_eyes.ask(
        KIND, transfer, _payload(transfer), action=Action.TRANSFER_ARRIVE, actor=actor
    )


def _payload(transfer: Transfer) -> dict[str, Any]:
    lines = reconciling.counts(transfer)
    if progress.work_of(transfer, Stage.RECONCILE) or hasattr(transfer, "receipt"):
        raise NotReconciled
    return {"lines": {line.name: line.sent for line in lines}, **files.accepted(transfer)}


class _Kind(four_eyes.Decision):
    label = _("确认接收的账册")

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        transfer = self.transfer(payload)
        lines = payload["lines"]  # stored in the order of their codes
        counts = [
            f"{label} {lines[name]}" for name, label in reconciling.NAMES.items() if name in lines
        ]
        return [
            (_("业务转让"), [f"{transfer.code} {transfer.title}"]),
            (_("对账"), counts),
            *_paper(payload),
            (_("批准即确认"), [_("每一行差异为零，本公司承接全部责任，自转出方确认的时点起启用")]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        transfer = self.held(approval)
        if {**_payload(transfer), "transfer": transfer.code} != approval.payload:
            raise ContentChanged
        now = clock.now()
        Receipt.objects.create(
            transfer=transfer,
            acceptance=papers.acceptance(transfer, at=now),
            accepted_at=now,
            acceptance_approval=approval,
        )


def _paper(payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
    """Where no package came: the seller's paper, against which the sums of money are equal as well."""
    if "list" not in payload:
        return []
    said = _("第 %(number)s 份，指纹 %(digest)s；保费和保额逐类一致")
    told = {"number": payload["list"], "digest": payload["list_paper"][:16]}
    return [(_("转出方清单"), [said % told])]


def enter(
    transfer: Transfer, content: bytes, *, channel: str = Channel.ADMIN, actor: Actor
) -> Receipt:
    """The seller takes it in; the same once more changes nothing. Raises `BadPaper`, `Differs`."""
    digest = sha256(content).hexdigest()
    with faults.telling_of(transfer, "acceptance", digest):
        accepted = papers.read_acceptance(transfer, content)
    if papers.differing(transfer, accepted, sent.lines(transfer)):
        faults.paper_differs(transfer, "acceptance", digest)
        raise Differs
    with transaction.atomic():
        held = Transfer.objects.select_for_update().get(pk=transfer.pk)
        known = Receipt.objects.filter(transfer=held).first()
        if known is not None:
            if bytes(known.acceptance) != content:
                raise Differs
            return known
        gate.authorise(
            actor,
            Action.TRANSFER_ORDER,
            channel=channel,
            facts={"transfer": held.code, "acceptance": digest},
        )
        return Receipt.objects.create(
            transfer=held, acceptance=content, accepted_at=accepted.accepted_at
        )


approvals.register(KIND, _Kind())
