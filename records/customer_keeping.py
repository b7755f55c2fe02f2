"""Why a customer's data is still here, on her page in the back office; and the form for a missing day."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from access import gate
from access.actions import Action
from access.actors import Actor
from access.admin_pages import actor_of, enter, page, row_of
from access.models import Subject
from custodian import clock
from records.models import Customer, Policy, RetentionEvent
from records.retention import explaining, noting

NOTE: Final = Action.RETENTION_NOTE
Trigger = RetentionEvent.Trigger


def panel(row: Customer, *, actor: Actor) -> dict[str, Any]:
    """For whoever may read of retention; an officer finds the way to the form as well."""
    if not gate.may(actor, Action.RETENTION_READ):
        return {}
    found: dict[str, Any] = {"kept": explaining.of_customer(row.pk, today=clock.local().date())}
    living = str(row.subject.status) != Subject.Status.DESTROYED
    if living and gate.may(actor, NOTE):
        found["note_url"] = reverse("admin:retention_event", args=[row.ref])
    return found


class EventForm(forms.Form):
    """Made for one customer: which event, of which of her ended policies, and on which day."""

    trigger = forms.ChoiceField(label=gettext_lazy("事件"), choices=Trigger)
    policy = forms.ModelChoiceField(
        label=gettext_lazy("保单"),
        required=False,
        queryset=Policy.objects.none(),
        to_field_name="ref",
        empty_label=gettext_lazy("与保单无关"),
        help_text=gettext_lazy("合同终止须选一张已终止的保单"),
    )
    on = forms.DateField(
        label=gettext_lazy("日期"),
        help_text=gettext_lazy("例如 2015-03-01；不晚于今天"),
        error_messages={
            "required": gettext_lazy("请填写日期"),
            "invalid": gettext_lazy("请按年-月-日填写，例如 2015-03-01"),
        },
    )
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=200,
        help_text=gettext_lazy("从何得知；封存在日志里，不要写客户资料"),
        error_messages={"required": gettext_lazy("请写明理由")},
    )

    def __init__(self, customer: Customer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ended = Policy.objects.filter(
            subject_id=customer.pk, status=Policy.Status.TERMINATED
        ).order_by("ref")
        chosen: Any = self.fields["policy"]
        chosen.queryset = ended
        only = list(ended[:2])
        if len(only) == 1:
            chosen.initial = only[0].ref
        chosen.label_from_instance = lambda policy: policy.ref

    def clean_on(self) -> Any:
        day = self.cleaned_data["on"]
        if day > clock.local().date():
            raise forms.ValidationError(str(noting.NotYet.message))
        return day

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        ends = said.get("trigger") == Trigger.CONTRACT_TERMINATED
        if "policy" in said and ends != (said["policy"] is not None):
            self.add_error(
                "policy",
                _("请选择已终止的保单") if ends else _("这个事件与保单无关，请改选“与保单无关”"),
            )
        return said


@page("retention/events/<str:ref>/", name="retention_event", action=NOTE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def event(request: HttpRequest, ref: str) -> HttpResponse:
    """Note from which day a customer's data counts."""
    actor = actor_of(request)
    visible = Customer.objects.visible_to(actor).exclude(subject__status=Subject.Status.DESTROYED)
    customer = row_of(request, NOTE, visible.filter(ref=ref), asked=ref)
    posted = request.POST if request.method == "POST" else None
    form = EventForm(customer, posted)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        noting.note(customer, actor=actor, **said)
        messages.info(request, _("已登记，保存期限已重新核算。"))
        return redirect(f"{reverse('admin:records_customer_change', args=[customer.ref])}#why")
    enter(request, NOTE, row=customer.ref)
    noted = RetentionEvent.objects.filter(subject_id=customer.pk).select_related("noted_by")
    names = dict(Policy.objects.filter(subject_id=customer.pk).values_list("holding", "ref"))
    context = {
        **admin.site.each_context(request),
        "title": _("登记起算日"),
        "customer": customer,
        "form": form,
        "noted": [(each, names.get(each.holding, "")) for each in noted],
    }
    status = 422 if form.is_bound else 200
    return render(request, "admin/retention/event.html", context, status=status)
