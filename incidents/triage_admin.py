"""The back office's page of one alert, where it is triaged, and of reporting one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from access import gate
from access.actions import Action
from access.actors import Actor
from access.admin_pages import actor_of, enter, page, row_of
from incidents import triage
from incidents.case_frame import template
from incidents.cases import opening
from incidents.models import Alert, Incident
from incidents.triage_forms import DismissForm, JoinForm, OpenFromForm, ReportForm, SameForm
from transfers.admin_frame import done

READ, DECIDE, RAISE = Action.ALERT_READ, Action.ALERT_TRIAGE, Action.ALERT_RAISE


def _open(alert: Alert, said: Mapping[str, Any], actor: Actor) -> str:
    made = opening.open_case(**said, alerts=[alert], actor=actor)
    return made.code


def _join(alert: Alert, said: Mapping[str, Any], actor: Actor) -> str:
    incident: Incident = said["incident"]
    triage.merge(alert, incident, actor=actor)
    return incident.code


def _same(alert: Alert, said: Mapping[str, Any], actor: Actor) -> str:
    triage.same_as(alert, said["other"], actor=actor)
    return ""


def _dismiss(alert: Alert, said: Mapping[str, Any], actor: Actor) -> str:
    triage.dismiss(alert, why=said["why"], actor=actor)
    return ""


# Each tells the case that it went into, if any.
_ACTS: Final[Mapping[str, tuple[Callable[[Alert, Mapping[str, Any], Actor], str], str, Any]]] = {
    "open": (_open, "occurred_at", gettext_lazy("已立案，您是负责人")),
    "join": (_join, "incident", gettext_lazy("已并入事件")),
    "same": (_same, "other", gettext_lazy("已与原告警合并")),
    "dismiss": (_dismiss, "why", gettext_lazy("已判为误报，理由已记录")),
}


def _forms(alert: Alert, actor: Actor) -> dict[str, Form]:
    return {
        "open": OpenFromForm(alert),
        "join": JoinForm(actor),
        "same": SameForm(),
        "dismiss": DismissForm(),
    }


def _sent(name: str, alert: Alert, actor: Actor, data: Any) -> Form:
    made: Mapping[str, Callable[[], Form]] = {
        "open": lambda: OpenFromForm(alert, data),
        "join": lambda: JoinForm(actor, data),
        "same": lambda: SameForm(data),
        "dismiss": lambda: DismissForm(data),
    }
    return made[name]()


@page("alert/<uuid:ref>/", name="alert", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def alert_page(request: HttpRequest, ref: UUID) -> HttpResponse:
    posts, actor = request.method == "POST", actor_of(request)
    rows = Alert.objects.filter(ref=ref).select_related("finding", "decided_by")
    alert: Alert = row_of(request, DECIDE if posts else READ, rows, asked=ref)
    forms, failed, status = _forms(alert, actor), None, 200
    name = request.POST.get("act", "") if posts else ""
    if name in _ACTS:
        run, field, says = _ACTS[name]
        failed = forms[name] = _sent(name, alert, actor, request.POST)
        status = 422
        if failed.is_valid():
            into: list[str] = []
            said = failed.cleaned_data
            ok, status = done(failed, lambda: into.append(run(alert, said, actor)), field=field)
            if ok:
                messages.success(request, says)
                return (
                    redirect("admin:incident", into[0]) if into[0] else redirect("admin:alert", ref)
                )
    enter(request, READ, row=str(alert.ref))
    context = {
        "title": _("告警 %(number)s") % {"number": alert},
        "alert": alert,
        "case": _case(alert, actor),
        "forms": forms,
        "failed": failed,
        "failed_act": name if failed is not None else "",
        "may": alert.status == Alert.Status.NEW and gate.may(actor, DECIDE),
        "may_read_findings": gate.may(actor, Action.FINDING_READ),
        "doubles": Alert.objects.filter(same_as=alert.ref).count(),
        "other": Alert.objects.filter(ref=alert.same_as).first() if alert.same_as else None,
    }
    return template(request, "alert", context, status=status)


def _case(alert: Alert, actor: Actor) -> Incident | None:
    """The case that it is in, for those who may know it."""
    return Incident.objects.visible_to(actor).filter(pk=alert.incident_id or 0).first()


@page("alert/new/", name="alert_report", action=RAISE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    posts, actor = request.method == "POST", actor_of(request)
    form = ReportForm(request.POST if posts else None)
    if posts and form.is_valid():
        said = dict(form.cleaned_data)
        alert, _new = triage.raise_alert(said.pop("source"), **said, actor=actor)
        messages.success(request, _("已报告，等待分诊"))
        if gate.may(actor, READ):
            return redirect("admin:alert", alert.ref)
        return redirect("admin:index")
    enter(request, RAISE)
    context = {"title": _("报告可能的事件"), "form": form, "may_read": gate.may(actor, READ)}
    return template(request, "report", context, status=422 if form.errors else 200)
