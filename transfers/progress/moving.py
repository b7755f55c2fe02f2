"""The order of the stages: what may be done now, and how a stage ends and the next one begins."""

from __future__ import annotations

import hashlib
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
from custodian.tlog.verify import canonical
from custodian.workflow import IllegalMove, Workflow
from transfers import routes
from transfers.events import transfer_ended
from transfers.models import Stage, Transfer, TransferStage
from transfers.progress import gates
from transfers.progress.checks import Missing

KIND: Final = "transfer-stage"
State = TransferStage.State
STAGE: Final = Workflow(
    {
        "begin": (frozenset({State.WAITING.value}), State.NOW.value),
        "finish": (frozenset({State.NOW.value}), State.DONE.value),
    },
    field="state",
)
TRANSFER: Final = Workflow(
    {
        "end": (frozenset({Transfer.Status.OPEN.value}), Transfer.Status.ENDED.value),
        "stop": (frozenset({Transfer.Status.OPEN.value}), Transfer.Status.STOPPED.value),
    }
)


class NotYet(CustodianError):
    """The transfer is not at this stage: it is over, or other stages come first. `missing` says which."""

    code = "transfer-not-there-yet"
    status = 409

    def __init__(self, message: Any, missing: Sequence[Missing] = ()) -> None:
        self.missing = list(missing)
        super().__init__(_said(message, self.missing))


class NotReady(NotYet):
    """The stage is the one that runs, and something that it asks for is still missing."""

    code = "transfer-stage-not-ready"


class Pending(CustodianError):
    """Somebody has put the end of this stage up for approval already."""

    code = "transfer-stage-pending"
    status = 409
    message = _("这一阶段已提交复核，请等待另一人核对")


def _said(message: Any, missing: Sequence[Missing]) -> str:
    """In the language of whoever asked: an error is told at once."""
    listed = str(_("；")).join(str(each.says) for each in missing)
    return str(message) + (_("：") + listed if listed else "")


def now_at(transfer: Transfer) -> TransferStage | None:
    """The stage that runs; none once the transfer is over."""
    return transfer.stages.filter(state=State.NOW).first()


def has_reached(transfer: Transfer, stage: str) -> bool:
    """Whether the stage runs or is done."""
    rows = transfer.stages.filter(stage=Stage(stage).value)
    return rows.filter(state__in=[State.NOW, State.DONE]).exists()


def lacking(transfer: Transfer, stage: str) -> list[Missing]:
    """Everything that the stage still waits for on this side, in words; nothing is checked of the order."""
    return gates.lacking(transfer, stage)


def require(transfer: Transfer, stage: str) -> None:
    """Go on only if the transfer is open and at this very stage; raises `NotYet` (409)."""
    asked = Stage(stage)
    if _fresh_status(transfer) != Transfer.Status.OPEN:
        raise NotYet(_("这项转让已结束，不能再办理"))
    row = now_at(transfer)
    if row is not None and row.stage == asked:
        return
    row_asked = transfer.stages.get(stage=asked)
    name = {"stage": asked.label}
    if row_asked.state == State.NOT_NEEDED:
        raise NotYet(_("这条路径没有“%(stage)s”这一阶段") % name)
    if row_asked.state == State.DONE:
        raise NotYet(_("“%(stage)s”已经完成") % name)
    before = transfer.stages.filter(pk__lt=row_asked.pk, state__in=[State.WAITING, State.NOW])
    first = [Missing(each.stage, Stage(each.stage).label) for each in before]
    raise NotYet(_("还不能办理“%(stage)s”，须先完成以下阶段") % name, first)


def finish(
    transfer: Transfer, stage: str, *, channel: str = Channel.ADMIN, actor: Actor
) -> Approval | None:
    """End the stage that runs, and begin the next one.

    Where the route asks for four eyes it is only put up: the approval is returned, and ends the stage.
    Raises `NotYet`, `NotReady` (409, naming what is missing), `Pending`, `IllegalMove`.
    """
    with transaction.atomic():
        held = _held(transfer)
        require(held, stage)
        _require_ready(held, stage)
        facts = {"transfer": held.code, "transfer-stage": Stage(stage).value}
        gate.authorise(actor, Action.TRANSFER_STEP, channel=channel, facts=facts)
        if routes.stage_of(held, stage).four_eyes:
            if waiting(held, stage) is not None:
                raise Pending
            return approvals.request(KIND, content(held, stage), actor=actor)
        move_on(held, stage, actor=actor)
    return None


