"""Loading by four eyes: one officer puts up what was laid out and where it goes, another one says yes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from access import approvals
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval, Unit
from custodian.errors import CustodianError
from custodian.jobs import OPEN, JobStatus, wake
from transfers import four_eyes, progress
from transfers.models import Arrival, Load, Transfer
from transfers.receipts import reconciling
from transfers.receiving import files

KIND: Final = "book-load"


class NotReconciled(CustodianError):
    """There are differences, and tolerances there are not."""

    code = "not-reconciled"
    status = 409
    message = _("还有未解决的差异，请对方补发后再继续；没有容差")


class NothingToLoad(CustodianError):
    """No package is laid out, one is on its way still, or there is no book to load into."""

    code = "nothing-to-load"
    status = 409
    message = _("还没有可载入的移交包：请先完成接收与核验，并指定账册")


def ask(transfer: Transfer, unit: Unit, *, actor: Actor) -> Approval:
    """Raises `NothingToLoad`, `NotReconciled`, `Pending`."""
    return four_eyes.ask(
        KIND, transfer, _payload(transfer, unit), action=Action.TRANSFER_ARRIVE, actor=actor
    )


def _payload(transfer: Transfer, unit: Unit) -> dict[str, Any]:
    rows = list(transfer.arrivals.exclude(stage=Arrival.Stage.REFUSED).order_by("number"))
    waiting = any(row.stage != Arrival.Stage.LAID_OUT for row in rows)
    if not rows or waiting or transfer.book is None or transfer.loads.exists():
        raise NothingToLoad
    lines = reconciling.lines(transfer)
    if reconciling.open_differences(transfer) or not all(line.zero for line in lines):
        raise NotReconciled
    return {
        "unit": unit.code,
        "book": transfer.book.code,
        "packages": [[row.number, str(row.package), row.records_root] for row in rows],
        "lines": {line.name: line.came for line in lines},
    }


class _Kind(four_eyes.Decision):
    label = _("载入移交的账册")

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        transfer = self.transfer(payload)
        counts = [f"{reconciling.NAMES[name]} {count}" for name, count in payload["lines"].items()]
        return [
            (_("业务转让"), [f"{transfer.code} {transfer.title}"]),
            (_("账册"), [payload["book"]]),
            (_("承接机构"), [payload["unit"]]),
            (_("移交包"), [f"{number}: {root[:16]}" for number, _id, root in payload["packages"]]),
            (_("对账"), counts),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        transfer = self.held(approval)
        unit = Unit.objects.get(code=approval.payload["unit"])
        if {**_payload(transfer, unit), "transfer": transfer.code} != approval.payload:
            raise ContentChanged
        load = Load.objects.create(
            transfer=transfer,
            unit=unit,
            requested_by_id=approval.requested_by_id,
            approval=approval,
        )
        from transfers.tasks import run_load  # the task leads back here

        wake(run_load, load.pk)


def missing_received(transfer: Transfer) -> list[progress.Missing]:
    """What the stage of receiving waits for, at the buyer."""
    if transfer.side != Transfer.Side.BUYER or files.from_files(transfer):
        return []
    rows = transfer.arrivals.exclude(stage=Arrival.Stage.REFUSED)
    if not rows.exists():
        return [progress.Missing("arrival", _("还没有收到移交包"))]
    if rows.exclude(stage=Arrival.Stage.LAID_OUT).exists():
        return [progress.Missing("arrival", _("收到的移交包还没有核验完"))]
    return []


def missing_reconciled(transfer: Transfer) -> list[progress.Missing]:
    if transfer.side != Transfer.Side.BUYER or files.from_files(transfer):
        return []
    found = []
    if reconciling.open_differences(transfer):
        found.append(progress.Missing("differences", _("还有未解决的差异")))
    if not transfer.loads.filter(status=JobStatus.DONE).exists():
        loading = transfer.loads.filter(status__in=OPEN).exists()
        text = _("正在载入") if loading else _("还没有载入")
        found.append(progress.Missing("load", text))
    elif not all(line.zero for line in reconciling.lines(transfer)):
        found.append(progress.Missing("load", _("载入后的数目与移交包不符")))
    return found


approvals.register(KIND, _Kind())
