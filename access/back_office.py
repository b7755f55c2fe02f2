"""The back office's pages of access that are no model: the log, an entry, the export, the morning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import Case, Count, Q, When
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from access import gate, ports
from access.action_words import ACTS
from access.actions import Action
from access.admin_pages import (
    CHANNEL,
    Headline,
    actor_of,
    enter,
    finders,
    headlines,
    page,
    panel,
    purpose_of,
)
from access.models import Entry, Finding, Subject, SubjectAccess, User
from access.querylog import explore, export, opened
from access.querylog.filter_form import FilterForm
from access.querylog.telling import Told, reasoning, sentence, tell
from custodian import clock

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
        "week": explore.week(rows) if explore.affordable(filters) else None,
        "told": told,
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
    return _entry_page(request, _told_or_404(request, index))


@page(
    "querylog/<int:index>/who/",
    name="querylog_who",
    action=Action.LOG_SUBJECT_READ,
    logs_itself=True,
)
@require_POST
def querylog_who(request: HttpRequest, index: int) -> HttpResponse:
    """The customers behind one entry, by reference; looking them up is itself a look at them."""
    told = _told_or_404(request, index, action=Action.LOG_SUBJECT_READ)
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
    return _entry_page(request, told, who=list(called.values()), who_open=True)


@page(
    "querylog/<int:index>/reason/",
    name="querylog_reason",
    action=Action.LOG_CONTEXT_READ,
    logs_itself=True,
)
@require_POST
def querylog_reason(request: HttpRequest, index: int) -> HttpResponse:
    """The written reason and the inputs of the decision; opening them is itself on record."""
    told = _told_or_404(request, index, action=Action.LOG_CONTEXT_READ)
    actor = actor_of(request)
    gate.permit(
        actor,
        Action.LOG_CONTEXT_READ,
        purpose=purpose_of(actor),
        channel=CHANNEL,
        facts={"entry": index},
    )
    return _entry_page(request, told, context=opened.context_of(told), context_open=True)


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


def _told_or_404(request: HttpRequest, index: int, action: Action = Action.LOG_READ) -> Told:
    entry = Entry.objects.filter(id=index).first() if index < 2**62 else None
    if entry is None:
        actor = actor_of(request)
        gate.refuse_unknown(
            actor, action, asked=f"#{index}", purpose=purpose_of(actor), channel=CHANNEL
        )
    return tell([entry])[0]


def _detail(told: Told) -> dict[str, Any]:
    return {
        "one": told,
        "sentence": sentence(told),
        "reasoning": reasoning(told),
        "has_context": bool(told.leaf.get("ctx")),
    }


def _entry_page(request: HttpRequest, told: Told, **more: Any) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("日志条目 #%(index)s") % {"index": f"{told.entry.id:,}"},
        "marked": True,
        **_detail(told),
        **more,
    }
    return render(request, "admin/querylog_entry.html", context)


# The morning page.
@dataclass
class Tally:
    """Today's entries of one act."""

    act: str
    count: int = 0
    people: int = 0
    subjects: int = 0
    url: str = ""


def _today(request: HttpRequest) -> dict[str, Tally]:
    """Today's entries by act, counted once for the whole page."""
    tallies: dict[str, Tally] | None = getattr(request, "_tallies", None)
    if tallies is None:
        day = clock.local().date()
        rows = explore.entries(explore.Filters(since=day, until=day)).order_by()
        counted = rows.values("act", "actor").annotate(
            count=Count("id"), shown=Count("id", filter=Q(subjects__gt=0))
        )
        tallies = {}
        for row in counted:
            tally = tallies.setdefault(row["act"], Tally(row["act"], url=_today_url(row["act"])))
            tally.count += row["count"]
            tally.people += 1
            tally.subjects += row["shown"]
        request._tallies = tallies  # type: ignore[attr-defined]  # noqa: SLF001  lives as long as the page
    return tallies


def _today_url(act: str = "") -> str:
    day = clock.local().date().isoformat()
    return f"{reverse('admin:querylog')}?since={day}&until={day}" + (f"&act={act}" if act else "")


@panel(10, column="main", template="admin/panels/looks.html")
def looks(request: HttpRequest) -> dict[str, Any] | None:
    if not gate.may(actor_of(request), Action.LOG_READ):
        return None
    tallies = _today(request)
    rows = [tallies[act] for act in [*ACTS, *sorted(set(tallies) - set(ACTS))] if act in tallies]
    return {"rows": rows, "total": sum(row.count for row in rows), "url": _today_url()}


@panel(20, column="main", template="admin/panels/findings.html")
def findings(request: HttpRequest) -> dict[str, Any] | None:
    if not gate.may(actor_of(request), Action.FINDING_READ):
        return None
    waiting = Finding.objects.filter(status=Finding.Status.OPEN).select_related("operator__unit")
    by_severity = Case(
        *(When(severity=name, then=place) for place, name in enumerate(Finding.Severity.values))
    )
    url = f"{reverse('admin:access_finding_changelist')}?status__exact=open"
    return {
        "rows": waiting.order_by(by_severity, "-found_at")[:6],
        "count": waiting.count(),
        "url": url,
    }


@panel(30, column="side", template="admin/panels/people.html")
def people(request: HttpRequest) -> dict[str, Any] | None:
    if not gate.may(actor_of(request), Action.USER_READ):
        return None
    counted = dict(
        User.objects.filter(is_active=True).order_by().values_list("role").annotate(Count("id"))
    )
    url = reverse("admin:access_user_changelist")
    labels = dict(User._meta.get_field("role").choices or [])
    rows = [
        {"label": label, "count": counted[role], "url": f"{url}?role__exact={role}"}
        for role, label in labels.items()
        if role in counted
    ]
    return {"rows": rows, "total": sum(counted.values()), "url": url}


def refusals(request: HttpRequest) -> Headline | None:
    if not gate.may(actor_of(request), Action.LOG_READ):
        return None
    refused = _today(request).get("denied")
    if refused is None:
        return None
    words = ngettext(
        "今天有 %(count)s 次查询被拒绝。", "今天有 %(count)s 次查询被拒绝。", refused.count
    ) % {"count": f"{refused.count:,}"}
    return Headline(
        10, words, _("拒绝不等于违规；看看是谁、为了什么。"), refused.url, _("查看拒绝")
    )


def open_findings(request: HttpRequest) -> Headline | None:
    if not gate.may(actor_of(request), Action.FINDING_READ):
        return None
    urgent = Finding.objects.filter(status="open", severity__in=("urgent", "high"))
    if not (count := urgent.count()):
        return None
    url = f"{reverse('admin:access_finding_changelist')}?status__exact=open"
    words = ngettext(
        "%(count)s 项高级别审计发现等待定性。", "%(count)s 项高级别审计发现等待定性。", count
    ) % {"count": f"{count:,}"}
    return Headline(40, words, urgent[0].summary, url, _("查看发现"))


headlines += [refusals, open_findings]


def log_entry(asked: str, request: HttpRequest) -> str | None:
    digits = asked.removeprefix("#").replace(",", "").replace("，", "")
    if not digits.isdecimal() or len(digits) > 17:
        return None
    return reverse("admin:querylog_entry", args=[int(digits)])


def person(asked: str, request: HttpRequest) -> str | None:
    if not gate.may(actor_of(request), Action.USER_READ):
        return None
    user = User.objects.filter(staff_no__iexact=asked).only("ref").first()
    return reverse("admin:access_user_change", args=[user.ref]) if user else None


finders += [person, log_entry]