def waiting(transfer: Transfer, stage: str) -> Approval | None:
    return proposals.waiting(KIND, transfer=transfer.code, stage=Stage(stage).value)


def _require_ready(transfer: Transfer, stage: str) -> None:
    if missing := gates.lacking(transfer, stage):
        name = {"stage": Stage(stage).label}
        raise NotReady(_("“%(stage)s”还不能完成") % name, missing)


def content(transfer: Transfer, stage: str) -> dict[str, Any]:
    """What is approved: the stage with everything that shows it is done."""
    stage = Stage(stage).value
    papers = transfer.papers.filter(stage=stage).values_list("code", "sha256")
    acts = transfer.acts.filter(stage=stage).values_list("gate", "day", "number", "granted")
    told = [(gate, day.isoformat(), number, granted) for gate, day, number, granted in acts]
    published = transfer.publications.values_list("medium", "name", "day", "until")
    shown = [tuple(map(str, each)) for each in published] if stage == Stage.NOTICE else []
    return {
        "transfer": transfer.code,
        "stage": stage,
        "papers": [list(each) for each in papers],
        "acts": [list(each) for each in told],
        "published": [list(each) for each in shown],
    }


def move_on(
    transfer: Transfer, stage: str, *, approval: Approval | None = None, actor: Actor
) -> None:
    """In the caller's transaction: this stage is done, the next one that is needed begins, or all is over."""
    now = clock.now()
    row = transfer.stages.get(stage=Stage(stage).value)
    by = approval.requested_by_id if approval else actor.id
    STAGE.move(row, "finish", {"done_at": now, "done_by_id": by, "approval": approval})
    begin_next(transfer)


def begin_next(transfer: Transfer) -> None:
    following = transfer.stages.filter(state=State.WAITING).order_by("pk").first()
    if following is not None:
        STAGE.move(following, "begin", {"begun_at": clock.now()})
    else:
        TRANSFER.move(transfer, "end", {"ended_at": clock.now()})
        transfer_ended.send(sender=Transfer, transfer=transfer)


def _held(transfer: Transfer) -> Transfer:
    """The row until the end of the transaction: two who end a stage at once come one after the other."""
    return Transfer.objects.select_for_update().get(pk=transfer.pk)


def _fresh_status(transfer: Transfer) -> str:
    return Transfer.objects.values_list("status", flat=True).get(pk=transfer.pk)


class _Kind:
    action = Action.TRANSFER_APPROVE
    label = _("转让阶段的完成")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:transfer_board", args=[payload["transfer"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """A transfer is about customers, and none of the staff."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        transfer = Transfer.objects.get(code=payload["transfer"])
        found = routes.stage_of(transfer, payload["stage"])
        names = {each.code: routes.name(each) for each in found.papers}
        names |= {each.code: routes.name(each) for each in found.gates}
        rows: list[tuple[Any, Sequence[Any]]] = [
            (_("业务转让"), [f"{transfer.code} {transfer.title}"]),
            (_("阶段"), [Stage(payload["stage"]).label]),
        ]
        if payload["papers"]:
            papers = [f"{names.get(code, code)} {sha[:12]}" for code, sha in payload["papers"]]
            rows.append((_("文件"), papers))
        if payload["acts"]:
            acts = [f"{names.get(code, code)} {number} {day}".replace("  ", " ")
                    for code, day, number, _granted in payload["acts"]]  # fmt: skip
            rows.append((_("批准与起算"), acts))
        if payload["published"]:
            rows.append((_("公告刊登"), [" ".join(each[1:3]) for each in payload["published"]]))
        return rows

    def start(self, approval: Approval, *, actor: Actor) -> None:
        """Only if nothing has come or gone since it was put up, and it still lacks nothing."""
        said = approval.payload
        transfer = Transfer.objects.select_for_update().get(code=said["transfer"])
        if content(transfer, said["stage"]) != said:
            raise ContentChanged
        require(transfer, said["stage"])
        _require_ready(transfer, said["stage"])
        try:
            move_on(transfer, said["stage"], approval=approval, actor=actor)
        except IllegalMove:
            raise ContentChanged from None

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """The stage goes on."""


def fingerprint(transfer: Transfer, stage: str) -> str:
    """Of what is approved, for pages that show it."""
    return hashlib.sha256(canonical(content(transfer, stage)).encode()).hexdigest()


approvals.register(KIND, _Kind())
