"""The back office's pages of quotas: the table with its three steps, and a form for each line."""

from __future__ import annotations

import itertools
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from access import gate, quota_changes
from access.actions import Action
from access.admin_pages import actor_of, enter, page, row_of
from access.models import Quota
from access.quota_words import counted, window
from access.vocabulary import STAFF_ROLES, Role

READ, PROPOSE = Action.QUOTA_READ, Action.QUOTA_PROPOSE
_STEPS: dict[str, Any] = {"required": False, "min_value": 1, "max_value": 10_000_000}


class StepsForm(forms.Form):
    warn = forms.IntegerField(
        label=gettext_lazy("放慢"),
        help_text=gettext_lazy("超过后，每看一位新客户须隔几秒；不填即不放慢"),
        **_STEPS,
    )
    finding = forms.IntegerField(
        label=gettext_lazy("报告"),
        help_text=gettext_lazy("达到后，合规官收到审计发现；不填即不报告"),
        **_STEPS,
    )
    block = forms.IntegerField(
        label=gettext_lazy("停止"),
        help_text=gettext_lazy("超过后不再显示新的客户；不填即不停止"),
        **_STEPS,
    )
    pace = forms.IntegerField(label=gettext_lazy("放慢后的间隔（秒）"), min_value=1, max_value=300)
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=200)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        steps = [(name, said.get(name)) for name in ("warn", "finding", "block")]
        given = [(name, value) for name, value in steps if value is not None]
        for (_before, low), (name, high) in itertools.pairwise(given):
            if high < low:
                self.add_error(name, _("三步须依次不减：放慢 ≤ 报告 ≤ 停止"))
        if not given and not self.errors:
            self.add_error("warn", _("至少填一步"))
        return said

    def steps(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in quota_changes.STEPS}


class NewQuotaForm(StepsForm):
    role = forms.ChoiceField(
        label=gettext_lazy("岗位"),
        choices=[
            ("", gettext_lazy("所有岗位")),
            *((each.value, each.label) for each in STAFF_ROLES),
        ],
        required=False,
    )
    measure = forms.ChoiceField(label=gettext_lazy("计数"), choices=Quota.Measure)
    harm = forms.ChoiceField(
        label=gettext_lazy("信息类别"),
        required=False,
        choices=[
            ("", gettext_lazy("看过的都算，含掩码")),
            *(Quota._meta.get_field("harm").choices or []),
        ],
    )
    hours = forms.IntegerField(
        label=gettext_lazy("时段（小时）"),
        required=False,
        min_value=1,
        max_value=24 * 366,
        help_text=gettext_lazy("例如 24 或 720；不填即累计"),
    )
    field_order = ("role", "measure", "harm", "hours", *quota_changes.STEPS, "reason")

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if said.get("harm") and said.get("measure") == Quota.Measure.REVEALS:
            self.add_error("harm", _("揭示次数不分信息类别，请选“不同客户”或清空类别"))
        return said

    def counts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in quota_changes.COUNTS}


@page("quotas/", name="quotas", action=READ)
@require_safe
def table(request: HttpRequest) -> HttpResponse:
    order = {role: place for place, role in enumerate(["", *Role])}
    rows = [
        {
            "quota": each,
            "who": Role(each.role).label if each.role else _("所有岗位"),
            "window": window(each.hours),
            "counted": counted(each.measure, each.harm),
            "waiting": quota_changes.waiting(each.code),
        }
        for each in sorted(
            Quota.objects.in_force().select_related("approval"),
            key=lambda each: (
                order[each.role],
                each.measure,
                each.hours or 10**9,
                each.block or 10**9,
            ),
        )
    ]
    may = gate.may(actor_of(request), PROPOSE)
    context = {"title": _("查询限额"), "rows": rows, "may_change": may}
    return _template(request, "table", context)


@page("quotas/new/", name="quota_new", action=PROPOSE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    enter(request, PROPOSE)
    form = NewQuotaForm(request.POST if request.method == "POST" else None, initial={"pace": 5})
    return _edit(request, form, None, _("新增限额"))


@page("quotas/<str:code>/", name="quota", action=PROPOSE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, code: str) -> HttpResponse:
    quota = row_of(request, PROPOSE, Quota.objects.in_force().filter(code=code), asked=code)
    enter(request, PROPOSE, row=code)
    start = quota_changes.terms_of(quota)
    form = StepsForm(request.POST if request.method == "POST" else None, initial=start)
    return _edit(request, form, quota, _("修改限额 %(code)s") % {"code": code})


def _edit(request: HttpRequest, form: StepsForm, base: Quota | None, title: str) -> HttpResponse:
    if form.is_bound and form.is_valid():
        counts = form.counts() if isinstance(form, NewQuotaForm) else _counts(base)
        terms = {**counts, **form.steps()}
        try:
            reason = form.cleaned_data["reason"]
            asked = quota_changes.propose(terms, base=base, reason=reason, actor=actor_of(request))
        except (quota_changes.Unchanged, quota_changes.Pending) as error:
            form.add_error(None, str(error.message))
        else:
            return redirect("admin:approval", asked.ref)
    scope = quota_changes.scope_words(quota_changes.terms_of(base)) if base else ""
    context = {"title": title, "form": form, "scope": scope}
    return _template(request, "edit", context, status=422 if form.is_bound else 200)


def _counts(base: Quota | None) -> dict[str, Any]:
    terms = quota_changes.terms_of(base) if base else {}
    return {name: terms[name] for name in quota_changes.COUNTS}


def _template(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    more = {**admin.site.each_context(request), **context}
    return render(request, f"admin/quotas/{name}.html", more, status=status)
