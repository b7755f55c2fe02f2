"""The back office's pages of what shows that a stage is done: papers, acts of authorities, publications."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access import gate
from access.actions import Action
from access.admin_pages import CHANNEL, actor_of, enter, page, purpose_of, row_of
from custodian.regimes.routes import Gate
from records.evidence.upload import takes_evidence
from transfers import announcing, assessing, board, papers, recording, routes
from transfers.admin_frame import READ, done, template, transfer_of
from transfers.forms import ActForm, AnnouncementForm, FileForm, PublishForm
from transfers.models import Stage, Transfer, TransferPaper
from transfers.progress import gates

FILE, OPEN = Action.TRANSFER_FILE, Action.TRANSFER_PAPER_READ


@page("transfer/<str:code>/papers/", name="transfer_papers", action=READ, logs_itself=True)
@takes_evidence
@require_http_methods(["GET", "HEAD", "POST"])
def filed(request: HttpRequest, code: str) -> HttpResponse:
    """Those that are there, and one more."""
    posts = request.method == "POST"
    transfer = transfer_of(request, code, FILE if posts else READ)
    form, status = FileForm(transfer, *_sent(request)), 422 if posts else 200
    if posts and request.POST.get("assessed"):
        return _file_assessed(request, transfer)
    if posts and form.is_valid() and form.content is not None:
        content, actor = form.content, actor_of(request)
        ok, status = done(
            form,
            lambda: papers.file(transfer, content=content, **form.terms, actor=actor),
            field="paper",
        )
        if ok:
            messages.info(request, _("已归档，按原样加密保存。"))
            return redirect("admin:transfer_papers", transfer.code)
    enter(request, READ, row=transfer.code)
    may = gate.may(actor_of(request), FILE) and transfer.status == Transfer.Status.OPEN
    context = {
        "title": _("转让文件"),
        "transfer": transfer,
        "groups": _by_stage(transfer),
        "form": form if may else None,
        "assessed": list(_assessed(transfer)) if may else [],
        "count": TransferPaper.objects.filter(transfer=transfer).count(),
    }
    return template(request, "papers", context, status=status)


def _assessed(transfer: Transfer) -> Iterator[dict[str, Any]]:
    """Reports of impact assessments that stages still wait for: the house files them itself."""
    for row in transfer.stages.all():
        if row.state in {papers.State.DONE, papers.State.NOT_NEEDED}:
            continue
        for each in routes.stage_of(transfer, row.stage).papers:
            if each.assessed and gates.demands(transfer, each):
                yield {
                    "what": f"{row.stage}/{each.code}",
                    "name": routes.name(each),
                    "verdict": assessing.verdict(assessing.of_transfer(transfer)),
                    "lack": gates.lack_of(transfer, row.stage, each),
                }


def _file_assessed(request: HttpRequest, transfer: Transfer) -> HttpResponse:
    stage, _slash, code = request.POST["assessed"].partition("/")
    if stage not in Stage.values:
        raise papers.UnknownPaper
    try:
        papers.file_assessed(transfer, stage, code, actor=actor_of(request))
    except assessing.NotAssessed as error:
        messages.error(request, error.message)
    else:
        messages.info(request, _("影响评估报告已归档。"))
    return redirect("admin:transfer_papers", transfer.code)


def _by_stage(transfer: Transfer) -> list[tuple[Any, list[tuple[str, TransferPaper]]]]:
    """Each with its name."""
    rows = TransferPaper.objects.filter(transfer=transfer).select_related("filed_by", "transfer")
    named = [(papers.label(each), each) for each in rows]
    groups = [
        (Stage(code).label, [each for each in named if each[1].stage == code])
        for code in Stage.values
    ]
    return [each for each in groups if each[1]]


@page("transfers/papers/<uuid:ref>/", name="transfer_paper", action=OPEN, logs_itself=True)
@require_safe
def paper(request: HttpRequest, ref: UUID) -> HttpResponse:
    """As it came; on record before the first byte."""
    rows = TransferPaper.objects.filter(ref=ref).select_related("transfer")
    found = row_of(request, OPEN, rows, asked=ref)
    actor = actor_of(request)
    body = papers.open_paper(found, purpose=purpose_of(actor), channel=CHANNEL, actor=actor)
    response = HttpResponse(body, content_type=found.media_type)
    response["Content-Disposition"] = f'attachment; filename="{papers.file_name(found)}"'
    return response


@page("transfer/<str:code>/record/", name="transfer_record", action=FILE, logs_itself=True)
@takes_evidence
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, code: str) -> HttpResponse:
    transfer = transfer_of(request, code, FILE)
    form, status = ActForm(transfer, *_sent(request)), 422 if request.method == "POST" else 200
    if form.is_bound and form.is_valid():
        gate_code, actor = form.cleaned_data["gate"], actor_of(request)
        ok, status = done(
            form,
            lambda: recording.record(transfer, gate_code, **form.terms(), actor=actor),
            field="paper",
        )
        if ok:
            messages.info(request, _("已登记。"))
            return redirect("admin:transfer_board", transfer.code)
    enter(request, FILE, row=transfer.code)
    context = {
        "title": _("登记决定或起算"),
        "transfer": transfer,
        "form": form,
        "none": not recording.gates_of(transfer, Gate.DECISION, Gate.CLOCK),
    }
    return template(request, "record", context, status=status)


@page("transfer/<str:code>/published/", name="transfer_published", action=FILE, logs_itself=True)
@takes_evidence
@require_http_methods(["GET", "HEAD", "POST"])
def published(request: HttpRequest, code: str) -> HttpResponse:
    transfer = transfer_of(request, code, FILE)
    form, status = PublishForm(transfer, *_sent(request)), 422 if request.method == "POST" else 200
    if form.is_bound and form.is_valid():
        actor = actor_of(request)
        ok, status = done(
            form, lambda: recording.publish(transfer, **form.terms(), actor=actor), field="paper"
        )
        if ok:
            messages.info(request, _("已登记。"))
            return redirect("admin:transfer_board", transfer.code)
    enter(request, FILE, row=transfer.code)
    context = {
        "title": _("登记公告刊登"),
        "transfer": transfer,
        "form": form,
        "published": board.publications(transfer),
        "none": not recording.gates_of(transfer, Gate.PRINTED, Gate.ONLINE),
    }
    return template(request, "published", context, status=status)


@page(
    "transfer/<str:code>/announcement/", name="transfer_announcement", action=READ, logs_itself=True
)
@require_http_methods(["GET", "HEAD", "POST"])
def announcement(request: HttpRequest, code: str) -> HttpResponse:
    """The text on our own page: what stands there, what waits, and the next version."""
    posts = request.method == "POST"
    transfer = transfer_of(request, code, FILE if posts else READ)
    newest = announcing.newest(transfer)
    text = newest.content if newest else announcing.compose(transfer)
    form, status = AnnouncementForm(text, request.POST if posts else None), 422 if posts else 200
    if posts and "take_down" in request.POST:
        announcing.take_down(transfer, actor=actor_of(request))
        messages.info(request, _("公告已从本公司网站撤下；今天是最后一天。"))
        return redirect("admin:transfer_announcement", transfer.code)
    if posts and form.is_valid():
        actor, answer_by = actor_of(request), form.cleaned_data["answer_by"]
        ok, status = done(
            form,
            lambda: announcing.propose(transfer, form.content(), answer_by=answer_by, actor=actor),
        )
        if ok:
            messages.info(request, _("已提交，待另一位合规官复核后发布。"))
            return redirect("admin:transfer_announcement", transfer.code)
    enter(request, READ, row=transfer.code)
    may = gate.may(actor_of(request), FILE) and transfer.status == Transfer.Status.OPEN
    context = {
        "title": _("转让公告"),
        "transfer": transfer,
        "newest": newest,
        "shown": announcing.is_shown(transfer),
        "rows": announcing.own_rows(transfer),
        "waiting": announcing.waiting(transfer),
        "told": announcing.told(newest) if newest else None,
        "form": form if may else None,
        "may_read_approvals": gate.may(actor_of(request), Action.APPROVAL_READ),
    }
    return template(request, "announcement", context, status=status)


def _sent(request: HttpRequest) -> tuple[Any, Any]:
    posts = request.method == "POST"
    return (request.POST, request.FILES) if posts else (None, None)
