"""The desk's page of exports: asking for one's customers as a file, and taking what was made for one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from access import export_files, gate
from access.actions import Action
from access.actors import Actor
from access.export_forms import BODY, ExportForm, submitted
from access.exports import building, jobs, requests, words
from access.models import Export
from custodian.workflow import IllegalMove
from records.desk_pages import CHANNEL, UnknownParameter, desk_page, frame

REQUEST, TAKE = Action.EXPORT_REQUEST, Action.EXPORT_TAKE
SHOWN = 30


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(body=BODY)
def ask(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    if not gate.may(actor, REQUEST):
        gate.permit(actor, REQUEST, purpose="", channel=CHANNEL)
    data = request.POST if request.method == "POST" else None
    form = ExportForm(data, channel=CHANNEL, actor=actor)
    if form.is_bound and submitted(request, form) is not None:
        messages.info(request, _("已提交。合规官复核后生成文件，由接收人在这里下载。"))
        return redirect("desk:exports")
    rows = Export.objects.visible_to(actor).select_related(
        "approval", "requested_by__unit", "recipient"
    )
    shown = [_row(each, actor) for each in rows[:SHOWN]]
    context = {
        **frame(actor),
        "title": _("导出"),
        "form": form,
        "rows": shown,
        "moving": any(each["works"] for each in shown),
    }
    return render(request, "desk/exports.html", context, status=422 if form.is_bound else 200)


@require_POST
@desk_page(body=("act",))
def act(request: HttpRequest, *, ref: UUID, actor: Actor) -> HttpResponse:
    """Take back what waits, or try again what failed; both are whoever asked's alone."""
    export = _export_of(ref, REQUEST, actor)
    if request.POST.get("act") not in {"withdraw", "again"}:
        raise UnknownParameter
    try:
        if request.POST["act"] == "withdraw":
            requests.withdraw(export, channel=CHANNEL, actor=actor)
            messages.info(request, _("已撤回。"))
        else:
            jobs.again(export, channel=CHANNEL, actor=actor)
    except IllegalMove:
        messages.error(request, _("已有人处理，请重新打开本页。"))
    return redirect("desk:exports")


@require_POST
@desk_page()
def download(request: HttpRequest, *, ref: UUID, actor: Actor) -> HttpResponseBase:
    export = _export_of(ref, TAKE, actor)
    if export.taker_id != actor.id:
        gate.refuse_unknown(actor, TAKE, asked=str(ref), purpose="", channel=CHANNEL)
    if not actor.stepped_up:
        return redirect(f"{reverse('step_up')}?next={reverse('desk:exports')}")
    return export_files.attachment(export, jobs.take(export, channel=CHANNEL, actor=actor))


def _export_of(ref: UUID, action: Action, actor: Actor) -> Export:
    if not gate.may(actor, action):
        gate.permit(actor, action, purpose="", channel=CHANNEL)
    return export_files.export_of(ref, actor, action=action, purpose="", channel=CHANNEL)


def _row(export: Export, actor: Actor) -> dict[str, Any]:
    row = words.row(export)
    asked = export.requested_by_id == actor.id
    return {
        **row,
        "whom": words.selection(export),
        "omitted": building.omitted_words(export.left_out),
        "mine": row["takable"] and export.taker_id == actor.id,
        "may_withdraw": row["waits"] and asked,
        "may_retry": row["failed"] and asked,
    }
