"""Whether a member of staff stands too near to a customer to vouch for her."""

from __future__ import annotations

from typing import NoReturn

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.models import Assignment
from records.models import Customer
from records.staff_traces import Relations


def require_distance(customer: Customer, *, action: Action, channel: str, actor: Actor) -> None:
    """Refuse whoever has her for an own customer, is she, lives with her or shares a policy with her."""
    person = actors.person(actor)
    own = Assignment.objects.current().filter(user=person, subject=customer.pk).exists()
    with scopes.acting(actors.system("portal")):
        near = Relations().near([person]).get(person)
    kin = near is not None and customer.pk in near.own | near.family | near.kin
    if own or kin:
        _refuse(actor, action, channel)


def _refuse(actor: Actor, action: Action, channel: str) -> NoReturn:
    gate.refuse(actor, action, because="own-customer", channel=channel)
