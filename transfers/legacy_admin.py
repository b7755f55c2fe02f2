"""The back office's page of a book that comes as files: files, paper list, reconciliation, acceptance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.forms import BaseForm, Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from access import gate
from access.actions import Action
from access.admin_pages import CHANNEL, actor_of, enter, page
from access.models import Approval
from custodian.jobs import OPEN
from records.evidence.upload import takes_evidence
from records.importing.readers import SourceRefused
from records.importing.report import refusal, words_of
from transfers import hand_over_board
from transfers.admin_frame import READ, done, template, transfer_of
from transfers.hand_over_admin import OtherSide
from transfers.legacy import counting, loading, missing, printing, releasing, stating, taking
from transfers.legacy_forms import FilesForm, ListForm, PaperReleaseForm
from transfers.models import Receipt, Transfer
from transfers.receipts import accepting
from transfers.receiving import files as come

ARRIVE: Final = Action.TRANSFER_ARRIVE
KINDS: Final = (loading.KIND, accepting.KIND, releasing.KIND)
FIRST: Final = 50


@page("transfer/<str:code>/legacy/", name="transfer_legacy", action=READ, logs_itself=True)
@require_safe
def legacy(request: HttpRequest, code: str) -> HttpResponse:
    transfer = transfer_of(request, code)
    enter(request, READ, row=transfer.code)
    return _drawn(request, transfer)


def _drawn(
    request: HttpRequest, transfer: Transfer, *, status: int = 200, **forms: BaseForm
) -> HttpResponse:
    actor = actor_of(request)
    running = transfer.status == Transfer.Status.OPEN and not transfer.is_sellers
    receipt = Receipt.objects.filter(transfer=transfer).first()
    runs = list(come.runs_of(transfer).select_related("requested_by"))
    aside = missing.set_aside(transfer).order_by("pk")
    facts = hand_over_board.buyers(transfer) if runs else {}
    context = {
        "title": _("旧系统文件"),
        "transfer": transfer,
        "may": running and gate.may(actor, ARRIVE),
        "runs": runs,
        "moving": any(each.status in OPEN for each in (*runs, *transfer.arrived_sums.all())),
        "loaded": any(not each.dry_run and each.status == "done" for each in runs),
        "counted": bool(runs) and counting.is_counted(transfer),
        "aside": [
            (row, [words_of(code) for code, _target in row.reasons]) for row in aside[:FIRST]
        ],
        "aside_count": aside.count(),
        "lists": transfer.seller_lists.select_related("paper", "entered_by"),
        "missing": missing.reconciled(transfer),
        "receipt": receipt,
        "board_facts": {"transfer": transfer, **facts},
        "waiting": Approval.objects.waiting().filter(
            kind__in=KINDS, payload__transfer=transfer.code
        ),
        "may_read_approvals": gate.may(actor, Action.APPROVAL_READ),
        "files_form": FilesForm(),
        "list_form": ListForm(),
        "release_form": PaperReleaseForm(),
        **forms,
    }
    return template(request, "legacy", context, status=status)


def _given(
    request: HttpRequest, transfer: Transfer, form: Form, *, run: Callable[[], Any], said: str
) -> HttpResponse:
    """Do it and say so, or draw the page again with what stood in the way at its form."""
    status, name = 422, "list_form" if isinstance(form, ListForm) else "release_form"
    if form.is_valid():
        ok, status = done(form, run)
        if ok:
            messages.info(request, said)
            return redirect("admin:transfer_legacy", transfer.code)
    enter(request, READ, row=transfer.code)
    return _drawn(request, transfer, status=status, **{name: form})


@page(
    "transfer/<str:code>/legacy/upload/",
    name="transfer_legacy_upload",
    action=ARRIVE,
    logs_itself=True,
)
@require_POST
def upload(request: HttpRequest, code: str) -> HttpResponse:
    transfer = transfer_of(request, code, ARRIVE)
    form = FilesForm(request.POST, request.FILES)
    status, taken = 422, []
    if form.is_valid():
        said = form.cleaned_data

        def run() -> None:
            taken.append(
                taking.take(
                    transfer, said["files"], unit=said["unit"], kind=said["kind"],
                    name=said["mapping"], channel=CHANNEL, actor=actor_of(request),
                )
            )  # fmt: skip

        try:
            ok, status = done(form, run, field="files")
        except SourceRefused as refused:
            form.add_error("files", refusal(refused.code, refused.row))
            ok = False
        if ok:
            return redirect("admin:transfer_legacy_files", taken[0].ref)
    enter(request, READ, row=transfer.code)
    return _drawn(request, transfer, status=status, files_form=form)


@page(
    "transfer/<str:code>/legacy/list/", name="transfer_legacy_list", action=ARRIVE, logs_itself=True
)
@takes_evidence
@require_POST
def state(request: HttpRequest, code: str) -> HttpResponse:
    transfer = transfer_of(request, code, ARRIVE)
    form = ListForm(request.POST, request.FILES)

    def run() -> None:
        stating.enter(
            transfer, form.counts(), form.sums(), form.content or b"", actor=actor_of(request)
        )

    said = _("已录入转出方的清单，纸质文件已归档。")
    return _given(request, transfer, form, run=run, said=said)


@page(
    "transfer/<str:code>/legacy/release/",
    name="transfer_legacy_release",
    action=ARRIVE,
    logs_itself=True,
)
@takes_evidence
@require_POST
def release(request: HttpRequest, code: str) -> HttpResponse:
    transfer = transfer_of(request, code, ARRIVE)
    form = PaperReleaseForm(request.POST, request.FILES)

    def run() -> None:
        releasing.ask(
            transfer,
            form.content or b"",
            live_at=form.cleaned_data["live_at"],
            actor=actor_of(request),
        )

    said = _("已归档，待另一位合规官对照纸质文件复核。")
    return _given(request, transfer, form, run=run, said=said)


@page(
    "transfer/<str:code>/legacy/step/", name="transfer_legacy_step", action=ARRIVE, logs_itself=True
)
@require_POST
def step(request: HttpRequest, code: str) -> HttpResponse:
    """Add up what is loaded, or put the acceptance up."""
    transfer = transfer_of(request, code, ARRIVE)
    if transfer.is_sellers:
        raise OtherSide
    acts: dict[str, tuple[Callable[[], Any], str]] = {
        "count": (lambda: _count(transfer), _("正在核算保费和保额。")),
        "accept": (
            lambda: accepting.ask(transfer, actor=actor_of(request)),
            _("已提交，待另一位合规官复核后签发确认。"),
        ),
    }
    run, said = acts.get(request.POST.get("act", ""), acts["accept"])
    form = Form({})
    ok, status = done(form, run)
    if ok:
        messages.info(request, said)
        return redirect("admin:transfer_legacy", transfer.code)
    messages.error(request, " ".join(map(str, form.non_field_errors())))
    enter(request, READ, row=transfer.code)
    return _drawn(request, transfer, status=status)


def _count(transfer: Transfer) -> None:
    taking.require(transfer)
    counting.begin(transfer)


@page(
    "transfer/<str:code>/legacy/acceptance.pdf",
    name="transfer_legacy_paper",
    action=READ,
    logs_itself=True,
)
@require_safe
def paper(request: HttpRequest, code: str) -> HttpResponse:
    """The acceptance to be printed, signed and sent to the seller; no customer is in it."""
    transfer = transfer_of(request, code)
    enter(request, READ, row=transfer.code, view="acceptance")
    receipt = Receipt.objects.filter(transfer=transfer).first()
    if receipt is None or not come.from_files(transfer):
        raise Http404
    response = HttpResponse(printing.acceptance(transfer, receipt), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{transfer.code}-acceptance.pdf"'
    return response
