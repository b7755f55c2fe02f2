"""Opening a case, and what it takes for a fact: when it happened and when somebody knew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate, proposals, scopes
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from incidents.cases import clocks, group, playbooks, timeline
from incidents.cases.standing import ACTOR, held, require_lead
from incidents.models import Alert, Incident, IncidentTask, Member, TimelineEntry

What = TimelineEntry.What


class WrongOrder(CustodianError):
    """Nobody knows of a thing before it happens, and neither lies ahead."""

    code = "incident-wrong-order"
    message = _("发生时间不能晚于知悉时间，两者都不能晚于现在")


def open_case(
    *,
    kind: str,
    title: str,
    occurred_at: datetime | None,
    aware_at: datetime,
    alerts: Sequence[Alert] = (),
    exercise: bool = False,
    actor: Actor,
) -> Incident:
    """A case that its opener leads, with the alerts that go into it. Raises `WrongOrder`, `Decided`."""
    from incidents import triage  # which opens cases itself

    _require_order(occurred_at, aware_at)
    with transaction.atomic():
        person = actors.person(actor)
        with scopes.acting(actors.system(ACTOR)):
            incident = _written(kind, title, occurred_at, aware_at, person, exercise=exercise)
            group.begin(incident, person)
        facts = {"incident": incident.code, "incident-kind": kind, "alerts": len(alerts)}
        gate.authorise(actor, Action.INCIDENT_OPEN, channel=Channel.ADMIN, facts=facts)
        timeline.write(incident, What.OPENED, actor=actor, facts={"kind": kind})
        for alert in alerts:
            triage.take(alert, incident, actor=actor)
        for step in playbooks.of(kind):
            due = aware_at + step.within if step.within else None
            IncidentTask.objects.create(incident=incident, step=step.code, due_at=due)
        clocks.sync(incident)
    return incident


def _written(
    kind: str,
    title: str,
    occurred_at: datetime | None,
    aware_at: datetime,
    person: int,
    *,
    exercise: bool,
) -> Incident:
    proposals.lock(Incident)
    # Wherever it is named, an exercise shows that it is one.
    year = f"{'E' if exercise else 'I'}-{clock.local():%Y}-"
    number = Incident.objects.filter(code__startswith=year).count() + 1
    return Incident.objects.create(
        code=f"{year}{number:03}",
        kind=kind,
        title=title,
        occurred_at=occurred_at,
        aware_at=aware_at,
        opened_by_id=person,
        exercise=exercise,
    )


def settle_times(
    incident: Incident,
    *,
    occurred_at: datetime | None,
    aware_at: datetime,
    why: str,
    actor: Actor,
) -> None:
    """More is known of the moments; why stays on the timeline. Raises `WrongOrder`, `NotTheLead`, `Over`."""
    _require_order(occurred_at, aware_at)
    with held(incident) as row:
        require_lead(row, actor)
        facts = {"incident": row.code, "occurred": _said(occurred_at), "aware": _said(aware_at)}
        gate.authorise(actor, Action.INCIDENT_LEAD, channel=Channel.ADMIN, facts=facts, reason=why)
        before = {"occurred": _said(row.occurred_at), "aware": _said(row.aware_at)}
        now = {"occurred": _said(occurred_at), "aware": _said(aware_at)}
        Incident.objects.filter(pk=row.pk).update(occurred_at=occurred_at, aware_at=aware_at)
        said = {"before": before, "now": now}
        timeline.write(row, What.FACTS, actor=actor, text=why, facts=said)
        _move_tasks(row, aware_at)
        row.refresh_from_db()
        clocks.sync(row)


def _move_tasks(incident: Incident, aware_at: datetime) -> None:
    """Time limits follow from awareness; what is done stays as it was done."""
    for task in incident.tasks.filter(status=IncidentTask.Status.OPEN).exclude(step=""):
        within = playbooks.step(task.step).within
        if within:
            IncidentTask.objects.filter(pk=task.pk).update(due_at=aware_at + within)


def _require_order(occurred_at: datetime | None, aware_at: datetime) -> None:
    if aware_at > clock.now() or (occurred_at is not None and occurred_at > aware_at):
        raise WrongOrder


def _said(at: datetime | None) -> str | None:
    return clock.local(at).isoformat(timespec="minutes") if at else None


def leads(incident: Incident) -> list[Member]:
    return list(incident.members.now().filter(part=Member.Part.LEAD).select_related("user"))
