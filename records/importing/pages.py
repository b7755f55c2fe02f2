"""The compliance officer's import: upload, columns, check, start, report, and rows put right."""

from __future__ import annotations

from uuid import UUID

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from access import gate
from access.actions import Action
from access.actors import Actor
from access.admin_pages import CHANNEL, actor_of, enter, page, purpose_of
from custodian.jobs import JobStatus
from records.importing import fixing, runs, store
from records.importing import mapping as mappings
from records.importing.on_its_way import OnItsWay
from records.importing.page_forms import ColumnsForm, DropForm, RowForm, UploadForm, told
from records.importing.quarantine import Opened
from records.importing.readers import SourceRefused
from records.importing.report import Report, refusal, words_of
from records.models import ImportFile, ImportRun, QuarantinedRow


@page("import/", name="import_upload", action=Action.BOOK_READ, logs_itself=True)
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    actor = _importer(request)
    form = UploadForm(
        request.POST or None, request.FILES or None, initial={"book": runs.book_of("")}
    )
    if request.method == "POST" and form.is_valid():
        files: list[ImportFile] = form.cleaned_data["files"]
        try:
            mapping = runs.mapping_for(files)
        except SourceRefused as refused:
            form.add_error("files", refusal(refused.code, refused.row))
        else:
            run = runs.propose(
                files,
                book=form.cleaned_data["book"],
                unit=form.cleaned_data["unit"],
                mapping=mapping,
                actor=actor,
            )
            return redirect("admin:import_columns", run.ref)
    return _page(request, "upload", {"title": _("导入账册"), "form": form})


@page(
    "import/<uuid:ref>/columns/", name="import_columns", action=Action.BOOK_READ, logs_itself=True
)
@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, ref: UUID) -> HttpResponse:
    actor = _importer(request)
    run = _run(ref)
    if run.arriving is not None:
        raise OnItsWay
    if run.status != JobStatus.PAUSED:
        return redirect("admin:import_run", run.ref)
    if request.POST.get("act") == "discard":
        runs.withdraw(run)
        messages.info(request, _("已取消，文件已删除。"))
        return redirect("admin:import_upload")
    files = list(run.files.order_by("pk"))
    form = ColumnsForm(request.POST or None, found=runs.recognised(files))
    if request.method == "POST" and form.is_valid():
        mapping = form.mapping()
        if mapping.sources:
            runs.confirm(run, mapping=mapping, dry_run=True, actor=actor)
            return redirect("admin:import_run", run.ref)
        form.add_error(None, _("至少要有一列对应到一项"))
    seen = [
        (store.name_of(file), earlier) for file in files if (earlier := store.seen_before(file))
    ]
    return _page(
        request, "columns", {"title": _("核对列的对应"), "form": form, "run": run, "seen": seen}
    )


@page("import/<uuid:ref>/", name="import_run", action=Action.BOOK_READ)
@require_http_methods(["GET", "POST"])
def run_page(request: HttpRequest, ref: UUID) -> HttpResponse:
    run = _run(ref)
    there = run.files.filter(removed_at=None).exists()
    rehearsed = run.dry_run and run.status == JobStatus.DONE and there
    if request.method == "POST":
        actor = _importer(request)
        if run.arriving is not None:
            raise OnItsWay
        if rehearsed:
            return redirect("admin:import_run", runs.for_real(run, actor=actor).ref)
        if run.status == JobStatus.FAILED and there:
            runs.resume(run, actor=actor)
        return redirect("admin:import_run", run.ref)
    quarantine = f"{reverse('admin:records_quarantinedrow_changelist')}?status__exact=open"
    context = {
        "title": _("试运行") if run.dry_run else _("导入"),
        "run": run,
        "report": Report.of(run),
        "moving": run.status in {JobStatus.QUEUED, JobStatus.RUNNING},
        "rehearsed": rehearsed,
        "there": there,
        "may_import": run.arriving is None and gate.may(actor_of(request), Action.BOOK_IMPORT),
        "quarantine": quarantine,
        "rows": run.quarantinedrow_set.order_by("sheet", "number")[:50],
    }
    return _page(request, "run", context)


