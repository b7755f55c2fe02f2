"""Four eyes on a data room: what goes to whom, and that it is made exactly so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import approvals
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval
from custodian import clock, elements
from custodian.jobs import JOB, JobStatus, wake
from transfers import assessing
from transfers.data_room import sampling
from transfers.models import DataRoom, Stage, Transfer
from transfers.progress import Missing, checks, moving

KIND: Final = "data-room"


def content(room: DataRoom) -> dict[str, Any]:
    """All that is approved."""
    return {
        "transfer": room.transfer.code,
        "number": room.number,
        "book": room.book.code,
        "recipient": room.recipient,
        "office": room.transfer.counterparty.name,
        "samples": room.samples,
        "days": room.days,
        "elements": list(sampling.ELEMENTS),
    }


def wake_up(room: DataRoom) -> None:
    from transfers.tasks import build_data_room  # the task leads back here

    wake(build_data_room, room.pk)


def missing(transfer: Transfer) -> list[Missing]:
    """What the stage still waits for: on the seller's side that something was given."""
    place = reverse("admin:transfer_rooms", args=[transfer.code])
    rooms = DataRoom.objects.filter(transfer=transfer).exclude(status=JobStatus.REFUSED)
    if not rooms.filter(status=JobStatus.DONE).exists():
        return [Missing("data-room", _("还没有提供尽调资料"), place)]
    if rooms.exclude(status=JobStatus.DONE).exists():
        return [Missing("data-room-open", _("有一份尽调资料还没有办完"), place)]
    return []


class _Kind:
    action = Action.DATA_ROOM_APPROVE
    label = _("尽调资料")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:transfer_rooms", args=[payload["transfer"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """It is about customers, and none of the staff."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        said = [str(elements.get(code).label) for code in payload["elements"]]
        return [
            (_("业务转让"), [payload["transfer"]]),
            (_("账册"), [payload["book"]]),
            (_("接收人"), [f"{payload['recipient']} · {payload['office']}"]),
            (_("统计"), [_("按机构、性别、年龄、险种、状态、年份、保费、理赔；少于 10 的不列")]),
            (_("掩码样本"), [f"{payload['samples']}", *said]),
            (_("有效天数"), [str(payload["days"])]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        room = DataRoom.objects.select_for_update(of=("self",)).get(approval=approval)
        if content(room) != approval.payload:
            raise ContentChanged
        moving.require(room.transfer, Stage.DATA_ROOM)
        assessing.require(assessing.of_transfer(room.transfer))
        DataRoom.objects.filter(pk=room.pk).update(approved_at=clock.now())
        wake_up(room)

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        JOB.move(DataRoom.objects.get(approval=approval), "refuse")


def altered() -> Iterator[Approval]:
    """Approvals of rooms that are made otherwise than was approved."""
    for room in DataRoom.objects.select_related("approval", "transfer__counterparty", "book"):
        if room.approved_at and content(room) != room.approval.payload:
            yield room.approval


def ready() -> None:
    approvals.register(KIND, _Kind())
    checks.register(Stage.DATA_ROOM, missing)
