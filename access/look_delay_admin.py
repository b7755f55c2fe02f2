"""The back office's pages of delays: what is kept back from customers, asking for it, releasing it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import gate
from access.actions import Action
from access.admin_pages import actor_of, enter, page, row_of
from access.models import DelayedLook, Entry, User
from access.own_looks import delays
from access.own_looks.approving import which
from access.querylog.telling import sentence, tell
from custodian import clock

READ, ASK, RELEASE = Action.LOOK_DELAY_READ, Action.LOOK_DELAY_ASK, Action.LOOK_DELAY_RELEASE
PAGE = "admin:look_delay"
SHOWN = 200
Status = DelayedLook.Status
TONES = {Status.ASKED: "warn", Status.OPEN: "info", Status.RELEASED: "ok", Status.RETURNED: ""}


class DelayForm(forms.Form):
    """For one entry, or for all looks of whoever made it on some days."""

    scope = forms.ChoiceField(
        label=gettext_lazy("延后哪些查看"),
        choices=(
            ("entry", gettext_lazy("只这一条")),
            ("operator", gettext_lazy("这位操作人在一段日子里的全部查看")),
        ),
        widget=forms.RadioSelect,
        initial="entry",
        error_messages={"required": gettext_lazy("请选延后哪些查看")},
    )
    first = forms.DateField(
        label=gettext_lazy("从"), required=False, help_text=gettext_lazy("例如 2026-11-23")
    )
    last = forms.DateField(
        label=gettext_lazy("到"), required=False, help_text=gettext_lazy("含这一天")
    )
    until = forms.DateField(
        label=gettext_lazy("延后至"),
        help_text=gettext_lazy("到这一天结束；到期自动显示"),
        error_messages={"required": gettext_lazy("请填写日期")},
    )
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=200,
        help_text=gettext_lazy("密封保存，只有复核人能看到；不要写客户资料"),
        error_messages={"required": gettext_lazy("请写明理由")},
    )

    def clean_until(self) -> datetime:
        until = _end(self.cleaned_data["until"])
        if not clock.now() < until <= clock.now() + delays.longest():
            raise forms.ValidationError(str(delays.TooLong.message))
        return until

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("scope") == "operator":
            first, last = said.get("first"), said.get("last")
            if not first or not last or last < first:
                self.add_error("first", _("请填写起止日期，止不早于起"))
        return said

    def scoped(self, entry: Entry, person: User | None) -> delays.Scope:
        said = self.cleaned_data
        if said["scope"] == "entry" or person is None:
            return delays.Scope(entry=entry.id)
        return delays.Scope(operator=person, since=_begin(said["first"]), until=_end(said["last"]))


@page("look-delays/", name="look_delays", action=READ)
@require_safe
def table(request: HttpRequest) -> HttpResponse:
    rows = DelayedLook.objects.select_related("operator", "asked_by")[:SHOWN]
    context = {
        "title": _("延后显示"),
        "rows": [(each, which(delays.content(each)), *_state(each)) for each in rows],
    }
    return _template(request, "table", context)


@page("look-delays/new/<int:index>/", name="look_delay_new", action=ASK, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, index: int) -> HttpResponse:
    rows = Entry.objects.filter(id=index if index < 2**62 else -1)
    entry = row_of(request, ASK, rows, asked=f"#{index}")
    form = DelayForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        person = User.objects.filter(ref=entry.actor).first() if entry.actor else None
        said = form.cleaned_data
        delay = delays.ask(
            form.scoped(entry, person),
            until=said["until"],
            reason=said["reason"],
            actor=actor_of(request),
        )
        messages.info(request, _("已提交；另一位同意之后才延后，在那以前客户照常看到。"))
        return redirect(PAGE, delay.ref)
    enter(request, ASK, entry=index)
    context = {
        "title": _("延后向客户显示"),
        "form": form,
        "entry": entry,
        "sentence": sentence(tell([entry])[0]),
        "days": delays.longest().days,
    }
    return _template(request, "new", context, status=422 if form.is_bound else 200)


@page("look-delays/<uuid:ref>/", name="look_delay", action=READ, logs_itself=True)
@require_safe
def delay_page(request: HttpRequest, ref: UUID) -> HttpResponse:
    delay = _delay(request, ref, READ)
    enter(request, READ, row=str(delay.ref))
    state, tone = _state(delay)
    context = {
        "title": _("延后显示"),
        "delay": delay,
        "which": which(delays.content(delay)),
        "state": state,
        "tone": tone,
        "may_release": delay.status == Status.OPEN
        and delay.until > clock.now()
        and gate.may(actor_of(request), RELEASE),
    }
    return _template(request, "delay", context)


@page(
    "look-delays/<uuid:ref>/release/", name="look_delay_release", action=RELEASE, logs_itself=True
)
@require_POST
def release(request: HttpRequest, ref: UUID) -> HttpResponse:
    delay = _delay(request, ref, RELEASE)
    try:
        delays.release(delay, actor=actor_of(request))
    except delays.NotOpen as error:
        messages.error(request, str(error.message))
    else:
        messages.info(request, _("已放行，客户现在能看到，并注明因调查延后。"))
    return redirect(PAGE, ref)


def _delay(request: HttpRequest, ref: UUID, action: Action) -> DelayedLook:
    rows = DelayedLook.objects.select_related("operator", "asked_by", "approval__decided_by")
    return row_of(request, action, rows.filter(ref=ref), asked=ref)


def _state(delay: DelayedLook) -> tuple[Any, str]:
    if delay.status == Status.OPEN and delay.until <= clock.now():
        return _("已到期，已显示"), "ok"
    return Status(delay.status).label, TONES[Status(delay.status)]


def _begin(day: Any) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.OFFICE)


def _end(day: Any) -> datetime:
    return _begin(day) + timedelta(days=1)


def _template(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    more = {**admin.site.each_context(request), **context}
    return render(request, f"admin/look_delays/{name}.html", more, status=status)
