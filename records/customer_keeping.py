"""Why a customer's data is still here, on her page in the back office; forms for missing and wrong days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

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
# That a customer was handed over to another insurer, the transfer says itself.
BY_HAND = [(code, label) for code, label in Trigger.choices if code != Trigger.HANDED_OVER]
GONE: Final = Subject.Status.DESTROYED


def panel(row: Customer, *, actor: Actor) -> dict[str, Any]:
    """For whoever may read of retention; an officer finds the way to the form as well."""
    if not gate.may(actor, Action.RETENTION_READ):
        return {}
    found: dict[str, Any] = {"kept": explaining.of_customer(row.pk, today=clock.local().date())}
    waiting = RetentionEvent.objects.filter(subject=row.pk, state=RetentionEvent.State.WAITING)
    found["waiting_days"] = waiting.select_related("approval")
    living = str(row.subject.status) != GONE
    if living and gate.may(actor, NOTE):
        found["note_url"] = reverse("admin:retention_event", args=[row.ref])
    return found


class DayForm(forms.Form):
    """A day, and how it is known."""

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
        help_text=gettext_lazy("从何得知；封存在日志里，须复核时复核人也看得到，不要写客户资料"),
        error_messages={"required": gettext_lazy("请写明理由")},
    )

    def clean_on(self) -> Any:
        day = self.cleaned_data["on"]
        if day > clock.local().date():
            raise forms.ValidationError(str(noting.NotYet.message))
        return day


class EventForm(DayForm):
    """Made for one customer: which event, of which of her ended policies, and on which day."""

    field_order = ("trigger", "policy", "on", "reason")

    trigger = forms.ChoiceField(label=gettext_lazy("事件"), choices=BY_HAND)
    policy = forms.ModelChoiceField(
        label=gettext_lazy("保单"),
        required=False,
        queryset=Policy.objects.none(),
        to_field_name="ref",
        empty_label=gettext_lazy("与保单无关"),
        help_text=gettext_lazy("合同终止须选一张已终止的保单"),
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
    customer = _customer_of(request, ref)
    form = EventForm(customer, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            noted = noting.note(customer, actor=actor_of(request), **form.cleaned_data)
        except (noting.Outweighed, noting.TooEarly) as error:
            form.add_error("on", str(error.message))
        else:
            return _done(request, customer, noted)
    enter(request, NOTE, row=customer.ref)
    context = {"title": _("登记起算日"), "form": form, "noted": _history(customer)}
    return _template(request, "event", customer, form, context)


@page("retention/notes/<uuid:note>/", name="retention_correction", action=NOTE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def correction(request: HttpRequest, note: UUID) -> HttpResponse:
    """Note that a day was noted wrongly."""
    rows = RetentionEvent.objects.filter(ref=note).exclude(subject__status=GONE)
    wrong = row_of(request, NOTE, rows.select_related("noted_by"), asked=str(note))
    customer = Customer.objects.visible_to(actor_of(request)).get(pk=wrong.subject_id)
    form = DayForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            noted = noting.correct(wrong, actor=actor_of(request), **form.cleaned_data)
        except (noting.SameDay, noting.TooEarly) as error:
            form.add_error("on", str(error.message))
        except noting.NotCounting as error:
            messages.error(request, error.message)
            return redirect("admin:retention_event", customer.ref)
        else:
            return _done(request, customer, noted)
    enter(request, NOTE, row=customer.ref)
    context = {"title": _("更正起算日"), "form": form, "wrong": _lines([wrong], customer)[0]}
    return _template(request, "correction", customer, form, context)


def _customer_of(request: HttpRequest, ref: str) -> Customer:
    visible = Customer.objects.visible_to(actor_of(request))
    living = visible.exclude(subject__status=GONE)
    found: Customer = row_of(request, NOTE, living.filter(ref=ref), asked=ref)
    return found


def _done(request: HttpRequest, customer: Customer, noted: RetentionEvent) -> HttpResponse:
    if noted.state == RetentionEvent.State.WAITING:
        messages.info(
            request, _("保存期限会因此缩短，已提交另一位合规官复核；在那之前仍以原日期为准。")
        )
        return redirect("admin:retention_event", customer.ref)
    messages.info(request, _("已登记，保存期限已重新核算。"))
    return redirect(f"{reverse('admin:records_customer_change', args=[customer.ref])}#why")


@dataclass(frozen=True)
class Line:
    """A note as a page shows it: of which policy, whether it counts, and what became of it."""

    event: RetentionEvent
    policy: str
    counts: bool
    correction: RetentionEvent | None  # that replaced it, or waits to

    @property
    def may_be_corrected(self) -> bool:
        return self.counts and self.correction is None


def _history(customer: Customer) -> list[Line]:
    rows = RetentionEvent.objects.filter(subject_id=customer.pk)
    related = ("noted_by", "approval__decided_by", "corrects")
    return _lines(rows.select_related(*related).order_by("noted_at", "pk"), customer)


def _lines(events: Iterable[RetentionEvent], customer: Customer) -> list[Line]:
    found = list(events)
    names = dict(Policy.objects.filter(subject_id=customer.pk).values_list("holding", "ref"))
    counting = set(RetentionEvent.objects.counting().filter(pk__in=[each.pk for each in found]))
    later = RetentionEvent.objects.filter(corrects__in=found)
    later = later.exclude(state=RetentionEvent.State.RETURNED).select_related("approval")
    corrections = {each.corrects_id: each for each in later}
    return [
        Line(each, names.get(each.holding, ""), each in counting, corrections.get(each.pk))
        for each in found
    ]


def _template(
    request: HttpRequest, name: str, customer: Customer, form: forms.Form, context: dict[str, Any]
) -> HttpResponse:
    more = {**admin.site.each_context(request), "customer": customer, **context}
    status = 422 if form.is_bound else 200
    return render(request, f"admin/retention/{name}.html", more, status=status)
