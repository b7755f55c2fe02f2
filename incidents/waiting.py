"""What waits for the person in incidents: alerts to triage, and tasks of the cases that he works on."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from access import gate
from access.actions import Action
from custodian import clock
from incidents.cases.standing import worked_on
from incidents.models import Alert, IncidentTask


@dataclass(frozen=True)
class Tasks:
    open: int
    late: int


def alerts(request: HttpRequest) -> int:
    actor = getattr(request, "actor", None)
    if actor is None or not gate.may(actor, Action.ALERT_TRIAGE):
        return 0
    return Alert.objects.filter(status=Alert.Status.NEW).count()


def tasks(request: HttpRequest) -> Tasks:
    actor = getattr(request, "actor", None)
    if actor is None or actor.id is None or not gate.may(actor, Action.INCIDENT_WORK):
        return Tasks(0, 0)
    rows = IncidentTask.objects.filter(
        incident__in=worked_on(actor), status=IncidentTask.Status.OPEN
    )
    return Tasks(rows.count(), rows.filter(due_at__lt=clock.now()).count())
