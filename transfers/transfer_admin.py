"""The back office's pages of transfers: the list, the board of one, opening, ending a stage, giving up."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import gate
from access.actions import Action
from access.admin_pages import actor_of, enter, page
from access.models import Approval
from custodian.errors import CustodianError
from custodian.regimes.routes import Gate
from transfers import announcing, board, recording, routes, sight, telling
from transfers.admin_frame import READ, TOLD, done, template, transfer_of
from transfers.forms import OpenForm, SightForm, StopForm
from transfers.models import Stage, Transfer, TransferSight
from transfers.progress import finish, open_transfer, opening, stop, stopping

OPEN, STEP = Action.TRANSFER_OPEN, Action.TRANSFER_STEP


@page("transfers/board/", name="transfers_board", action=READ)
@require_safe
def transfers(request: HttpRequest) -> HttpResponse:
    rows = Transfer.objects.select_related("counterparty", "book").prefetch_related("stages")
    context = {
        "title": _("转让看板"),
        "rows": [_row(each) for each in rows],
        "waiting": Approval.objects.waiting().filter(kind=opening.KIND),
        "may_open": gate.may(actor_of(request), OPEN),
    }
    return template(request, "list", context)


def _row(transfer: Transfer) -> dict[str, Any]:
    stages = list(transfer.stages.all())
    needed = [each for each in stages if each.state != "not_needed"]
    now = next((each for each in stages if each.state == "now"), None)
    return {
        "transfer": transfer,
        "route": routes.name(routes.of(transfer)),
        "stages": stages,
        "done": sum(each.state == "done" for each in needed),
        "of": len(needed),
        "now": Stage(now.stage).label if now else "",
        "tone": telling.TONES[transfer.status],
    }


@page("transfers/new/", name="transfer_new", action=OPEN, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    enter(request, OPEN)
    form, status = OpenForm(request.POST if request.method == "POST" else None), 200
    if form.is_bound:
        status = 422
    if form.is_bound and form.is_valid():
        ok, status = done(form, lambda: open_transfer(**form.cleaned_data, actor=actor_of(request)))
        if ok:
            messages.info(request, _("已提交，待另一位合规官复核后建立。"))
            return redirect("admin:transfers_board")
    return template(request, "new", {"title": _("建立业务转让"), "form": form}, status=status)


@page("transfer/<str:code>/", name="transfer_board", action=READ, logs_itself=True)
@require_safe
def board_page(request: HttpRequest, code: str) -> HttpResponse:
    transfer = transfer_of(request, code)
    enter(request, READ, row=transfer.code, view=request.GET.get("view", "")[:8])
    return drawn(request, transfer)


def drawn(
    request: HttpRequest,
    transfer: Transfer,
    *,
    stop_form: StopForm | None = None,
    sight_form: SightForm | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = actor_of(request)
    view = request.GET.get("view", "")
    view = view if view in Transfer.Side.values else str(transfer.side)
    may = gate.may(actor, STEP) and transfer.status == Transfer.Status.OPEN
    context = {
        **telling.facts(transfer, view=view),
        "marked": True,
        "panels": board.panels(transfer, actor) if view == transfer.side else [],
        "may": may and view == transfer.side,
        "records": {each.code for each in recording.gates_of(transfer, Gate.DECISION, Gate.CLOCK)},
        "prints": bool(recording.gates_of(transfer, Gate.PRINTED, Gate.ONLINE)),
        "announces": announcing.stage_of(transfer),
        "stopping": stopping.waiting(transfer),
        "stop_form": (stop_form or StopForm()) if may else None,
        "sight_form": (sight_form or SightForm(transfer)) if may else None,
        "sights": TransferSight.objects.filter(transfer=transfer).select_related("case"),
        "may_read_approvals": gate.may(actor, Action.APPROVAL_READ),
    }
    return template(request, "board", context, status=status)


@page("transfer/<str:code>/finish/", name="transfer_finish", action=STEP, logs_itself=True)
@require_POST
def finish_stage(request: HttpRequest, code: str) -> HttpResponse:
    """The stage that the form names must be the one that runs: an old page skips nothing."""
    transfer = transfer_of(request, code, STEP)
    stage = request.POST.get("stage", "")
    stage = stage if stage in Stage.values else Stage.END.value
    four_eyes = routes.stage_of(transfer, stage).four_eyes
    try:
        finish(transfer, stage, actor=actor_of(request))
    except CustodianError as error:
        if error.status not in TOLD:
            raise
        messages.error(request, str(error.message))
        enter(request, READ, row=transfer.code)
        return drawn(request, transfer, status=409)
    said = _("已提交，待另一位合规官复核。") if four_eyes else _("这一阶段已完成。")
    messages.info(request, said)
    return redirect("admin:transfer_board", transfer.code)


@page("transfer/<str:code>/stop/", name="transfer_stop", action=OPEN, logs_itself=True)
@require_POST
def stop_transfer(request: HttpRequest, code: str) -> HttpResponse:
    transfer = transfer_of(request, code, OPEN)
    form, status = StopForm(request.POST), 422
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        ok, status = done(form, lambda: stop(transfer, reason=reason, actor=actor_of(request)))
        if ok:
            messages.info(request, _("已提交，待另一位合规官复核后终止。"))
            return redirect("admin:transfer_board", transfer.code)
    enter(request, READ, row=transfer.code)
    return drawn(request, transfer, stop_form=form, status=status)


@page("transfer/<str:code>/sight/", name="transfer_sight", action=OPEN, logs_itself=True)
@require_POST
def let_see(request: HttpRequest, code: str) -> HttpResponse:
    transfer = transfer_of(request, code, OPEN)
    form, status = SightForm(transfer, request.POST), 422
    if form.is_valid():
        case = form.cleaned_data["case"]
        ok, status = done(form, lambda: sight.ask(transfer, case, actor=actor_of(request)))
        if ok:
            messages.info(request, _("已提交，待另一位合规官复核。"))
            return redirect("admin:transfer_board", transfer.code)
    enter(request, READ, row=transfer.code)
    return drawn(request, transfer, sight_form=form, status=status)
