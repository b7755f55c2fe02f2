"""The back office's pages of the rules of approval: one table, and a form for each line of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from access import approval_rules, approvals, gate
from access.action_roles import ROLES
from access.actions import Action
from access.admin_pages import CHANNEL, actor_of, enter, page, purpose_of
from access.approval_rules import Terms
from access.models import ApprovalRule
from access.vocabulary import STAFF_ROLES

READ, PROPOSE = Action.APPROVAL_READ, Action.APPROVAL_RULE_PROPOSE
_ROLES = [(role.value, role.label) for role in STAFF_ROLES]
_READERS = [(role.value, role.label) for role in STAFF_ROLES if role in ROLES[READ]]


class ApprovalRuleForm(forms.Form):
    requesters = forms.MultipleChoiceField(
        label=gettext_lazy("可申请的岗位"), choices=_ROLES, widget=forms.CheckboxSelectMultiple
    )
    approvers = forms.MultipleChoiceField(
        label=gettext_lazy("可复核的岗位"), choices=_READERS, widget=forms.CheckboxSelectMultiple
    )
    excluded = forms.MultipleChoiceField(
        label=gettext_lazy("须回避"),
        choices=ApprovalRule.Relation.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("申请人本人任何时候都不能复核，不必在此列出"),
    )
    needed = forms.IntegerField(label=gettext_lazy("需要几人复核"), min_value=1, max_value=5)
    step_up = forms.BooleanField(label=gettext_lazy("须二次验证"), required=False)
    cooling_days = forms.IntegerField(
        label=gettext_lazy("任职满几天方可复核"), min_value=0, max_value=90
    )
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=200)

    def terms(self) -> Terms:
        return Terms(**{name: self.cleaned_data[name] for name in approval_rules.TERMS})


@page("approvals/rules/", name="approval_rules", action=READ)
@require_safe
def table(request: HttpRequest) -> HttpResponse:
    rules = ApprovalRule.objects.in_force().select_related("approval").order_by("kind")
    known = [each for each in rules if each.kind in approvals.kinds]
    rows = [
        {
            "rule": each,
            "label": approvals.kinds[each.kind].label,
            "told": [said for _name, _label, said in approval_rules.told(vars(each))],
            "waiting": approval_rules.waiting(each.kind),
        }
        for each in known
    ]
    heads = [label for _name, label, _said in approval_rules.told(vars(known[0]))] if known else []
    may = gate.may(actor_of(request), PROPOSE)
    context = {"title": _("复核规则"), "rows": rows, "heads": heads, "may_change": may}
    return _template(request, "rules", context)


@page("approvals/rules/<slug:kind>/", name="approval_rule", action=PROPOSE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, kind: str) -> HttpResponse:
    actor = actor_of(request)
    if not gate.may(actor, PROPOSE):
        enter(request, PROPOSE)  # which refuses, and puts that on record
    rule = ApprovalRule.objects.in_force().filter(kind=kind).first()
    if rule is None or kind not in approvals.kinds:
        gate.refuse_unknown(
            actor, PROPOSE, asked=kind[:40], purpose=purpose_of(actor), channel=CHANNEL
        )
    enter(request, PROPOSE, row=kind)
    start = approval_rules.terms_of(rule)
    form = ApprovalRuleForm(request.POST if request.method == "POST" else None, initial=start)
    if form.is_bound and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            asked = approval_rules.propose(kind, form.terms(), reason=reason, actor=actor)
        except (approval_rules.TooFew, approval_rules.Pending, approvals.NotYoursToAsk) as error:
            form.add_error(None, str(error.message))
        else:
            return redirect("admin:approval", asked.ref)
    label = approvals.kinds[kind].label
    context = {"title": _("复核规则：%(what)s") % {"what": label}, "form": form, "rule": rule}
    return _template(request, "rule", context, status=422 if form.is_bound else 200)


def _template(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    more = {**admin.site.each_context(request), **context}
    return render(request, f"admin/approvals/{name}.html", more, status=status)
