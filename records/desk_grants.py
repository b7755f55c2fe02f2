"""The desk's page of time-boxed grants: what one has asked for and has, and asking for more."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from access import gate, grants, work_items
from access.actions import Action
from access.actors import Actor
from access.models import Grant, WorkItem
from custodian import clock
from records import purposes, references
from records.desk_pages import CHANNEL, desk_page, frame

SHOWN = 30
BODY = ("customers", "purpose", "reason", "until")


class GrantForm(forms.Form):
    customers = forms.CharField(
        label=_("客户编号"),
        max_length=600,
        help_text=_("例如 c-7K2M-41PD-9QX；最多 20 个，用空格分开"),
    )
    purpose = forms.ChoiceField(label=_("用途"))
    reason = forms.CharField(
        label=_("理由"), max_length=200, help_text=_("复核的人会看到；不要写客户资料")
    )
    until = forms.DateField(label=_("至"), help_text=_("当天 24 时结束；最多 14 天"))

    def __init__(self, data: Any = None, *, offered: Any = ()) -> None:
        super().__init__(data)
        choices = [(each.value, each.label) for each in offered]
        self.fields["purpose"].choices = choices  # type: ignore[attr-defined]

    def clean_customers(self) -> list[str]:
        words = dict.fromkeys(re.split(r"[\s,，、;；]+", self.cleaned_data["customers"].strip()))
        known = [references.read(each, kind="c") for each in words]
        if wrong := [each for each, ref in zip(words, known, strict=True) if ref is None]:
            raise forms.ValidationError(
                _("编号写得不对：%(ref)s。请逐字核对"), params={"ref": wrong[0][:20]}
            )
        if len(known) > grants.MOST:
            raise forms.ValidationError(_("一次最多 20 个"))
        return [ref for ref in known if ref]

    def clean_until(self) -> datetime:
        day: date = self.cleaned_data["until"]
        end = datetime.combine(day + timedelta(days=1), time(), clock.OFFICE)
        if not clock.now() < end <= clock.now() + grants.LONGEST:
            raise forms.ValidationError(_("请填今天起 14 天以内的日期"))
        return end


class WorkGrantForm(GrantForm):
    """For the customer of one's own work, whose number one need not know."""

    customers = None  # type: ignore[assignment]

    field_order = ("purpose", "reason", "until")


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(body=BODY)
def ask(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    _may(actor)
    offered = purposes.offered(actor, channel=CHANNEL)
    form = GrantForm(request.POST if request.method == "POST" else None, offered=offered)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        grants.request(
            said["customers"],
            purpose=said["purpose"],
            reason=said["reason"],
            until=said["until"],
            actor=actor,
        )
        messages.info(request, _("已提交。复核后，这些客户中存在的会出现在“我的客户”里。"))
        return redirect("desk:grants")
    return _page(request, form, actor)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(body=BODY)
def ask_for(request: HttpRequest, *, ref: UUID, actor: Actor) -> HttpResponse:
    """Ask for the customer of one's own work, for as long as it is open."""
    _may(actor)
    item = work_items.own(ref, actor=actor)
    offered = work_items.purposes_of(item, purposes.offered(actor, channel=CHANNEL))
    form = WorkGrantForm(request.POST if request.method == "POST" else None, offered=offered)
    if form.is_bound and form.is_valid():
        try:
            grants.request_for(item, **form.cleaned_data, actor=actor)
        except grants.NotForThisWork as late:
            messages.warning(request, late.message)
        else:
            messages.info(request, _("已提交。复核后即可从“待办”打开客户；事项办结，授权即止。"))
        return redirect("desk:work")
    return _page(request, form, actor, item)


def _may(actor: Actor) -> None:
    if not gate.may(actor, Action.GRANT_REQUEST):
        gate.permit(actor, Action.GRANT_REQUEST, purpose="", channel=CHANNEL)


def _page(
    request: HttpRequest, form: GrantForm, actor: Actor, item: WorkItem | None = None
) -> HttpResponse:
    asked = Grant.objects.filter(user_id=actor.id or 0).select_related("item")
    context = {
        **frame(actor),
        "title": _("临时授权"),
        "form": form,
        "item": item,
        "rows": [_row(each) for each in asked[:SHOWN]],
    }
    return render(request, "desk/grants.html", context, status=422 if form.is_bound else 200)


def _row(grant: Grant) -> dict[str, Any]:
    over = grant.status == Grant.Status.OPEN and grant.until <= clock.now()
    tones = {"open": "ok", "waiting": "warn", "returned": "danger"}
    return {
        "grant": grant,
        "state": _("已到期") if over else grant.get_status_display(),
        "tone": "" if over else tones.get(grant.status, ""),
    }
