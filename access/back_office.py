"""The back office's pages of the query log: the list, an entry, who stands behind it, the export."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from access import gate, ports
from access.actions import Action
from access.admin_pages import CHANNEL, actor_of, enter, page, purpose_of
from access.models import Entry, Subject, SubjectAccess
from access.querylog import explore, export, opened
from access.querylog.filter_form import FilterForm
from access.querylog.standing import ladder, standing
from access.querylog.telling import Told, reasoning, sentence, tell

MOST_SUBJECTS = 50


@page("querylog/", name="querylog", action=Action.LOG_READ)
@require_safe
def querylog(request: HttpRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    context = {**admin.site.each_context(request), "title": _("查询日志"), "form": form}
    if not form.is_valid():
        return render(request, "admin/querylog.html", {**context, "invalid": True}, status=422)

    filters = form.filters()
    rows = explore.entries(filters)
    leaf = explore.page(rows, before=_index(request, "before"), after=_index(request, "after"))
    told = tell(leaf.entries)
    chosen = _index(request, "entry")
    detail = next((each for each in told if each.entry.id == chosen), None)
    if detail is None and chosen is None and told:
        detail = told[0]
    context |= {
        "chips": form.chips(),
        "week": explore.week(filters),
        "told": told,
        "total": Entry.objects.newest_index() + 1,
        "standing": standing(),
        "here": form.address(**_place(request)),
        "export_query": form.address(),
        "older": form.address(before=leaf.older) if leaf.older is not None else "",
        "newer": form.address(after=leaf.newer) if leaf.newer is not None else "",
        "may_export": gate.may(actor_of(request), Action.LOG_EXPORT),
        **(_detail(detail) if detail else {}),
    }
    return render(request, "admin/querylog.html", context)


@page("querylog/<int:index>/", name="querylog_entry", action=Action.LOG_READ)
@require_safe
def querylog_entry(request: HttpRequest, index: int) -> HttpResponse:
    return entry_page(request, told_or_404(request, index))


@page(
    "querylog/<int:index>/who/",
    name="querylog_who",
    action=Action.LOG_SUBJECT_READ,
    logs_itself=True,
)
@require_POST
def querylog_who(request: HttpRequest, index: int) -> HttpResponse:
    """The customers behind one entry, by reference; looking them up is itself a look at them."""
    told = told_or_404(request, index, action=Action.LOG_SUBJECT_READ)
    actor = actor_of(request)
    uids = SubjectAccess.objects.filter(entry_id=index).values_list("subject", flat=True)
    subjects = dict(
        Subject.objects.visible_to(actor)
        .filter(uid__in=uids[:MOST_SUBJECTS])
        .values_list("pk", "uid")
    )
    gate.permit(
        actor,
        Action.LOG_SUBJECT_READ,
        purpose=purpose_of(actor),
        channel=CHANNEL,
        subjects=list(subjects),
        facts={"entry": index},
    )
    called = ports.customers().called(subjects.values())
    return entry_page(request, told, who=list(called.values()), who_open=True)


@page(
    "querylog/<int:index>/reason/",
    name="querylog_reason",
    action=Action.LOG_CONTEXT_READ,
    logs_itself=True,
)
@require_POST
def querylog_reason(request: HttpRequest, index: int) -> HttpResponse:
    """The written reason and the inputs of the decision; opening them is itself on record."""
    told = told_or_404(request, index, action=Action.LOG_CONTEXT_READ)
    actor = actor_of(request)
    gate.permit(
        actor,
        Action.LOG_CONTEXT_READ,
        purpose=purpose_of(actor),
        channel=CHANNEL,
        facts={"entry": index},
    )
    return entry_page(request, told, context=opened.context_of(told), context_open=True)


@page("querylog/export/", name="querylog_export", action=Action.LOG_EXPORT, logs_itself=True)
@require_POST
def querylog_export(request: HttpRequest) -> HttpResponseBase:
    form = FilterForm(request.GET)
    kind = request.POST.get("format", "csv")
    if not form.is_valid():
        context = {**admin.site.each_context(request), "title": _("查询日志"), "form": form}
        return render(request, "admin/querylog.html", {**context, "invalid": True}, status=422)
    terms = "; ".join(f"{name}={value}" for name, value in form.terms().items())
    permit = enter(request, Action.LOG_EXPORT, format=kind, query=request.GET.urlencode())
    rows = explore.entries(form.filters())
    lines = export.lines(rows, entry=permit.entry, terms=terms, actor=permit.actor)
    as_sheet = kind == "xlsx"
    body = export.as_xlsx(lines) if as_sheet else export.as_csv(lines)
    response = StreamingHttpResponse(
        body, content_type=export.XLSX if as_sheet else "text/csv; charset=utf-8"
    )
    name = f"querylog-{permit.entry}.{'xlsx' if as_sheet else 'csv'}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _index(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 18 else None


def _place(request: HttpRequest) -> dict[str, int]:
    return {name: at for name in ("before", "after") if (at := _index(request, name)) is not None}


def told_or_404(request: HttpRequest, index: int, action: Action = Action.LOG_READ) -> Told:
    entry = Entry.objects.filter(id=index).first() if index < 2**62 else None
    if entry is None:
        actor = actor_of(request)
        gate.refuse_unknown(
            actor, action, asked=f"#{index}", purpose=purpose_of(actor), channel=CHANNEL
        )
    return tell([entry])[0]


def _detail(told: Told, *, may_delay: bool = False) -> dict[str, Any]:
    return {
        "one": told,
        "sentence": sentence(told),
        "reasoning": reasoning(told),
        "ladder": ladder(told.entry),
        "has_context": bool(told.leaf.get("ctx")),
        "may_delay": may_delay,
    }


def _may_delay(request: HttpRequest, told: Told) -> bool:
    """Only what customers are told of can be told later."""
    return told.entry.subjects > 0 and gate.may(actor_of(request), Action.LOOK_DELAY_ASK)


def entry_page(request: HttpRequest, told: Told, **more: Any) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("日志条目 #%(index)s") % {"index": f"{told.entry.id:,}"},
        "marked": True,
        **_detail(told, may_delay=_may_delay(request, told)),
        **more,
    }
    return render(request, "admin/querylog_entry.html", context)