@page("quarantine/<uuid:ref>/", name="quarantine_row", action=Action.BOOK_READ)
@require_http_methods(["GET", "POST"])
def row_page(request: HttpRequest, ref: UUID) -> HttpResponse:
    row = QuarantinedRow.objects.select_related("run", "book").filter(ref=ref).first()
    if row is None:
        raise Http404
    act = request.POST.get("act", "")
    if request.method == "GET" or act not in {"open", "fix", "drop"}:
        return _row(request, row)
    if row.status != QuarantinedRow.Status.OPEN:
        messages.warning(request, _("这一行已经处理过。"))
        return redirect("admin:quarantine_row", row.ref)
    if not actor_of(request).stepped_up:
        return redirect(
            f"{reverse('step_up')}?next={reverse('admin:quarantine_row', args=[row.ref])}"
        )
    return {"open": _open, "fix": _fix, "drop": _drop}[act](request, row)


def _open(request: HttpRequest, row: QuarantinedRow) -> HttpResponse:
    opened = _revealed(request, row)
    flaws = [(target, words_of(code)) for code, target in row.reasons]
    form = RowForm(row=opened, flaws=flaws, targets=_targets(row, opened))
    return _row(request, row, form=form)


def _fix(request: HttpRequest, row: QuarantinedRow) -> HttpResponse:
    opened = _revealed(request, row)
    targets = _targets(row, opened)
    form = RowForm(request.POST, row=opened, flaws=(), targets=targets)
    if not form.is_valid():
        return _row(request, row, form=form, status=422)
    cells = form.cells()
    left = fixing.fix(row, cells, channel=CHANNEL, actor=actor_of(request))
    if left:
        corrected = Opened(source=opened.source, headers=opened.headers, cells=cells)
        form = RowForm(row=corrected, flaws=told(left), targets=targets)
        return _row(request, row, form=form, status=422, still=True)
    messages.success(request, _("这一行已更正并导入。"))
    return redirect("admin:quarantine_row", row.ref)


def _drop(request: HttpRequest, row: QuarantinedRow) -> HttpResponse:
    form = DropForm(request.POST)
    if not form.is_valid():
        return _row(request, row, drop=form, status=422)
    reason = form.cleaned_data["reason"]
    fixing.drop(row, reason=reason, channel=CHANNEL, actor=actor_of(request))
    messages.success(request, _("已确认这一行不导入。"))
    return redirect("admin:quarantine_row", row.ref)


def _revealed(request: HttpRequest, row: QuarantinedRow) -> Opened:
    actor = actor_of(request)
    permit = gate.permit(
        actor,
        Action.QUARANTINE_READ,
        purpose=purpose_of(actor),
        channel=CHANNEL,
        facts={"row": str(row.ref)},
    )
    return fixing.opened(row, permit=permit)


def _targets(row: QuarantinedRow, opened: Opened) -> dict[str, str]:
    """Which target each header went to, so that a reason stands at its column."""
    sources = mappings.load(row.run.mapping["toml"]).sources
    said = next((source for source in sources if source.name == opened.source), None)
    if said is None:
        return {}
    return {header: target for target, rule in said.columns.items() for header in rule.headers}


def _row(
    request: HttpRequest,
    row: QuarantinedRow,
    *,
    form: RowForm | None = None,
    drop: DropForm | None = None,
    still: bool = False,
    status: int = 200,
) -> HttpResponse:
    words = {
        "customer": _("客户"),
        "policy": _("保单"),
        "claim": _("赔案"),
        "work": _("工作事项"),
        "consent": pgettext("列表", "同意记录"),
    }
    context = {
        "title": _("隔离行"),
        "row": row,
        "what": words.get(row.kind, row.kind),
        "reasons": [words_of(code) for code, _target in row.reasons],
        "row_form": form,
        "drop_form": drop or DropForm(),
        "still": still,
        "is_open": row.status == QuarantinedRow.Status.OPEN,
        "may_fix": gate.may(actor_of(request), Action.QUARANTINE_FIX),
        "marked": form is not None,
    }
    return _page(request, "row", context, status=status)


def _importer(request: HttpRequest) -> Actor:
    """Logs that the page is entered; whoever may not import is refused, and that is logged too."""
    actor = actor_of(request)
    if gate.may(actor, Action.BOOK_IMPORT):
        enter(request, Action.BOOK_READ)
    else:
        enter(request, Action.BOOK_IMPORT)
    return actor


def _run(ref: UUID) -> ImportRun:
    runs_with_names = ImportRun.objects.select_related("book", "unit", "requested_by")
    run: ImportRun | None = runs_with_names.filter(ref=ref).first()
    if run is None:
        raise Http404
    return run


def _page(
    request: HttpRequest, name: str, context: dict[str, object], *, status: int = 200
) -> HttpResponse:
    if getattr(context.get("form"), "errors", None):
        status = 422
    frame = admin.site.each_context(request)
    return render(request, f"admin/import/{name}.html", {**frame, **context}, status=status)
