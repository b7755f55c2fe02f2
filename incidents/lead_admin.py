"""The page where a case that nobody leads any more gets a new lead, by two people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from access import gate, proposals
from access.action_roles import ROLES
from access.actions import Action
from access.admin_pages import Headline, actor_of, enter, headlines, page
from access.models import Approval, User
from incidents.case_frame import template
from incidents.cases import adopting
from transfers.admin_frame import done

OPEN = Action.INCIDENT_OPEN


class AdoptForm(forms.Form):
    use_required_attribute = False
    incident = forms.ChoiceField(
        label=gettext_lazy("哪个事件"),
        error_messages={
            "required": gettext_lazy("请选择事件"),
            "invalid_choice": gettext_lazy("这个事件有负责人了，请重新打开本页"),
        },
    )
    person = forms.ModelChoiceField(
        label=gettext_lazy("新负责人"),
        queryset=User.objects.none(),
        to_field_name="ref",
        empty_label=gettext_lazy("请选择"),
        error_messages={
            "required": gettext_lazy("请选择人员"),
            "invalid_choice": gettext_lazy("请从列表中选择"),
        },
    )
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=200,
        help_text=gettext_lazy("为什么由他负责；请勿写事件内容"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("请写明理由")},
    )

    def __init__(self, rows: list[adopting.Leaderless], data: Any = None) -> None:
        super().__init__(data)
        cases: Any = self.fields["incident"]
        cases.choices = [(each.code, each.code) for each in rows]
        person: Any = self.fields["person"]
        roles = sorted(ROLES[Action.INCIDENT_LEAD])
        person.queryset = User.objects.filter(is_active=True, role__in=roles).order_by("staff_no")


@page("incident-leads/", name="incident_leads", action=OPEN, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def leads(request: HttpRequest) -> HttpResponse:
    actor, posts = actor_of(request), request.method == "POST"
    rows = adopting.found()
    form = AdoptForm(rows, request.POST if posts else None)
    status = 422 if posts else 200
    if posts and form.is_valid():
        said = form.cleaned_data
        ok, status = done(
            form,
            lambda: adopting.ask(
                said["incident"], said["person"], reason=said["reason"], actor=actor
            ),
        )
        if ok:
            messages.success(request, _("已提交，由另一人复核；批准后他能看到这个事件"))
            return redirect("admin:incident_leads")
    enter(request, OPEN)
    context = {
        "title": _("没有负责人的事件"),
        "rows": [(each, _waiting(each.code)) for each in rows],
        "form": form if rows else None,
    }
    return template(request, "leads", context, status=status)


def _waiting(code: str) -> Approval | None:
    return proposals.waiting(adopting.KIND, incident=code)


def nobody_leads(request: HttpRequest) -> Headline | None:
    if not gate.may(actor_of(request), OPEN):
        return None
    found = [each for each in adopting.found() if _waiting(each.code) is None]
    if not found:
        return None
    words = ngettext(
        "%(count)s 个事件没有负责人，时限照常在走。",
        "%(count)s 个事件没有负责人，时限照常在走。",
        len(found),
    ) % {"count": f"{len(found):,}"}
    detail = _("负责人都已离职或停用；由两人指定一名新的。")
    return Headline(60, words, detail, reverse("admin:incident_leads"), _("指定负责人"))


headlines.append(nobody_leads)
