"""The back office's part in bundles: an officer orders one inside a case, and takes away his own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from access import cases, gate
from access.actions import Action
from access.actors import Actor
from access.admin_pages import CHANNEL, actor_of, enter, page, purpose_of
from access.bundle_files import BundleForm, attachment, bundle_of
from access.bundles import jobs
from access.case_admin import case_of, case_template
from access.models import Case, User
from access.vocabulary import Role


class OrderForm(BundleForm):
    """The same question, and for whom: the officer himself, or somebody of the case."""

    recipient = forms.ModelChoiceField(
        label=gettext_lazy("接收人"),
        queryset=User.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        help_text=gettext_lazy("取证包带有接收人的姓名，只有接收人能下载"),
    )
    field_order = ("recipient",)

    def __init__(self, case: Case, actor: Actor, data: Any = None) -> None:
        super().__init__(case, data)
        people = User.objects.filter(
            pk__in=[actor.id or 0, *case.guests.values_list("pk", flat=True)]
        )
        self.fields["recipient"].queryset = people.order_by("staff_no")  # type: ignore[attr-defined]
        self.initial["recipient"] = actor.id


@page("cases/<str:ref>/bundle/", name="case_bundle", action=Action.BUNDLE_PREPARE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: HttpRequest, ref: str) -> HttpResponse:
    actor = _officer(request, Action.BUNDLE_PREPARE)
    case = case_of(request, ref, action=Action.BUNDLE_PREPARE)
    enter(request, Action.CASE_READ, row=case.ref)
    if not Case.objects.open().filter(pk=case.pk).exists():
        raise cases.NotOpen
    form = OrderForm(case, actor, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        jobs.request(
            case,
            form.criteria(),
            recipient=form.cleaned_data["recipient"],
            language=get_language() or "zh-hans",
            channel=CHANNEL,
            actor=actor,
        )
        messages.info(request, _("已申请。备好后接收人可以下载。"))
        return redirect("admin:case", case.ref)
    context = {"title": _("申请取证包"), "case": case, "form": form}
    return case_template(request, "bundle", context, status=422 if form.is_bound else 200)


@page(
    "bundles/<uuid:ref>/download/",
    name="bundle_download",
    action=Action.BUNDLE_TAKE,
    logs_itself=True,
)
@require_POST
def download(request: HttpRequest, ref: UUID) -> HttpResponseBase:
    actor = _officer(request, Action.BUNDLE_TAKE)
    found = bundle_of(ref, actor, purpose=purpose_of(actor), channel=CHANNEL)
    return attachment(found, jobs.take(found, channel=CHANNEL, actor=actor))


def _officer(request: HttpRequest, action: Action) -> Actor:
    """Guests of a case have their own place; here it is those who opened it."""
    actor = actor_of(request)
    if actor.role is not Role.COMPLIANCE_OFFICER:
        gate.refuse(actor, action, because="role-not-covered", channel=CHANNEL)
    return actor
