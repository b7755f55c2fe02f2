"""What there is to do in a case: the playbook's steps and what the group adds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from access import actors, gate
from access.actions import Action
from access.actors import Actor
from access.models import User
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from incidents.cases import playbooks, timeline
from incidents.cases.standing import held, require_work
from incidents.models import Incident, IncidentTask, TimelineEntry

Status = IncidentTask.Status
What = TimelineEntry.What


class SaysNothing(CustodianError):
    """Whoever leaves a step of the playbook out says why."""

    code = "incident-task-says-nothing"
    message = _("不做这一项须写明理由")


class Done(CustodianError):
    """It was settled already."""

    code = "incident-task-done"
    status = 409
    message = _("这一项已经办结")


class NotOfTheGroup(CustodianError):
    """Only members of the working group own its tasks."""

    code = "incident-not-of-the-group"
    message = _("只能交给工作组成员")


def title(task: IncidentTask) -> str:
    return str(playbooks.step(task.step)) if task.step else task.title


def open_ones(incident: Incident) -> QuerySet[IncidentTask]:
    return incident.tasks.filter(status=Status.OPEN)


def add(
    incident: Incident, title: str, *, owner: User | None, due_at: datetime | None, actor: Actor
) -> IncidentTask:
    """Raises `Observes`, `NotOfTheGroup`, `Over`."""
    with held(incident) as row:
        require_work(row, actor)
        _require_member(row, owner)
        gate.authorise(actor, Action.INCIDENT_WORK, channel=Channel.ADMIN, facts=_facts(row))
        task = IncidentTask.objects.create(incident=row, title=title, owner=owner, due_at=due_at)
        _told(row, task, actor)
    return task


def give(task: IncidentTask, owner: User | None, *, actor: Actor) -> None:
    """Raises `Observes`, `NotOfTheGroup`, `Over`."""
    with held(task.incident) as row:
        require_work(row, actor)
        _require_member(row, owner)
        gate.authorise(actor, Action.INCIDENT_WORK, channel=Channel.ADMIN, facts=_facts(row))
        row.tasks.filter(pk=task.pk).update(owner=owner)


def settle(task: IncidentTask, status: str, *, note: str, actor: Actor) -> None:
    """Done, or not needed with the reason. Raises `SaysNothing`, `Done`, `Observes`, `Over`."""
    if status == Status.NOT_NEEDED and not note.strip():
        raise SaysNothing
    with held(task.incident) as row:
        require_work(row, actor)
        gate.authorise(actor, Action.INCIDENT_WORK, channel=Channel.ADMIN, facts=_facts(row))
        changes = {
            "status": Status(status).value,
            "note": note,
            "done_at": clock.now(),
            "done_by_id": actors.person(actor),
        }
        if open_ones(row).filter(pk=task.pk).update(**changes) != 1:
            raise Done
        task.refresh_from_db()
        _told(row, task, actor, note)


def _told(incident: Incident, task: IncidentTask, actor: Actor, note: str = "") -> None:
    facts = {"step": task.step, "title": task.title, "status": task.status}
    timeline.write(incident, What.TASK, actor=actor, text=note, facts=facts)


def _require_member(incident: Incident, owner: User | None) -> None:
    if owner is not None and not incident.members.now().filter(user=owner).exists():
        raise NotOfTheGroup


def _facts(incident: Incident) -> dict[str, Any]:
    return {"incident": incident.code, "timeline": What.TASK.value}
