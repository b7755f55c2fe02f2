"""The back office's pages of impact assessments: what owes one, writing, four eyes, and the report."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from access import approvals, gate
from access.actions import Action
from access.admin_pages import (
    Headline,
    actor_of,
    enter,
    headlines,
    page,
    panel,
    row_of,
)
from records.assessment_forms import SEPARATOR, BeginForm, ConditionForm, WriteForm
from records.assessments import approving, owing, papers, printing, standing, telling, writing
from records.models import AssessmentCondition, ImpactAssessment

READ, WRITE = Action.ASSESSMENT_READ, Action.ASSESSMENT_WRITE
PAGE = "admin:assessment"
MORNING = 6
SHOWN = 50
Stage = ImpactAssessment.Stage


def _render(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    more = {**admin.site.each_context(request), **context}
    return render(request, f"admin/assessments/{name}.html", more, status=status)


@page("assessment/", name="assessments", action=READ)
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """What owes one and lacks it stands first, then every assessment."""
    owed = owing.everything()
    rows = ImpactAssessment.objects.select_related("begun_by")
    newest = request.GET.get("all") != "1"
    told = standing.all_of(rows)
    hidden = {standing.State.SUPERSEDED} if newest else set()
    listed = [(row, found) for row, found in told if found.state not in hidden]
    paged = Paginator(listed, SHOWN).get_page(request.GET.get("page"))
    context = {
        "title": _("影响评估"),
        "owed": owed,
        "lacking": sum(not each.verdict.ok for each in owed),
        "late": owing.late_conditions(),
        "rows": list(paged),
        "paged": paged,
        "kept": "" if newest else "all=1&",
        "newest": newest,
        "form_title": papers.form(),
        "may_write": gate.may(actor_of(request), WRITE),
    }
    return _render(request, "list", context)


@page("assessment/new/", name="assessment_new", action=WRITE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    enter(request, WRITE)
    asked = request.GET
    about = f"{asked.get('kind', '')[:10]}{SEPARATOR}{asked.get('about', '')[:40]}"
    first = {"thing": about, "occasion": asked.get("occasion", "")[:10]}
    form = BeginForm(request.POST if request.method == "POST" else None, initial=first)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            row = writing.begin(
                said["kind"], said["about"], said["occasion"], title=said["title"],
                actor=actor_of(request),
            )  # fmt: skip
        except (writing.NothingToAssess, writing.InWork) as error:
            form.add_error("occasion", str(error.message))
        else:
            messages.info(request, _("已起草；信息项和人数由系统填入。"))
            return redirect(PAGE, row.ref)
    context = {"title": _("起草影响评估"), "form": form}
    return _render(request, "new", context, status=422 if form.is_bound else 200)


@page("assessment/<uuid:ref>/", name="assessment", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, ref: UUID) -> HttpResponse:
    posts = request.method == "POST"
    row = row_of(request, WRITE if posts else READ, _rows().filter(ref=ref), asked=ref)
    form, status = WriteForm(row, request.POST) if posts else None, 200
    if posts and form is not None and request.POST.get("act") in {"write", "submit"}:
        status = 422
        if form.is_valid() and _wrote(request, row, form):
            return redirect(PAGE, ref)
    elif posts:
        return _acted(request, row)
    enter(request, READ, row=str(row))
    return _page(request, row, form, status=status)


def _wrote(request: HttpRequest, row: ImpactAssessment, form: WriteForm) -> bool:
    """Saved, and put up where that was asked; else what stands in the way is at the form."""
    actor = actor_of(request)
    try:
        writing.write(row, form.said(), actor=actor)
        if request.POST.get("act") == "submit":
            writing.submit(row, actor=actor)
            messages.info(request, _("已提交，待另一人批准。"))
        else:
            messages.info(request, _("已保存。"))
    except writing.NotInWork:
        raise
    except writing.Incomplete as error:
        form.add_error(None, str(error.message))
        return False
    return True


def _acted(request: HttpRequest, row: ImpactAssessment) -> HttpResponse:
    actor, act = actor_of(request), request.POST.get("act", "")
    if act == "next":
        later = writing.begin_next(row, actor=actor)
        messages.info(request, _("已起草下一版，沿用上一版的文字。"))
        return redirect(PAGE, later.ref)
    if act == "withdraw":
        writing.withdraw(row, actor=actor)
        messages.info(request, _("已撤回。"))
    if act == "settle":
        _settle(request, row)
    return redirect(PAGE, row.ref)


def _settle(request: HttpRequest, row: ImpactAssessment) -> None:
    number, form = request.POST.get("number", ""), ConditionForm(request.POST)
    rows = AssessmentCondition.objects.filter(
        assessment=row, number=int(number) if number.isdecimal() and len(number) < 5 else 0
    )
    held = row_of(request, WRITE, rows.select_related("assessment"), asked=number)
    if not form.is_valid():
        messages.error(request, str(form.errors["note"][0]))
        return
    approving.settle(held, note=form.cleaned_data["note"], actor=actor_of(request))
    messages.info(request, _("已登记条件的落实。"))


@page("assessment/<uuid:ref>/report.pdf", name="assessment_pdf", action=READ, logs_itself=True)
@require_safe
def report(request: HttpRequest, ref: UUID) -> HttpResponse:
    """On record before the first byte."""
    row = row_of(request, READ, _rows().filter(ref=ref), asked=ref)
    enter(request, READ, row=str(row), view="report.pdf")
    response = HttpResponse(printing.page(row), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{row.code}-{row.number}.pdf"'
    return response


def _rows() -> Any:
    return ImpactAssessment.objects.select_related(
        "begun_by", "approval__requested_by", "approval__decided_by", "approval__rule"
    )


def _page(
    request: HttpRequest, row: ImpactAssessment, form: WriteForm | None, *, status: int
) -> HttpResponse:
    actor = actor_of(request)
    found, may = standing.of(row), gate.may(actor, WRITE)
    writes = may and row.stage in (Stage.DRAFT, Stage.RETURNED)
    said, altered = _said(row)
    context = {
        "title": f"{row} {row.title}",
        "row": row,
        "standing": found,
        "said": said,
        "altered": altered,
        "told": telling.of(row, said) if said else None,
        "lacking": writing.lacks(row) if row.stage in (Stage.DRAFT, Stage.RETURNED) else [],
        "form": (form or WriteForm(row)) if writes else None,
        "ground": papers.form().ground(row.occasion),
        "waits": approvals.standing(row.approval, actor)
        if row.approval and row.stage == Stage.WAITING
        else None,
        "returned": approving.sent_back(row) if row.stage == Stage.RETURNED else None,
        "may_withdraw": may and row.stage == Stage.WAITING,
        "may_next": may and _may_next(row),
        "may_settle": may,
        "may_read_approvals": gate.may(actor, Action.APPROVAL_READ),
        "conditions": row.owed.select_related("owner", "done_by"),
        "versions": _versions(row),
    }
    return _render(request, "assessment", context, status=status)


def _said(row: ImpactAssessment) -> tuple[dict[str, Any] | None, bool]:
    try:
        return papers.said_by(row), False
    except papers.Altered:
        return None, True


def _may_next(row: ImpactAssessment) -> bool:
    of = ImpactAssessment.objects.filter(code=row.code)
    return row.stage == Stage.APPROVED and not of.filter(stage__in=writing.IN_WORK).exists()


def _versions(row: ImpactAssessment) -> list[tuple[ImpactAssessment, standing.Standing]]:
    rows = ImpactAssessment.objects.filter(code=row.code).order_by("-number")
    return standing.all_of(rows)


# -- the morning page ---------------------------------------------------------------------------


@panel(58, column="side", template="admin/panels/assessments.html")
def lacking_panel(request: HttpRequest) -> dict[str, Any] | None:
    """Nothing where nothing is owed."""
    if not gate.may(actor_of(request), READ):
        return None
    lacking, late = owing.lacking(), owing.late_conditions()
    if not lacking and not late:
        return None
    return {"rows": lacking[:MORNING], "count": len(lacking), "late": late[:MORNING]}


def lacking_headline(request: HttpRequest) -> Headline | None:
    if not gate.may(actor_of(request), READ):
        return None
    count = len(owing.lacking())
    if not count:
        return None
    words = ngettext(
        "%(n)s 项处理没有有效的影响评估。", "%(n)s 项处理没有有效的影响评估。", count
    ) % {"n": f"{count:,}"}
    detail = _("依法须在处理之前评估，并由另一人批准。")
    return Headline(8, words, detail, reverse("admin:assessments"), _("查看影响评估"))


headlines.append(lacking_headline)
