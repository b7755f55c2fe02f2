"""The back office's page on which an administrator pastes who reports to whom."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from access import reporting_lines
from access.actions import Action
from access.admin_pages import CHANNEL, actor_of, enter, page
from access.models import User
from access.reporting_lines import Unreadable

SHOWN = 200


class ReportingLinesForm(forms.Form):
    table = forms.CharField(
        label=gettext_lazy("表格"),
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "从电子表格复制，或粘贴 csv；首行“工号”和“上级工号”，上级留空即没有上级。"
            "很大的文件请用命令行导入"
        ),
    )

    def clean_table(self) -> list[reporting_lines.Row]:
        try:
            return reporting_lines.read(self.cleaned_data["table"])
        except Unreadable as error:
            raise forms.ValidationError(str(error.message)) from None


@page(
    "people/reporting-lines/", name="reporting_lines", action=Action.USER_CHANGE, logs_itself=True
)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    enter(request, Action.USER_CHANGE)
    asked = request.method == "POST"
    form = ReportingLinesForm(request.POST if asked else None)
    report = None
    if asked and form.is_valid():
        report = reporting_lines.take_over(
            form.cleaned_data["table"], channel=CHANNEL, actor=actor_of(request)
        )
    people = User.objects.filter(is_active=True)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("导入上下级关系"),
        "form": form,
        "here": "admin:access_user_changelist",
        "report": report,
        "refused": report.refused[:SHOWN] if report else [],
        "people": people.count(),
        "without": people.filter(manager=None).count(),
    }
    wrong = asked and report is None
    return render(request, "admin/reporting_lines.html", context, status=422 if wrong else 200)
