"""A person's own customers as a whole."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest

from access import gate
from access.actions import Action
from access.actors import Actor
from access.models import Assignment, User
from custodian import clock


def end(person: User, *, channel: str, actor: Actor) -> int:
    """Take all own customers from a person now, those that are to become his among them; how many.

    What is lent by a grant or a window is left: that ends by itself.
    """
    now = clock.now()
    with transaction.atomic():
        own = Assignment.objects.filter(user=person, grant=None, window=None)
        living = own.filter(Q(until=None) | Q(until__gt=now))
        ended: int = living.update(until=Greatest(F("since"), now))
        if ended:
            facts = {"target": str(person.ref), "ended": ended}
            gate.authorise(actor, Action.ASSIGNMENT_CHANGE, channel=channel, facts=facts)
    return ended
