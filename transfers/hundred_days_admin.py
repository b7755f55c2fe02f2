"""The back office's page of the first hundred days after a book came in, at the buyer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import gate
from access.actions import Action
from access.admin_pages import actor_of, enter, page, row_of
from custodian.errors import CustodianError
from custodian.jobs import JobStatus
from transfers import board
from transfers.admin_frame import READ, TOLD, done, template, transfer_of
from transfers.board import Fact
from transfers.hundred_days import remedying, report
from transfers.hundred_days_forms import EndForm, RemedyForm
from transfers.letters import arrived
from transfers.models import Remedy, Stage, Transfer
from transfers.stocktaking import taking

STOCK, CHANGE = Action.STOCK_TAKE, Action.REMEDY_CHANGE
HERE: Final = "admin:transfer_hundred_days"
PATH: Final = "transfer/<str:code>/first-hundred-days/"


def _transfer(request: HttpRequest, code: str, action: Action = READ) -> Transfer:
    """One that comes in; the seller has no such page."""
    transfer = transfer_of(request, code, action)
    if transfer.is_sellers:
        enter(request, action, row=transfer.code)
        raise Http404
    return transfer


@page(PATH, name="transfer_hundred_days", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def hundred_days(request: HttpRequest, code: str) -> HttpResponse:
    posts = request.method == "POST"
    transfer = _transfer(request, code, CHANGE if posts else READ)
    found = report.of(transfer)
    form = RemedyForm(request.POST if posts else None, found=found)
    if posts and form.is_valid():
        run = lambda: remedying.begin(transfer, **form.said, actor=actor_of(request))  # noqa: E731
        ok, _status = done(form, run, field="due_on")
        if ok:
            messages.info(request, _("已登记，期限和负责人列在下面。"))
            return redirect(HERE, transfer.code)
    enter(request, READ, row=transfer.code)
    return _page(request, transfer, found, form, status=422 if form.errors else 200)


def _page(
    request: HttpRequest,
    transfer: Transfer,
    found: report.Report | None,
    form: RemedyForm,
    *,
    status: int,
) -> HttpResponse:
    actor = actor_of(request)
    take = taking.newest(transfer)
    live = arrived.is_live(transfer)
    may = live and gate.may(actor, CHANGE)
    context = {
        "title": _("第一百天"),
        "transfer": transfer,
        "live": live,
        "take": take,
        "taking": take is not None and take.status != JobStatus.DONE,
        "may_take": live and gate.may(actor, STOCK),
        "may": may,
        "form": form if may else None,
        "end_form": EndForm(),
        "until": remedying.last_day(transfer),
        "marked": True,
        **(
            _told(found)
            if found
            else {
                "remedies": list(Remedy.objects.filter(transfer=transfer).select_related("owner"))
            }
        ),
    }
    return template(request, "hundred_days", context, status=status)


def _told(found: report.Report) -> dict[str, Any]:
    return {
        "report": found,
        "came": report.came(found),
        "missing": report.missing(found),
        "flaws": report.flaws(found),
        "problems": report.problems(found),
        "documents": report.documents(found),
        "absent": report.without_application(found),
        "remedies": found.remedies,
    }


def _act(tail: str, name: str, action: Action, run: Callable[[HttpRequest, Transfer], str]) -> None:
    """A button: what it does, said in a sentence, and back to the page."""

    @page(f"{PATH}{tail}", name=name, action=action, logs_itself=True)
    @require_POST
    def act(request: HttpRequest, code: str) -> HttpResponse:
        transfer = _transfer(request, code, action)
        try:
            messages.info(request, run(request, transfer))
        except CustodianError as error:
            if error.status not in TOLD:
                raise
            said = str(getattr(error, "message", "") or _("状态已变，没有改动。"))
            messages.error(request, said)
        return redirect(HERE, transfer.code)


def _count(request: HttpRequest, transfer: Transfer) -> str:
    taking.begin(transfer, actor=actor_of(request))
    return _("已开始清点。")


def _file(request: HttpRequest, transfer: Transfer) -> str:
    report.file(transfer, actor=actor_of(request))
    return _("报告已归档为转让文件。")


@page(
    "transfer/remedy/<uuid:ref>/end/", name="transfer_remedy_end", action=CHANGE, logs_itself=True
)
@require_POST
def end(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Done, or dropped; without a reason nothing happens."""
    rows = Remedy.objects.select_related("transfer").filter(ref=ref)
    row = row_of(request, CHANGE, rows, asked=ref)
    form, finished = EndForm(request.POST), request.POST.get("act") != "drop"
    if not form.is_valid():
        messages.error(request, str(form.fields["reason"].error_messages["required"]))
        return redirect(HERE, row.transfer.code)
    try:
        reason = form.cleaned_data["reason"]
        remedying.end(row, done=finished, reason=reason, actor=actor_of(request))
        messages.info(request, _("已办结。") if finished else _("已记为不再办理。"))
    except remedying.RemedyEnded as error:
        messages.error(request, str(error.message))
    return redirect(HERE, row.transfer.code)


_act("count/", "transfer_hundred_days_count", STOCK, _count)
_act("file/", "transfer_hundred_days_file", STOCK, _file)


def _offer(ending: str, media: str, make: Callable[[report.Report], bytes]) -> None:
    @page(
        f"{PATH}report.{ending}",
        name=f"transfer_hundred_days_{ending}",
        action=READ,
        logs_itself=True,
    )
    @require_safe
    def take_report(request: HttpRequest, code: str) -> HttpResponse:
        transfer = _transfer(request, code)
        found = report.of(transfer)
        enter(request, READ, row=transfer.code, view=f"hundred-days.{ending}")
        if found is None:
            raise Http404
        response = HttpResponse(make(found), content_type=media)
        name = f"{transfer.code}-first-hundred-days.{ending}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


_offer("pdf", "application/pdf", report.as_pdf)
_offer("json", "application/json", report.as_json)


def _facts(transfer: Transfer) -> list[Fact]:
    """How many remedies are under way, on the board of the buyer."""
    rows = Remedy.objects.filter(transfer=transfer, state=Remedy.State.OPEN)
    n = rows.count()
    if not n:
        return []
    return [Fact(_("在办的整改：%(n)s") % {"n": f"{n:,}"}, quiet=True)]


board.register_facts(Stage.GO_LIVE, _facts)
