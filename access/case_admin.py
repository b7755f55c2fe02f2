"""The back office's pages of cases: open one, see what was taken, release a key, close it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import cases, gate
from access.actions import Action
from access.admin_pages import actor_of, enter, page, row_of
from access.admin_scope import ScopedAdmin, drawn, link_to
from access.bundles import jobs
from access.bundles.criteria import Criteria
from access.bundles.words import scope_words
from access.case_forms import CaseForm
from access.models import Bundle, Case
from custodian.jobs import JobStatus

TONES = {"open": "ok", "waiting": "warn", "returned": "danger"}


@admin.register(Case)
class CaseAdmin(ScopedAdmin):
    read_action = Action.CASE_READ
    slug = "ref"
    newest_first = True
    shows = False
    columns = (
        "ref",
        "title",
        "office",
        "status",
        "since",
        "until",
        "access_until",
        "opened_by__name",
    )
    list_select_related = ("opened_by",)
    list_display = ("ref", "title", "office", "period", "state", "access_until")
    list_filter = ("status",)
    change_list_template = "admin/cases/list.html"
    lede = gettext_lazy("监管机构或审计按案件取得日志；范围由另一人复核一次")
    nothing = gettext_lazy("还没有案件。")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        more = {"may_open": gate.may(actor_of(request), Action.CASE_OPEN)}
        return super().changelist_view(request, {**more, **(extra_context or {})})

    def address(self, row: Any) -> str:
        return link_to("admin:case", row.ref)

    @admin.display(description=gettext_lazy("时段"))
    def period(self, case: Case) -> str:
        return f"{case.since} – {case.until}"

    @admin.display(description=gettext_lazy("状态"))
    def state(self, case: Case) -> str:
        return drawn("tag", case.get_status_display(), tone=TONES.get(case.status, ""))


@page("cases/new/", name="case_new", action=Action.CASE_OPEN, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new_case(request: HttpRequest) -> HttpResponse:
    enter(request, Action.CASE_OPEN)
    form = CaseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        opened = cases.open_case(form.terms(), actor=actor_of(request))
        messages.info(request, _("已提交，待另一位合规官复核后开放。"))
        return redirect("admin:case", opened.ref)
    status = 422 if form.is_bound else 200
    return case_template(request, "new", {"title": _("开立案件"), "form": form}, status=status)


@page("cases/<str:ref>/", name="case", action=Action.CASE_READ, logs_itself=True)
@require_safe
def case_page(request: HttpRequest, ref: str) -> HttpResponse:
    case = case_of(request, ref)
    enter(request, Action.CASE_READ, row=case.ref)
    actor = actor_of(request)
    bundles = Bundle.objects.visible_to(actor).filter(case=case)
    context = {
        "title": _("案件 %(ref)s：%(title)s") % {"ref": case.ref, "title": case.title},
        "case": case,
        "state": case.get_status_display(),
        "tone": TONES.get(case.status, ""),
        "scope": scope_words(Criteria.of_case(case), case.called),
        "guests": case.guests.order_by("staff_no"),
        "bundles": [
            {"bundle": each, "mine": each.recipient_id == actor.id and not jobs.is_gone(each)}
            for each in bundles.select_related("recipient", "case")
        ],
        "moving": bundles.filter(status__in=[JobStatus.QUEUED, JobStatus.RUNNING]).exists(),
        "may_order": gate.may(actor, Action.CASE_OPEN)
        and Case.objects.open().filter(pk=case.pk).exists(),
        "keyless": [
            (uid, case.called.get(str(uid), "—"))
            for uid in case.customers
            if uid not in case.key_customers
        ],
        "asked": set(cases.keys_asked(case)),
        "may_open": gate.may(actor, Action.CASE_OPEN),
    }
    return case_template(request, "case", context)


@page("cases/<str:ref>/key/", name="case_key", action=Action.CASE_OPEN, logs_itself=True)
@require_POST
def ask_for_key(request: HttpRequest, ref: str) -> HttpResponse:
    case = case_of(request, ref, action=Action.CASE_OPEN)
    try:
        customer = UUID(request.POST.get("customer", ""))
    except ValueError:
        raise cases.NotOfTheCase from None
    cases.ask_for_key(case, customer, actor=actor_of(request))
    messages.info(request, _("已提交，待另一位合规官复核。"))
    return redirect("admin:case", case.ref)


@page("cases/<str:ref>/close/", name="case_close", action=Action.CASE_CLOSE, logs_itself=True)
@require_POST
def close(request: HttpRequest, ref: str) -> HttpResponse:
    case = case_of(request, ref, action=Action.CASE_CLOSE)
    cases.close(case, actor=actor_of(request))
    messages.info(request, _("案件已结束，其人员从现在起看不到本案。"))
    return redirect("admin:case", case.ref)


def case_of(request: HttpRequest, ref: str, action: Action = Action.CASE_READ) -> Case:
    rows = Case.objects.visible_to(actor_of(request))
    rows = rows.select_related("opened_by", "approval__decided_by").filter(ref=ref)
    return row_of(request, action, rows, asked=ref)


def case_template(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    more = {**admin.site.each_context(request), **context}
    return render(request, f"admin/cases/{name}.html", more, status=status)
