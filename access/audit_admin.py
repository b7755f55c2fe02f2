"""The back office's pages of the audits: each day's run with its report, and the rules with their numbers."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from access import audit_rule_changes, findings, gate
from access.actions import Action
from access.admin_pages import CHANNEL, actor_of, enter, page, purpose_of, row_of
from access.audits import reports
from access.audits.thresholds import DECLARED, NAMES
from access.audits.words import kind_of, numbers_in_words
from access.models import AuditReport, AuditRule, AuditRun, Finding
from custodian import clock

READ, PROPOSE = Action.FINDING_READ, Action.AUDIT_RULE_PROPOSE
SHOWN = 60
JUDGED = timedelta(days=180)
_WITHOUT_BODY = Prefetch("reports", AuditReport.objects.defer("body", "signature"))


@page("audits/", name="audits", action=READ)
@require_safe
def table(request: HttpRequest) -> HttpResponse:
    runs = list(AuditRun.objects.order_by("-day").prefetch_related(_WITHOUT_BODY)[:SHOWN])
    context = {
        "title": _("每日审计"),
        "rows": [(each, _share(each), _reports(each)) for each in runs],
        "shares": [_share(each) for each in reversed(runs)],
    }
    return _template(request, "table", context)


def _reports(run: AuditRun) -> list[AuditReport]:
    return sorted(run.reports.all(), key=lambda each: each.language, reverse=True)


def _share(run: AuditRun) -> float:
    return run.unexplained / run.sights if run.sights else 0.0


@page("audits/rules/", name="audit_rules", action=READ)
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    since = clock.now() - JUDGED
    found = Counter(Finding.objects.filter(found_at__gte=since).values_list("kind", flat=True))
    rows = [_row(each, found, since) for each in _in_order()]
    may = gate.may(actor_of(request), PROPOSE)
    context = {"title": _("审计规则"), "rows": rows, "may_change": may}
    return _template(request, "rules", context)


def _in_order() -> list[AuditRule]:
    order = list(DECLARED)
    held = AuditRule.objects.in_force().filter(code__in=order).select_related("approval")
    return sorted(held, key=lambda each: order.index(each.code))


def _row(rule: AuditRule, found: Counter[str], since: Any) -> dict[str, Any]:
    kind = kind_of(rule.code)
    judged = Finding.objects.filter(kind=kind, found_at__gte=since).exclude(verdict="")
    held, all_judged = findings.precision(judged)
    return {
        "rule": rule,
        "label": DECLARED[rule.code].label,
        "looks_for": DECLARED[rule.code].looks_for,
        "numbers": numbers_in_words(rule.thresholds),
        "found": found[kind],
        "held": held,
        "judged": all_judged,
        "share": held / all_judged if all_judged else None,
        "waiting": audit_rule_changes.waiting(rule.code),
    }


class RuleForm(forms.Form):
    """Made for one rule: its numbers by name, its severity, and whether it is applied at all."""

    enabled = forms.BooleanField(label=gettext_lazy("启用"), required=False)
    severity = forms.ChoiceField(label=gettext_lazy("级别"), choices=Finding.Severity)

    def __init__(self, rule: AuditRule, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, value in DECLARED[rule.code].numbers.items():
            self.fields[name] = forms.FloatField(
                label=str(NAMES[name]),
                min_value=0,
                max_value=100 if name in {"share", "steady", "unit_share"} else 100_000,
                initial=rule.thresholds.get(name, value),
                help_text=_("本公司默认 %(n)s") % {"n": f"{value:g}"},
            )
        self.fields["reason"] = forms.CharField(label=_("理由"), max_length=200)
        self.numbers = list(DECLARED[rule.code].numbers)

    def terms(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "enabled": said["enabled"],
            "severity": said["severity"],
            "thresholds": {name: _whole(said[name]) for name in self.numbers},
        }


def _whole(number: float) -> float:
    return int(number) if number == int(number) else number


@page("audits/rules/<str:code>/", name="audit_rule", action=PROPOSE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, code: str) -> HttpResponse:
    rows = AuditRule.objects.in_force().filter(code=code, code__in=DECLARED)
    rule, actor = row_of(request, PROPOSE, rows, asked=code), actor_of(request)
    enter(request, PROPOSE, row=code)
    start = {"enabled": rule.enabled, "severity": rule.severity}
    form = RuleForm(rule, request.POST if request.method == "POST" else None, initial=start)
    if form.is_bound and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            asked = audit_rule_changes.propose(rule, form.terms(), reason=reason, actor=actor)
        except (audit_rule_changes.Unchanged, audit_rule_changes.Pending) as error:
            form.add_error(None, str(error.message))
        else:
            return redirect("admin:approval", asked.ref)
    declared = DECLARED[code]
    context = {
        "title": _("修改审计规则：%(rule)s") % {"rule": declared.label},
        "form": form,
        "looks_for": declared.looks_for,
    }
    return _template(request, "edit", context, status=422 if form.is_bound else 200)


@page(
    "audits/reports/<uuid:ref>.pdf",
    name="audit_report",
    action=Action.AUDIT_REPORT_TAKE,
    logs_itself=True,
)
@require_safe
def report(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The signed file; its signature comes in a header, its hash stands in the log."""
    rows = AuditReport.objects.select_related("run").filter(ref=ref)
    made, actor = row_of(request, Action.AUDIT_REPORT_TAKE, rows, asked=ref), actor_of(request)
    body = reports.take(made, channel=CHANNEL, purpose=purpose_of(actor), actor=actor)
    response = HttpResponse(body, content_type="application/pdf")
    name = f"custodian-audit-{made.run.day.isoformat()}-{made.language}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Custodian-Signature"] = bytes(made.signature).hex()
    return response


def _template(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    more = {**admin.site.each_context(request), **context}
    return render(request, f"admin/audits/{name}.html", more, status=status)
