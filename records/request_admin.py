"""The back office's pages of requests: what is late first, one with all that was said, and the numbers."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from access import gate
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
from custodian import clock
from custodian.errors import CustodianError
from records import references, request_lists
from records.models import CustomerRequest, RequestClock
from records.requests import detail, numbers
from records.requests.detail import BadForm

LIST, HANDLE = Action.REQUEST_LIST, Action.REQUEST_HANDLE
Kind = CustomerRequest.Kind


@page("requests/", name="requests", action=LIST, logs_itself=True)
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    if not gate.may(actor, LIST):
        enter(request, LIST)
    rows = CustomerRequest.objects.visible_to(actor)
    kind, office = request.GET.get("kind", ""), request.GET.get("office", "")
    if kind in Kind:
        rows = rows.filter(kind=kind)
    if office in CustomerRequest.Office:
        rows = rows.filter(office=office)
    parts = request_lists.parts(rows, actor)
    part = request.GET.get("show", "open")
    part = part if part in parts else "open"
    after = request.GET.get("after", "")
    found = _after(request_lists.ordered(parts[part], part), part, after)
    page_rows = list(found.select_related("clock", "handler")[: request_lists.SHOWN + 1])
    shown, entry = request_lists.shown(
        page_rows[: request_lists.SHOWN], purpose=purpose_of(actor), channel=CHANNEL, actor=actor
    )
    context = {
        "title": pgettext("列表", "客户申请"),
        "part": part,
        "parts": [(name, label, parts[name].count()) for name, label in request_lists.PARTS],
        "kind": kind,
        "kinds": [("", _("全部事项")), *Kind.choices],
        "office": office,
        "offices": [("", _("全部部门")), *CustomerRequest.Office.choices],
        "rows": shown,
        "entry": entry,
        "next": page_rows[request_lists.SHOWN - 1].ref
        if len(page_rows) > request_lists.SHOWN
        else "",
    }
    return _template(request, "register", context)


def _after(rows: Any, part: str, ref: str) -> Any:
    """From the last one seen on, by the order of the list."""
    last = CustomerRequest.objects.filter(ref=ref).select_related("clock").first() if ref else None
    if last is None:
        return rows
    if part == "ended":
        return rows.filter(closed_at__lt=last.closed_at) if last.closed_at else rows
    due = last.clock.due_at
    return rows.filter(clock__due_at__gte=due).exclude(clock__due_at=due, pk__lte=last.pk)


@page("requests/numbers/", name="request_numbers", action=LIST)
@require_safe
def in_numbers(request: HttpRequest) -> HttpResponse:
    today = clock.local().date()
    lines, everything = numbers.by_kind(today)
    context = {
        "title": _("申请办理情况"),
        "lines": lines,
        "total": everything,
        "units": numbers.by_unit(today),
        "days": numbers.DAYS,
        "few": numbers.FEW,
    }
    return _template(request, "numbers", context)


@page("requests/<str:ref>/", name="request", action=LIST, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, ref: str) -> HttpResponse:
    actor = actor_of(request)
    action = HANDLE if request.method == "POST" else LIST
    if not gate.may(actor, action):
        enter(request, action)
    found = detail.row(ref, action=action, channel=CHANNEL, actor=actor)
    if request.method != "POST":
        return _page(request, found)
    try:
        messages.success(request, detail.act(found, request.POST, channel=CHANNEL, actor=actor))
    except BadForm as bad:
        return _page(request, found, wrong=bad.forms, status=422)
    except CustodianError as error:
        if error.status not in {409, 422}:
            raise
        messages.error(request, error.message)
    return redirect("admin:request", found.ref)


def _page(
    request: HttpRequest,
    found: CustomerRequest,
    *,
    wrong: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = detail.page(found, channel=CHANNEL, actor=actor_of(request), wrong=wrong)
    context = {"title": found.get_kind_display(), "page": shown, "asked": found, "marked": True}
    return _template(request, "request", context, status=status)


def _template(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    more = {**admin.site.each_context(request), **context}
    return render(request, f"admin/requests/{name}.html", more, status=status)


@panel(24, column="main", template="admin/panels/requests.html")
def requests(request: HttpRequest) -> dict[str, Any] | None:
    if not gate.may(actor_of(request), LIST):
        return None
    today = clock.local().date()
    _lines, total = numbers.by_kind(today)
    first = CustomerRequest.objects.visible_to(actor_of(request)).open()
    rows = first.select_related("clock").order_by("clock__due_at", "pk")[:5]
    return {
        "rows": [
            {"request": each, "due": request_lists.due_of(each, clock.now())} for each in rows
        ],
        "total": total,
        "days": numbers.DAYS,
        "url": reverse("admin:requests"),
    }


def late(request: HttpRequest) -> Headline | None:
    if not gate.may(actor_of(request), HANDLE):
        return None
    rows = RequestClock.objects.late().order_by("due_at")
    if not (count := rows.count()):
        return None
    words = ngettext("%(n)s 项客户申请已逾期。", "%(n)s 项客户申请已逾期。", count) % {"n": count}
    detail_ = _("逾期的原因要说得出来；客户看得到期限。")
    first = rows.values_list("request__ref", flat=True)[0]
    url = reverse("admin:requests") if count > 1 else reverse("admin:request", args=[first])
    return Headline(44, words, detail_, url, _("打开申请"))


headlines.append(late)


def waiting(request: HttpRequest) -> int:
    """Beside the place in the navigation: those that the office of compliance has to take."""
    actor = getattr(request, "actor", None)
    if actor is None or not gate.may(actor, HANDLE):
        return 0
    rows = CustomerRequest.objects.visible_to(actor).open()
    count: int = rows.filter(office=CustomerRequest.Office.COMPLIANCE, handler=None).count()
    return count


def find(asked: str, request: HttpRequest) -> str | None:
    """Whether there is such a request is for its page to say, and to log."""
    if not asked.strip().lower().startswith("r-"):
        return None
    ref = references.read(asked, kind="r")
    return reverse("admin:request", args=[ref]) if ref else None


finders.insert(0, find)
