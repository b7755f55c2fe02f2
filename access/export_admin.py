"""The back office's export register: every export, one of them, asking for one, taking and recalling."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import export_files, gate
from access.actions import Action
from access.admin_pages import (
    CHANNEL,
    Headline,
    actor_of,
    enter,
    headlines,
    page,
    purpose_of,
)
from access.export_forms import ExportForm, submitted
from access.exports import building, jobs, requests, words
from access.exports.approving import element_words
from access.models import Approval, Export
from custodian import clock
from custodian.jobs import JobStatus
from custodian.workflow import IllegalMove

READ, REQUEST, TAKE = Action.EXPORT_READ, Action.EXPORT_REQUEST, Action.EXPORT_TAKE
END = Action.EXPORT_END
SHOWN = 50
LATELY = timedelta(days=7)


@page("exports/", name="exports", action=READ)
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    rows = Export.objects.visible_to(actor).select_related(
        "approval__decided_by", "requested_by", "recipient"
    )
    after = rows.filter(code=request.GET.get("after", "")).values_list("pk", flat=True).first()
    found = list((rows.filter(pk__lt=after) if after else rows)[: SHOWN + 1])
    context = {
        "title": _("导出登记"),
        "rows": [words.row(each) for each in found[:SHOWN]],
        "older": found[SHOWN - 1].code if len(found) > SHOWN else "",
        "may_ask": gate.may(actor, REQUEST),
    }
    return _template(request, "register", context)


@page("exports/new/", name="export_new", action=REQUEST, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    enter(request, REQUEST)
    data = request.POST if request.method == "POST" else None
    form = ExportForm(data, channel=CHANNEL, actor=actor_of(request))
    asked = submitted(request, form) if form.is_bound else None
    if asked is not None:
        messages.info(request, _("已提交，待另一位合规官复核后生成。"))
        return redirect("admin:export", asked.ref)
    context = {"title": _("申请导出"), "form": form}
    return _template(request, "new", context, status=422 if form.is_bound else 200)


@page("exports/<uuid:ref>/", name="export", action=READ, logs_itself=True)
@require_safe
def export_page(request: HttpRequest, ref: UUID) -> HttpResponse:
    export = _export_of(request, ref, READ)
    enter(request, READ, row=export.code)
    actor, row = actor_of(request), words.row(export)
    mine = export.taker_id == actor.id
    context = {
        "title": _("导出 %(code)s") % {"code": export.code},
        **row,
        "codes": [element_words(code) for code in export.elements],
        "whom": words.selection(export),
        "omitted": building.omitted_words(export.left_out),
        "mine": mine and row["takable"],
        "may_recall": gate.may(actor, END) and row["takable"],
        "may_retry": row["failed"] and gate.may(actor, REQUEST),
        "may_withdraw": row["waits"] and export.requested_by_id == actor.id,
    }
    return _template(request, "export", context)


@page("exports/<uuid:ref>/download/", name="export_download", action=TAKE, logs_itself=True)
@require_POST
def download(request: HttpRequest, ref: UUID) -> HttpResponseBase:
    actor = actor_of(request)
    export = _export_of(request, ref, TAKE)
    if export.taker_id != actor.id:
        gate.refuse_unknown(actor, TAKE, asked=str(ref), purpose=purpose_of(actor), channel=CHANNEL)
    if not actor.stepped_up:
        return redirect(f"{reverse('step_up')}?next={reverse('admin:export', args=[ref])}")
    body = jobs.take(export, channel=CHANNEL, actor=actor)
    return export_files.attachment(export, body)


@page("exports/<uuid:ref>/recall/", name="export_recall", action=END, logs_itself=True)
@require_POST
def recall(request: HttpRequest, ref: UUID) -> HttpResponse:
    export = _export_of(request, ref, END)
    try:
        jobs.recall(export, channel=CHANNEL, actor=actor_of(request))
    except jobs.NotThere:
        messages.error(request, _("没有可收回的文件。"))
    else:
        messages.info(request, _("文件已收回，从现在起不能再下载。"))
    return redirect("admin:export", ref)


@page("exports/<uuid:ref>/again/", name="export_again", action=REQUEST, logs_itself=True)
@require_POST
def again(request: HttpRequest, ref: UUID) -> HttpResponse:
    export = _export_of(request, ref, REQUEST)
    try:
        jobs.again(export, channel=CHANNEL, actor=actor_of(request))
    except IllegalMove:
        messages.error(request, _("它没有失败，无须再次生成。"))
    return redirect("admin:export", ref)


@page("exports/<uuid:ref>/withdraw/", name="export_withdraw", action=REQUEST, logs_itself=True)
@require_POST
def withdraw(request: HttpRequest, ref: UUID) -> HttpResponse:
    export = _export_of(request, ref, REQUEST)
    try:
        requests.withdraw(export, channel=CHANNEL, actor=actor_of(request))
    except IllegalMove:
        messages.error(request, _("已有人处理，不能撤回。"))
    else:
        messages.info(request, _("已撤回。"))
    return redirect("admin:export", ref)


def _export_of(request: HttpRequest, ref: UUID, action: Action) -> Export:
    actor = actor_of(request)
    if not gate.may(actor, action):
        enter(request, action)  # which refuses, and puts that on record
    purpose = purpose_of(actor)
    return export_files.export_of(ref, actor, action=action, purpose=purpose, channel=CHANNEL)


def _template(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    more = {**admin.site.each_context(request), **context}
    return render(request, f"admin/exports/{name}.html", more, status=status)


def failed(request: HttpRequest) -> Headline | None:
    """For the morning page: exports that were approved and came to nothing."""
    if not gate.may(actor_of(request), END):
        return None
    n = Export.objects.filter(
        status__in=[JobStatus.FAILED, JobStatus.REFUSED],
        approval__status=Approval.Status.APPROVED,
        finished_at__gt=clock.now() - LATELY,
    ).count()
    if not n:
        return None
    sentence = ngettext("%(n)s 个已批准的导出没有生成。", "%(n)s 个已批准的导出没有生成。", n) % {
        "n": n
    }
    return Headline(
        20, sentence, _("打开看原因，可以再次生成。"), reverse("admin:exports"), _("查看导出")
    )


headlines.append(failed)
