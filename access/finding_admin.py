"""The back office's page of one finding: why it was found, the evidence, the person's answer, the verdict."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from access import findings, gate
from access.actions import Action
from access.admin_pages import CHANNEL, actor_of, enter, page, row_of
from access.audits.thresholds import DECLARED
from access.audits.words import numbers_in_words, rule_of
from access.models import AuditRule, Entry, Finding, User
from access.querylog.telling import sentence, tell
from access.vocabulary import Role
from custodian import clock

READ, DECIDE, ASK = Action.FINDING_READ, Action.FINDING_DECIDE, Action.FINDING_ASK
SHOWN = 50
OFFICES = (Role.COMPLIANCE_OFFICER, Role.SECURITY_OFFICER)


class VerdictForm(forms.Form):
    verdict = forms.ChoiceField(
        label=gettext_lazy("定性"), choices=Finding.Verdict, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=gettext_lazy("说明"),
        max_length=300,
        help_text=gettext_lazy("写明依据，不写客户资料"),
    )


class OwnerForm(forms.Form):
    owner = forms.ModelChoiceField(
        label=gettext_lazy("负责人"), queryset=User.objects.none(), to_field_name="ref"
    )

    def __init__(self, finding: Finding, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["owner"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  as declared above
        field.queryset = User.objects.filter(role__in=OFFICES, is_active=True).exclude(
            pk=finding.operator_id or 0
        )


@page("findings/<uuid:ref>/", name="finding", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def finding_page(request: HttpRequest, ref: UUID) -> HttpResponse:
    action = DECIDE if request.method == "POST" else READ
    finding = _finding_of(request, ref, action)
    if request.method == "POST":
        return _act(request, finding)
    enter(request, READ, row=str(finding.ref))
    return _page(request, finding, VerdictForm())


def _finding_of(request: HttpRequest, ref: UUID, action: Action) -> Finding:
    rows = Finding.objects.select_related("operator__unit", "owner", "decided_by", "run")
    return row_of(request, action, rows.filter(ref=ref), asked=ref)


def _act(request: HttpRequest, finding: Finding) -> HttpResponse:
    """One of three: ask the person, say who sees to it, judge."""
    act = request.POST.get("act", "decide")
    try:
        if act == "ask":
            findings.ask(finding, channel=CHANNEL, actor=actor_of(request))
            messages.info(request, _("已请本人说明。"))
        elif act == "own":
            return _own(request, finding)
        else:
            return _decide(request, finding)
    except findings.Decided as error:
        messages.error(request, str(error.message))
    return redirect("admin:finding", finding.ref)


def _own(request: HttpRequest, finding: Finding) -> HttpResponse:
    form = OwnerForm(finding, request.POST)
    if form.is_valid():
        owner = form.cleaned_data["owner"]
        findings.own(finding, owner, channel=CHANNEL, actor=actor_of(request))
        messages.info(request, _("已交由 %(who)s 处理。") % {"who": owner})
        return redirect("admin:finding", finding.ref)
    return _page(request, finding, VerdictForm(), owner=form, status=422)


def _decide(request: HttpRequest, finding: Finding) -> HttpResponse:
    form = VerdictForm(request.POST)
    if not form.is_valid():
        return _page(request, finding, form, status=422)
    said = form.cleaned_data
    findings.decide(
        finding, said["verdict"], note=said["note"], channel=CHANNEL, actor=actor_of(request)
    )
    messages.info(request, _("已定性。"))
    return redirect("admin:finding", finding.ref)


def _page(
    request: HttpRequest,
    finding: Finding,
    form: VerdictForm,
    *,
    owner: OwnerForm | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = actor_of(request)
    is_open = finding.status == Finding.Status.OPEN
    about = finding.operator_id is not None and finding.operator_id == actor.id
    may = gate.may(actor, DECIDE) and is_open and not about
    context = {
        **admin.site.each_context(request),
        "title": finding.words,
        "finding": finding,
        "rule": _rule(finding),
        "looks": _looks(finding),
        "more": max(0, len(finding.entries) - SHOWN),
        "late": is_open and finding.due_at is not None and finding.due_at < clock.now(),
        "earlier": _earlier(finding),
        "form": form,
        "owner_form": owner or OwnerForm(finding),
        "may_decide": may,
        "may_ask": may and finding.operator_id is not None and finding.asked_at is None,
        "about_you": about,
        "may_raise_risk": gate.may(actor, Action.RISK_WORK) and not about,
    }
    return render(request, "admin/finding.html", context, status=status)


def _rule(finding: Finding) -> dict[str, Any] | None:
    """What the rule looks for and the numbers with which it found this."""
    code = rule_of(finding.kind)
    if code not in DECLARED:
        return None
    version = finding.facts.get("version")
    held = AuditRule.objects.filter(code=code).order_by("-version")
    row = held.filter(version=version).first() or held.first()
    return {
        "code": code,
        "label": DECLARED[code].label,
        "looks_for": DECLARED[code].looks_for,
        "numbers": numbers_in_words(row.thresholds) if row else "",
        "version": row.version if row else "",
    }


def _looks(finding: Finding) -> list[tuple[int, Any, Any]]:
    rows = Entry.objects.filter(id__in=finding.entries[:SHOWN]).order_by("id")
    return [(each.entry.id, each.at, sentence(each)) for each in tell(rows)]


def _earlier(finding: Finding) -> Any:
    if finding.operator_id is None:
        return Finding.objects.none()
    rows = Finding.objects.filter(operator_id=finding.operator_id).exclude(pk=finding.pk)
    return rows.order_by("-found_at")[:8]
