"""What a case allows as it stands: the row is held while something is done to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from custodian.errors import CustodianError
from custodian.workflow import Workflow
from incidents.models import Incident, Member
from incidents.models.cases import IncidentQuerySet

ACTOR: Final = "incidents"  # the piece of the house that sees every case
Status = Incident.Status
INCIDENT = Workflow(
    {
        "handle": (frozenset({Status.OPEN.value}), Status.HANDLED.value),
        "reopen": (frozenset({Status.HANDLED.value}), Status.OPEN.value),
        "close": (frozenset({Status.HANDLED.value}), Status.CLOSED.value),
        "play_out": (frozenset({Status.OPEN.value, Status.HANDLED.value}), Status.CLOSED.value),
    }
)


class Over(CustodianError):
    """The incident is closed, and nothing more is done to it."""

    code = "incident-closed"
    status = 409
    message = _("事件已结案，不能再办理")


class OnlyExercise(CustodianError):
    """It is played: nobody outside is told of it, no real alert goes into it, it ends with its score."""

    code = "incident-only-exercise"
    status = 409
    message = _("这是演练：不对外报送或告知，不并入真实告警，也不按结案办理")


class NotTheLead(CustodianError):
    """Only whoever leads the working group does this."""

    code = "incident-not-the-lead"
    status = 403
    message = _("只有工作组负责人可以这样做")


class Observes(CustodianError):
    """An observer reads, and changes nothing."""

    code = "incident-observes"
    status = 403
    message = _("列席人员只能查看")


@contextmanager
def held(incident: Incident) -> Iterator[Incident]:
    """The row, locked until the transaction ends. Raises `Over`."""
    with transaction.atomic():
        row = Incident.objects.select_for_update().get(pk=incident.pk)
        if row.status == Status.CLOSED:
            raise Over
        yield row


def worked_on(actor: Actor) -> IncidentQuerySet:
    """The real cases that are not closed and that the actor works on, and does not only observe."""
    works = Member.objects.now().filter(
        user=actor.id or 0, part__in=[Member.Part.LEAD, Member.Part.MEMBER]
    )
    rows: IncidentQuerySet = Incident.objects.filter(exercise=False).exclude(status=Status.CLOSED)
    return rows.filter(pk__in=works.values("incident"))


def part_of(incident: Incident, actor: Actor) -> str:
    """What the actor is in the working group; empty for somebody who is not in it."""
    member = Member.objects.now().filter(incident=incident, user=actor.id or 0).first()
    return member.part if member else ""


def require_real(incident: Incident) -> None:
    """Before anything of it leaves the house. Raises `OnlyExercise`."""
    if incident.exercise:
        raise OnlyExercise


def require_work(incident: Incident, actor: Actor) -> None:
    """Raises `Observes`."""
    if part_of(incident, actor) not in {Member.Part.LEAD, Member.Part.MEMBER}:
        raise Observes


def require_lead(incident: Incident, actor: Actor) -> None:
    """Raises `NotTheLead`."""
    if part_of(incident, actor) != Member.Part.LEAD:
        raise NotTheLead
