"""The back office's page of some files of a seller: their columns, a masked sample, what became of rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access import gate
from access.actions import Action
from access.admin_pages import actor_of, enter, page, row_of
from custodian.errors import CustodianError
from custodian.jobs import OPEN, JobStatus
from records.importing import mapping as mappings
from records.importing import runs, sampling, saved
from records.importing.mapping_forms import MappingForm
from records.importing.report import Report, words_of
from records.models import FileSurvey, ImportRun
from transfers.admin_frame import READ, TOLD, done, template
from transfers.legacy import loading, taking
from transfers.models import Transfer

ARRIVE: Final = Action.TRANSFER_ARRIVE


@page("transfers/files/<uuid:ref>/", name="transfer_legacy_files", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def files(request: HttpRequest, ref: UUID) -> HttpResponse:
    action = ARRIVE if request.method == "POST" else READ
    run = _run(request, ref, action)
    transfer = _transfer(run)
    act = request.POST.get("act", "load") if request.method == "POST" else ""
    if act:
        return _acted(request, transfer, run, act)
    if run.status == JobStatus.PAUSED and gate.may(actor_of(request), ARRIVE):
        return _mapped(request, transfer, run)
    enter(request, READ, row=transfer.code)
    return _told(request, transfer, run)


def _run(request: HttpRequest, ref: UUID, action: Action) -> ImportRun:
    rows = ImportRun.objects.filter(ref=ref, arriving__isnull=False)
    found: ImportRun = row_of(
        request, action, rows.select_related("book", "requested_by"), asked=ref
    )
    return found


def _transfer(run: ImportRun) -> Transfer:
    return Transfer.objects.select_related("counterparty", "book").get(ref=str(run.arriving))


def _mapped(request: HttpRequest, transfer: Transfer, run: ImportRun) -> HttpResponse:
    """The columns to be confirmed; the sample under its masks is a look that is on record."""
    posts, held = request.method == "POST", list(run.files.order_by("pk"))
    found = runs.recognised(held)
    mapping = mappings.load(run.mapping["toml"])
    form = MappingForm(request.POST if posts else None, found=found, mapping=mapping)
    status = 422 if posts else 200
    if posts and form.is_valid():
        ok, status = done(form, lambda: _rehearse(request, transfer, run, form))
        if ok:
            return redirect("admin:transfer_legacy_files", run.ref)
    enter(request, Action.BOOK_READ, row=transfer.code, view="sample")
    samples = [
        sampling.of_sheet(each.sheet, mapping.find(file=each.file, sheet=each.sheet.name))
        for each in found
    ]
    surveys = list(FileSurvey.objects.filter(file__in=held))
    context = {
        "title": _("核对列的对应"),
        "transfer": transfer,
        "run": run,
        "form": form,
        "sheets": list(zip(_surveyed(form, surveys, found), samples, strict=True)),
        "surveying": any(each.status in OPEN for each in surveys),
        "marked": True,
    }
    return template(request, "legacy_mapping", context, status=status)


def _surveyed(
    form: MappingForm, surveys: list[FileSurvey], found: list[runs.Recognised]
) -> list[dict[str, Any]]:
    """The sheets of the form, each column with what the survey says of it."""
    pairs = zip(form.sheets(), _told_of(surveys, found), strict=True)
    return [
        {
            **sheet,
            "columns": [replace(each, seen=told.get(each.header)) for each in sheet["columns"]],
        }
        for sheet, told in pairs
    ]


def _told_of(surveys: list[FileSurvey], found: list[runs.Recognised]) -> list[dict[str, Any]]:
    """For each sheet what the survey says of its columns, by header; nothing while it runs."""
    by_sheet = [sheet for each in surveys for sheet in each.sheets]
    told: list[dict[str, Any]] = []
    for each in found:
        headers = list(each.sheet.headers)
        mine = (
            sheet
            for sheet in by_sheet
            if sheet["sheet"] == each.sheet.name
            and [column["header"] for column in sheet["columns"]] == headers
        )
        sheet = next(mine, None)
        told.append({each["header"]: each for each in sheet["columns"]} if sheet else {})
    return told


def _rehearse(request: HttpRequest, transfer: Transfer, run: ImportRun, form: MappingForm) -> None:
    actor, mapping = actor_of(request), form.mapping()
    if name := form.cleaned_data["name"].strip():
        saved.save(name, mapping, actor=actor)
    taking.rehearse(transfer, run, mapping, actor=actor)


def _told(
    request: HttpRequest, transfer: Transfer, run: ImportRun, *, status: int = 200
) -> HttpResponse:
    context = {
        "title": capfirst(_("试运行") if run.dry_run else _("载入")),
        "transfer": transfer,
        "run": run,
        "report": Report.of(run),
        "sources": [_source(name, counts) for name, counts in run.sources.items()],
        "moving": run.status in OPEN,
        "there": run.files.filter(removed_at=None).exists(),
        "may": gate.may(actor_of(request), ARRIVE),
    }
    return template(request, "legacy_files", context, status=status)


def _source(name: str, counts: dict[str, int]) -> dict[str, Any]:
    """One file or sheet with its own account: kept, set aside and left out, by reason."""
    parts = ("kept", "unchanged", "quarantined", "skipped")
    numbers = [counts.get(each, 0) for each in parts]
    reasons = [
        (words_of(key.removeprefix("reason:")) if key.startswith("reason:") else key[5:], n)
        for key, n in sorted(counts.items(), key=lambda each: -each[1])
        if key.startswith(("reason:", "skip:"))
    ]
    return {"name": name, "rows_in": sum(numbers), "numbers": numbers, "reasons": reasons}


def _acted(request: HttpRequest, transfer: Transfer, run: ImportRun, act: str) -> HttpResponse:
    actor = actor_of(request)
    try:
        if act == "map":
            return _mapped(request, transfer, run)
        if act == "discard":
            runs.withdraw(run)
            messages.info(request, _("已取消，文件已删除。"))
        elif act == "again":
            again = taking.again(transfer, run, actor=actor)
            return redirect("admin:transfer_legacy_files", again.ref)
        elif act == "resume":
            taking.require(transfer)
            runs.resume(run, actor=actor)
            return redirect("admin:transfer_legacy_files", run.ref)
        else:
            loading.ask(transfer, run, actor=actor)
            messages.info(request, _("已提交，待另一位合规官复核后载入。"))
    except CustodianError as error:
        if error.status not in TOLD:
            raise
        messages.error(request, str(error.message))
        enter(request, READ, row=transfer.code)
        return _told(request, transfer, run, status=error.status)
    return redirect("admin:transfer_legacy", transfer.code)


@page(
    "transfers/files/<uuid:ref>/mapping.toml",
    name="transfer_legacy_mapping",
    action=READ,
    logs_itself=True,
)
@require_safe
def mapping_file(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The mapping as `import_book --mapping` reads it; headers and rules, no value of a customer."""
    run = _run(request, ref, READ)
    transfer = _transfer(run)
    enter(request, READ, row=transfer.code, view="mapping")
    response = HttpResponse(run.mapping["toml"], content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{transfer.code}-mapping.toml"'
    return response
