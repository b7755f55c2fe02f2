"""What a reviewer says of one right: it stays, or it ends at once."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate, reporting
from access.actions import Action
from access.actors import Actor
from access.models import HeldRight
from access.models.recertification import HeldRightQuerySet
from access.recertification import endings
from access.sign_ins import channel_of
from access.vocabulary import Role
from custodian import clock
from custodian.errors import CustodianError

Decision = HeldRight.Decision
CHOICES = (Decision.KEEP.value, Decision.REMOVE.value)


class DecidedAlready(CustodianError):
    """Somebody was first, or the date has passed."""

    code = "right-decided"
    status = 409
    message = _("其中有的权限已经有人决定，或已过截止时间；请核对后再提交")


def decide(said: Mapping[UUID, str], *, actor: Actor) -> int:
    """Keep or remove each of these rights, all or none; how many ended.

    Raises `Refused` (about oneself, or not of one's line), `DecidedAlready`, `HouseNeeds`.
    """
    person = actors.person(actor)
    rows = HeldRight.objects.select_related("person", "campaign").filter(ref__in=said)
    _require(rows, len(said), actor)
    with transaction.atomic():
        held = list(rows.select_for_update(of=("self",)).order_by("pk"))
        waiting = rows.waiting().count()
        if waiting != len(said) or any(against(each, actor) for each in held):
            raise DecidedAlready
        return sum(_decide(right, said[right.ref], person, actor) for right in held)


def against(right: HeldRight, actor: Actor) -> str:
    """Why this person may not decide on it, as a reason code; empty if he may."""
    if right.person_id == actor.id:
        return "about-you"
    if right.reviewer_id is None:
        return "" if actor.role is Role.COMPLIANCE_OFFICER else "not-your-line"
    mine = right.reviewer_id == actor.id and actor.id in reporting.above(right.person_id)
    return "" if mine else "not-your-line"


def _require(rows: HeldRightQuerySet, wanted: int, actor: Actor) -> None:
    """A refusal is on record; what lies with somebody else looks like what does not exist."""
    found = list(rows)
    because = next(filter(None, (against(each, actor) for each in found)), "")
    if because or len(found) != wanted:
        gate.refuse(
            actor,
            Action.RECERTIFICATION_DECIDE,
            because=because or "not-your-line",
            channel=channel_of(actor.role),
        )


def _decide(right: HeldRight, decision: str, person: int, actor: Actor) -> bool:
    """The decision's entry names who decided; the end's own entry follows it."""
    now = clock.now()
    removes = Decision(decision) is Decision.REMOVE
    gate.authorise(
        actor,
        Action.RECERTIFICATION_DECIDE,
        channel=channel_of(actor.role),
        facts={
            "campaign": str(right.campaign.ref),
            "right": str(right.ref),
            "kind": right.kind,
            "target": str(right.person.ref),
            "keep": int(not removes),
        },
    )
    ended = endings.end(right) if removes else False
    HeldRight.objects.filter(pk=right.pk).update(
        decision=decision,
        decided_by_id=person,
        decided_at=now,
        ended_at=now if removes else None,
        because="",
    )
    return ended
