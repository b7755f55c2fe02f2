"""Cases that nobody leads any more: found by the house, and given a new lead by two people.

Whoever looks after them learns the number and the day, and nothing else: only the new lead sees the case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate, proposals, scopes
from access.actions import Action
from access.actors import Actor
from access.models import Approval, User
from access.vocabulary import Channel
from custodian.errors import CustodianError
from incidents.cases import group, timeline
from incidents.cases.decisions import Pending, concerned
from incidents.cases.standing import ACTOR, Status
from incidents.models import Incident, Member, TimelineEntry

KIND: Final = "incident-adopt"


class HasALead(CustodianError):
    """Somebody leads it, it is closed, or there is none of this number."""

    code = "incident-has-a-lead"
    status = 409
    message = _("这个事件有负责人、已结案或不存在")


@dataclass(frozen=True)
class Leaderless:
    code: str
    opened_at: datetime


def found() -> list[Leaderless]:
    """Oldest first; of those that are not closed, whoever asks."""
    with scopes.acting(actors.system(ACTOR)):
        rows = _without_lead().order_by("pk").values_list("code", "opened_at")
        return [Leaderless(*each) for each in rows]


def _without_lead() -> Any:
    leads = Member.objects.now().filter(
        incident=OuterRef("pk"), part=Member.Part.LEAD, user__is_active=True
    )
    return Incident.objects.exclude(status=Status.CLOSED).filter(~Exists(leads))


def ask(code: str, person: User, *, reason: str, actor: Actor) -> Approval:
    """Raises `HasALead`, `CannotJoin`, `Pending`."""
    payload = {
        "incident": code, "person": str(person.ref), "named": str(person), "reason": reason.strip(),
    }  # fmt: skip
    digest = approvals.digest_of(KIND, payload)
    facts = {"incident": code, "target": str(person.ref), "digest": digest}
    with transaction.atomic():
        _require(code, person, actor)
        if proposals.waiting(KIND, incident=code) is not None:
            raise Pending
        gate.authorise(actor, Action.INCIDENT_OPEN, channel=Channel.ADMIN, facts=facts)
        return approvals.request(KIND, payload, actor=actor)


def _require(code: str, person: User, actor: Actor) -> None:
    """Neither the new lead nor whoever appoints him is one whom the incident is about."""
    with scopes.acting(actors.system(ACTOR)):
        row = _without_lead().select_for_update().filter(code=code).first()
        if row is None:
            raise HasALead
        if not _may_lead(row, person) or row.links.filter(operator=actor.id or 0).exists():
            raise group.CannotJoin


def _may_lead(incident: Incident, person: User) -> bool:
    """Who is in the group already may rise to lead it."""
    inside = incident.members.now().filter(user=person, user__is_active=True)
    if inside.exists():
        return not incident.links.filter(operator=person).exists()
    return person in group.may_join(incident)


class _Adopt:
    label = _("指定事件负责人")
    action = Action.INCIDENT_DECIDE_APPROVE

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        return [
            (_("事件"), [payload["incident"]]),
            (_("新负责人"), [payload["named"]]),
            (_("理由"), [payload["reason"]]),
        ]

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:incidents")

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """The new lead, and those whom the incident is about."""
        return concerned(payload["incident"]) | {UUID(payload["person"])}

    def start(self, approval: Approval, *, actor: Actor) -> None:
        """Raises `HasALead`, `CannotJoin`."""
        said = approval.payload
        person = User.objects.get(ref=said["person"])
        with scopes.acting(actors.system(ACTOR)):
            row = _without_lead().select_for_update().filter(code=said["incident"]).first()
            if row is None:
                raise HasALead
            if not _may_lead(row, person):
                raise group.CannotJoin
            _appoint(row, person, approval, actor)

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """Nothing was begun."""


def _appoint(incident: Incident, person: User, approval: Approval, actor: Actor) -> None:
    part, by = Member.Part.LEAD, actors.person(actor)
    inside = incident.members.now().filter(user=person)
    if not inside.update(part=part):
        Member.objects.create(incident=incident, user=person, part=part, joined_by_id=by)
    facts = {"person": str(person), "part": part, "approval": str(approval.ref)}
    timeline.write(incident, TimelineEntry.What.JOINED, actor=actor, facts=facts)


def ready() -> None:
    approvals.register(KIND, _Adopt())
