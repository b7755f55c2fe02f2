"""A customer's own notices of incidents: what she reads in the portal, and that she opened it."""

from __future__ import annotations

from django.db import transaction

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Purpose
from custodian import clock
from custodian.errors import NotVisible
from incidents.cases.standing import ACTOR
from incidents.models import IncidentNotice, NoticeBatch
from records.models import Customer


def of(customer: Customer, *, actor: Actor) -> list[IncidentNotice]:
    """Newest first; what was approved is hers to read, whichever way her letter goes."""
    rows = IncidentNotice.objects.visible_to(actor).filter(subject=customer.pk)
    found: list[IncidentNotice] = list(rows.order_by("-pk"))
    with scopes.acting(actors.system(ACTOR)):  # of the case she sees nothing but this
        batches = NoticeBatch.objects.in_bulk([each.batch_id for each in found])
    for each in found:
        each.batch = batches[each.batch_id]
    return found


def see(customer: Customer, *, channel: str, actor: Actor) -> None:
    """Keep that she, or who acts for her, opened them: that is proof that she was told."""
    if customer.pk not in actor.subjects:
        raise NotVisible
    with transaction.atomic():
        with scopes.acting(actors.system(ACTOR)):
            fresh = IncidentNotice.objects.filter(subject=customer.pk, seen_at=None)
            if not fresh.update(seen_at=clock.now()):
                return
        with scopes.acting(actor):
            tagged = gate.tagged(scopes.find([customer.pk]))
        gate.authorise(
            actor,
            Action.INCIDENT_NOTICE_SEE,
            channel=channel,
            purpose=Purpose.SELF.value,
            subjects=tagged,
        )
