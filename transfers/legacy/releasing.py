"""The seller lets go on paper: one officer files it with its day and hour, another one confirms it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import approvals
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval
from custodian import clock
from custodian.errors import CustodianError
from transfers import four_eyes, papers
from transfers.models import Receipt, Stage, Transfer, TransferPaper
from transfers.receipts import reconciling, releasing
from transfers.receipts.releasing import NotAccepted
from transfers.receipts.verify import ON_PAPER
from transfers.receiving import files as come

KIND: Final = "files-release"
PAPER_NAME: Final = _("转出方签字的交接确认")


class BeforeAcceptance(CustodianError):
    """The seller cannot have let go before this house had accepted."""

    code = "release-before-acceptance"
    status = 422
    message = _("交接时点不能早于本公司的接收确认，请核对纸上的日期和时间")


def ask(transfer: Transfer, paper: bytes, *, live_at: datetime, actor: Actor) -> Approval:
    """File the paper and put up what it says.

    Raises `BeforeAcceptance`, `NotAccepted`, `EvidenceRefused`, `NotYet`, `Pending`, `Over`.
    """
    receipt = Receipt.objects.filter(transfer=transfer, live_at=None).first()
    if receipt is None or not come.from_files(transfer):
        raise NotAccepted
    if live_at < receipt.accepted_at:
        raise BeforeAcceptance
    with transaction.atomic():
        filed = papers.file(
            transfer, Stage.GO_LIVE, papers.OTHER, paper, name=str(PAPER_NAME), actor=actor
        )
        payload = {
            "acceptance": sha256(bytes(receipt.acceptance)).hexdigest(),
            "live_at": live_at.isoformat(),
            "paper": str(filed.ref),
            "paper_sha256": filed.sha256,
        }
        return four_eyes.ask(KIND, transfer, payload, action=Action.TRANSFER_ARRIVE, actor=actor)


class _Kind(four_eyes.Decision):
    label = _("录入转出方的纸质交接确认")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:transfer_legacy", args=[payload["transfer"]])

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        transfer = self.transfer(payload)
        moment = clock.local(datetime.fromisoformat(payload["live_at"]))
        customers = [line.sent for line in reconciling.counts(transfer) if line.name == "customers"]
        return [
            (_("业务转让"), [f"{transfer.code} {transfer.title}"]),
            (_("转出方"), [transfer.counterparty.name]),
            (_("客户"), [str(*customers)]),
            (_("交接时点"), [f"{moment:%Y-%m-%d %H:%M}"]),
            (_("纸质文件指纹"), [payload["paper_sha256"][:16]]),
            (
                _("批准即确认"),
                [_("我看过这份纸质文件，上面的日期和时间如上；自该时点起由本公司负责")],
            ),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        transfer, said = self.held(approval), approval.payload
        receipt = Receipt.objects.select_for_update().get(transfer=transfer)
        paper = TransferPaper.objects.get(ref=said["paper"], transfer=transfer)
        same = sha256(bytes(receipt.acceptance)).hexdigest() == said["acceptance"]
        if not same or receipt.live_at is not None or paper.sha256 != said["paper_sha256"]:
            raise ContentChanged
        live_at = datetime.fromisoformat(said["live_at"])
        release = {**said, "format": ON_PAPER, "transfer": str(transfer.ref)}
        Receipt.objects.filter(pk=receipt.pk).update(
            release=json.dumps(release, ensure_ascii=False, sort_keys=True).encode(),
            released_at=clock.now(),
            release_approval=approval,
            live_at=live_at,
        )
        releasing.pass_on(transfer, since=live_at)


approvals.register(KIND, _Kind())
