"""What the morning page says of destruction: a run that failed, a batch to approve, a batch to put up."""

from __future__ import annotations

from typing import Final

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access import approvals, gate
from access.actions import Action
from access.actors import Actor
from access.admin_pages import Headline, actor_of, headlines
from custodian import clock
from custodian.jobs import JobStatus
from records.destruction import reviewing
from records.destruction.batches import Fate, Stage
from records.models import DestructionBatch, DestructionItem

FAILED, TO_APPROVE, TO_PUT_UP = 60, 26, 12
RUNNING: Final = (Stage.APPROVED, Stage.STOPPED)


def failed(request: HttpRequest) -> Headline | None:
    if not gate.may(actor_of(request), Action.RETENTION_READ):
        return None
    batch = DestructionBatch.objects.filter(stage__in=RUNNING, status=JobStatus.FAILED).first()
    if batch is None:
        return None
    words = _("销毁批次 %(code)s 中断，没有完成。") % {"code": batch.code}
    detail = _("已销毁的不受影响；查明原因后继续，或停止这一批。")
    return Headline(FAILED, words, detail, _address(batch), _("打开批次"))


def to_approve(request: HttpRequest) -> Headline | None:
    """For whoever can decide; whoever put it up cannot."""
    batch = _to_approve(actor_of(request))
    if batch is None:
        return None
    words = _("销毁批次 %(code)s 等待您批准。") % {"code": batch.code}
    return Headline(TO_APPROVE, words, _extent(batch), _address(batch), _("打开批次"))


def to_put_up(request: HttpRequest) -> Headline | None:
    """Once a month: quiet again until the next as soon as one was put up."""
    batch = _to_put_up(actor_of(request))
    if batch is None:
        return None
    words = _("本月的销毁批次 %(code)s 还没有提交。") % {"code": batch.code}
    return Headline(TO_PUT_UP, words, _extent(batch), _address(batch), _("打开批次"))


def waiting(request: HttpRequest) -> int:
    """Beside the place in the navigation: how many batches wait for this person."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return 0
    return sum(found(actor) is not None for found in (_to_approve, _to_put_up))


def _to_approve(actor: Actor) -> DestructionBatch | None:
    if not gate.may(actor, Action.RETENTION_APPROVE):
        return None
    rows = DestructionBatch.objects.filter(stage=Stage.WAITING).select_related("approval__rule")
    batch: DestructionBatch
    for batch in rows:
        if batch.approval is not None and approvals.standing(batch.approval, actor).may:
            return batch
    return None


def _to_put_up(actor: Actor) -> DestructionBatch | None:
    if not gate.may(actor, Action.RETENTION_PROPOSE):
        return None
    first = clock.local().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if DestructionBatch.objects.filter(approval__requested_at__gte=first).exists():
        return None
    planned = DestructionItem.objects.filter(batch=OuterRef("pk"), state=Fate.PLANNED)
    rows = DestructionBatch.objects.filter(Exists(planned), stage=Stage.PROPOSED)
    found: DestructionBatch | None = rows.first()
    return found


def _extent(batch: DestructionBatch) -> str:
    tally = reviewing.tally(batch)
    words = ngettext(
        "涉及 %(customers)s 名客户的 %(holdings)s 份资料。",
        "涉及 %(customers)s 名客户的 %(holdings)s 份资料。",
        tally["customers"],
    )
    return words % {
        "customers": f"{tally['customers']:,}",
        "holdings": f"{tally['planned']:,}",
    }


def _address(batch: DestructionBatch) -> str:
    return reverse("admin:destruction_batch", args=[batch.code])


headlines += [failed, to_approve, to_put_up]
