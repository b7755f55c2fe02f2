"""Loading files by four eyes: one officer puts up a rehearsal, another one lets exactly that come in.

The import does it, under its own lease and from its own cursor; nobody sees a customer before the moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import approvals
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval
from custodian.errors import CustodianError
from custodian.jobs import JobStatus
from records.importing import runs
from records.models import ImportRun
from transfers import four_eyes
from transfers.legacy import taking
from transfers.models import FilesLoad, Transfer
from transfers.receiving import files as come

KIND: Final = "files-load"


class NotRehearsed(CustodianError):
    """The files have not been gone through with this mapping, or they are gone or loaded."""

    code = "files-not-rehearsed"
    status = 409
    message = _("请先用这份对应关系试运行；文件须还在，且没有载入过")


def ask(transfer: Transfer, rehearsal: ImportRun, *, actor: Actor) -> Approval:
    """Raises `NotFromFiles`, `NotRehearsed`, `Pending`."""
    taking.require(transfer)
    payload = _payload(transfer, rehearsal)
    return four_eyes.ask(KIND, transfer, payload, action=Action.TRANSFER_ARRIVE, actor=actor)


def _payload(transfer: Transfer, run: ImportRun) -> dict[str, Any]:
    there = list(run.files.filter(removed_at=None).order_by("pk"))
    done = run.dry_run and run.status == JobStatus.DONE and run.arriving == transfer.ref
    if not done or not there or not run.rows_in:
        raise NotRehearsed
    return {
        "rehearsal": str(run.ref),
        "files": [bytes(each.digest).hex() for each in there],
        "mapping": sha256(run.mapping["toml"].encode()).hexdigest(),
        "rows_in": run.rows_in,
        "kept": run.kept,
        "unchanged": run.unchanged,
        "quarantined": run.quarantined,
        "skipped": run.skipped,
        "skips": dict(run.skips),
    }


class _Kind(four_eyes.Decision):
    label = _("载入转出方的文件")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:transfer_legacy", args=[payload["transfer"]])

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        transfer = self.transfer(payload)
        counts = _(
            "读入 %(rows_in)s = 保留 %(kept)s + 未变 %(unchanged)s + 隔离 %(quarantined)s"
            " + 按规则略过 %(skipped)s"
        )
        skips = [f"{reason}: {count}" for reason, count in payload["skips"].items()]
        return [
            (_("业务转让"), [f"{transfer.code} {transfer.title}"]),
            (_("文件指纹"), [digest[:16] for digest in payload["files"]]),
            (_("对应关系指纹"), [payload["mapping"][:16]]),
            (_("试运行"), [counts % payload]),
            (_("按规则略过"), skips or ["—"]),
            (_("批准即载入"), [_("没有人看得到这些客户，直到交接时点")]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        transfer = self.held(approval)
        taking.require(transfer)
        rehearsal = come.runs_of(transfer).get(ref=approval.payload["rehearsal"])
        if {**_payload(transfer, rehearsal), "transfer": transfer.code} != approval.payload:
            raise ContentChanged
        by = _requester(approval)
        run = runs.for_real(rehearsal, of_transfer=True, actor=by)
        FilesLoad.objects.create(transfer=transfer, run=run, approval=approval)


def _requester(approval: Approval) -> Actor:
    from access import actors

    if approval.requested_by is None:
        raise ContentChanged
    return actors.staff(approval.requested_by)


approvals.register(KIND, _Kind())
