"""The back office's pages of other companies' layouts: the register with its form, and one of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access import gate
from access.actions import Action
from access.admin_pages import actor_of, enter, page, row_of
from incidents.layout_forms import EndForm, LayoutForm
from incidents.models import ListLayout
from incidents.tracing import layout_words, signatures
from transfers.admin_frame import done

TRACE, KEEP = Action.LEAK_TRACE, Action.LIST_LAYOUT_KEEP
SHOWN = 30


@page("leak-tracing/layouts/", name="list_layouts", action=TRACE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    actor, posts, status = actor_of(request), request.method == "POST", 200
    if posts and not gate.may(actor, KEEP):
        enter(request, KEEP)  # which refuses, and that is on record
    form = LayoutForm(request.POST if posts else None)
    if posts:
        status = 422
    if posts and form.is_valid():
        said = form.cleaned_data
        ok, status = done(form, lambda: signatures.enter(**said, actor=actor), field="columns")
        if ok:
            messages.success(request, _("已登记，今后的溯源会比对它"))
            return redirect("admin:list_layouts")
    enter(request, TRACE)
    rows = ListLayout.objects.select_related("entered_by").order_by("-ended_at", "-pk")
    shown = request.GET.get("show") == "ended"
    paged = Paginator(rows.filter(ended_at__isnull=not shown), SHOWN).get_page(
        request.GET.get("page")
    )
    context = {
        "title": _("名单版式"),
        "ended": shown,
        "rows": paged.object_list,
        "paged": paged,
        "kept": "show=ended&" if shown else "",
        "form": form if gate.may(actor, KEEP) else None,
    }
    return render(request, "admin/incidents/list_layouts.html", context, status=status)


@page("leak-tracing/layouts/<uuid:ref>/", name="list_layout", action=TRACE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, ref: UUID) -> HttpResponse:
    rows = ListLayout.objects.select_related("entered_by", "ended_by")
    row: ListLayout = row_of(request, TRACE, rows.filter(ref=ref), asked=ref)
    actor, posts, status = actor_of(request), request.method == "POST", 200
    if posts and not gate.may(actor, KEEP):
        enter(request, KEEP)
    form = EndForm(request.POST if posts else None)
    if posts:
        status = 422
    if posts and form.is_valid():
        why = form.cleaned_data["why"]
        ok, status = done(form, lambda: signatures.end(row, why=why, actor=actor), field="why")
        if ok:
            messages.success(request, _("已停用，今后的溯源不再比对它"))
            return redirect("admin:list_layout", row.ref)
    enter(request, TRACE, row=str(row.ref))
    context = {
        "title": row.company,
        "row": row,
        "columns": [_column(*each) for each in row.columns],
        "form": form if gate.may(actor, KEEP) and row.ended_at is None else None,
    }
    return render(request, "admin/incidents/list_layout.html", context, status=status)


def _column(heading: str, kind: str, shape: str) -> dict[str, Any]:
    return {"heading": heading, "kind": layout_words.KINDS.get(kind, ""), "shape": shape}
