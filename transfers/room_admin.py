"""The back office's pages of data rooms: what was given to whom, asking for one, taking and destroying it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from access import gate
from access.actions import Action
from access.admin_pages import CHANNEL, actor_of, enter, page, purpose_of, row_of
from access.models import Approval
from custodian.jobs import JobStatus
from custodian.workflow import IllegalMove
from transfers.admin_frame import READ, done, template, transfer_of
from transfers.data_room import rooms, wording
from transfers.forms import RoomForm
from transfers.models import DataRoom, Stage, Transfer
from transfers.progress import moving

ASK, TAKE = Action.DATA_ROOM_ASK, Action.DATA_ROOM_TAKE


@page("transfer/<str:code>/rooms/", name="transfer_rooms", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def data_rooms(request: HttpRequest, code: str) -> HttpResponse:
    posts = request.method == "POST"
    transfer = transfer_of(request, code, ASK if posts else READ)
    first = {"language": get_language() or "zh-hans", "samples": 20, "days": 30}
    form, status = RoomForm(request.POST if posts else None, initial=first), 422 if posts else 200
    if posts and form.is_valid():
        actor = actor_of(request)
        ok, status = done(form, lambda: rooms.ask(transfer, **form.cleaned_data, actor=actor))
        if ok:
            messages.info(request, _("已提交，待另一位合规官复核后生成。"))
            return redirect("admin:transfer_rooms", transfer.code)
    enter(request, READ, row=transfer.code)
    return template(request, "rooms", _context(request, transfer, form), status=status)


def _context(request: HttpRequest, transfer: Transfer, form: RoomForm) -> dict[str, Any]:
    actor = actor_of(request)
    found = DataRoom.objects.filter(transfer=transfer).select_related("approval", "requested_by")
    told = [_told(each, actor.id) for each in found]
    newest = next((each["room"] for each in reversed(told) if each["room"].tables), None)
    row = moving.now_at(transfer)
    return {
        "title": _("尽调资料室"),
        "transfer": transfer,
        "rows": told,
        "moving": any(each["works"] for each in told),
        "tables": wording.shown(newest.tables) if newest else [],
        "newest": newest,
        "form": form if gate.may(actor, ASK) and row and row.stage == Stage.DATA_ROOM else None,
        "is_sellers": transfer.is_sellers,
        "may_read_approvals": gate.may(actor, Action.APPROVAL_READ),
    }


def _told(room: DataRoom, person: int | None) -> dict[str, Any]:
    made = room.status == JobStatus.DONE
    return {
        "room": room,
        "waits": room.approval.status == Approval.Status.WAITING,
        "works": room.approved and room.status in {JobStatus.QUEUED, JobStatus.RUNNING},
        "failed": room.status == JobStatus.FAILED,
        "made": made,
        "mine": made and room.requested_by_id == person and not room.is_gone,
        "kept": made and room.removed_at is None,
    }


@page("transfers/rooms/<uuid:ref>/", name="transfer_room_take", action=TAKE, logs_itself=True)
@require_POST
def take(request: HttpRequest, ref: UUID) -> HttpResponseBase:
    """Only whoever asked for it takes it, to hand it on; to others it does not exist."""
    actor, room = actor_of(request), _room_of(request, ref, TAKE)
    purpose = purpose_of(actor)
    if room.requested_by_id != actor.id:
        gate.refuse_unknown(actor, TAKE, asked=str(ref), purpose=purpose, channel=CHANNEL)
    if not actor.stepped_up:
        back = reverse("admin:transfer_rooms", args=[room.transfer.code])
        return redirect(f"{reverse('step_up')}?next={back}")
    body = rooms.take(room, purpose=purpose, actor=actor)
    response = StreamingHttpResponse(body, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{room.code}.zip"'
    response["Content-Length"] = str(room.length)
    return response


@page("transfers/rooms/<uuid:ref>/end/", name="transfer_room_end", action=ASK, logs_itself=True)
@require_POST
def end(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Destroy it now, or try once more what failed."""
    room = _room_of(request, ref, ASK)
    actor = actor_of(request)
    try:
        if "again" in request.POST:
            rooms.again(room, actor=actor)
            messages.info(request, _("已重新排队。"))
        else:
            rooms.recall(room, actor=actor)
            messages.info(request, _("已销毁，文件和密钥都不在了。"))
    except (rooms.NotThere, IllegalMove):
        messages.error(request, _("状态已变，没有改动。"))
    return redirect("admin:transfer_rooms", room.transfer.code)


def _room_of(request: HttpRequest, ref: UUID, action: Action) -> DataRoom:
    rows = DataRoom.objects.filter(ref=ref)
    rows = rows.select_related("transfer__counterparty", "book", "approval")
    found: DataRoom = row_of(request, action, rows, asked=ref)
    return found
