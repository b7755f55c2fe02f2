"""The working group: who may see a case at all. Its lead lets people in and out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from access import actors, gate
from access.action_roles import ROLES
from access.actions import Action
from access.actors import Actor
from access.models import User
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from incidents.cases import timeline
from incidents.cases.standing import held, require_lead
from incidents.models import Incident, Member, TimelineEntry

What = TimelineEntry.What
Part = Member.Part


class CannotJoin(CustodianError):
    """His office does not work on incidents, he is in the group already, or the incident is about him."""

    code = "incident-cannot-join"
    status = 409
    message = _("该人员已在工作组、岗位不能处置事件，或事件涉及本人")


class LastLead(CustodianError):
    """A case always has a lead."""

    code = "incident-last-lead"
    status = 409
    message = _("事件至少要有一名负责人，请先指定另一人")


def may_join(incident: Incident) -> list[User]:
    """Whom the lead can let in."""
    there = incident.members.now().values("user")
    concerned = incident.links.exclude(operator=None).values("operator")
    roles = sorted(ROLES[Action.INCIDENT_READ])
    return list(
        User.objects.filter(is_active=True, role__in=roles)
        .exclude(pk__in=there)
        .exclude(pk__in=concerned)
        .select_related("unit")
        .order_by("staff_no")
    )


def begin(incident: Incident, person: int) -> None:
    """Whoever opens a case leads it; written by the house, in whose scope the row is."""
    Member.objects.create(incident=incident, user_id=person, part=Part.LEAD, joined_by_id=person)


def let_in(incident: Incident, person: User, part: str, *, actor: Actor) -> None:
    """Raises `NotTheLead`, `CannotJoin`, `Over`."""
    with held(incident) as row:
        require_lead(row, actor)
        if person not in may_join(row):
            raise CannotJoin
        facts = {"incident": row.code, "target": str(person.ref), "part": part}
        gate.authorise(actor, Action.INCIDENT_LEAD, channel=Channel.ADMIN, facts=facts)
        Member.objects.create(
            incident=row, user=person, part=Part(part), joined_by_id=actors.person(actor)
        )
        timeline.write(row, What.JOINED, actor=actor, facts=_said(person, part))


def let_out(incident: Incident, member: Member, *, actor: Actor) -> None:
    """From the next request on he sees nothing of it. Raises `NotTheLead`, `LastLead`, `Over`."""
    with held(incident) as row:
        require_lead(row, actor)
        inside = row.members.now()
        others = inside.filter(part=Part.LEAD, user__is_active=True).exclude(pk=member.pk)
        if not others.exists():
            raise LastLead
        facts = {"incident": row.code, "target": str(member.user.ref)}
        gate.authorise(actor, Action.INCIDENT_LEAD, channel=Channel.ADMIN, facts=facts)
        if inside.filter(pk=member.pk).update(left_at=clock.now()) == 1:
            timeline.write(row, What.LEFT, actor=actor, facts=_said(member.user, member.part))


def _said(person: User, part: str) -> dict[str, str]:
    return {"person": str(person), "part": part}
