"""Who is in office: disabling a person ends every session and token with the statement."""

from __future__ import annotations

from django.db import transaction

from access import gate
from access.actions import Action
from access.actors import Actor
from access.models import User


def disable(person: User, *, channel: str, actor: Actor) -> None:
    """The database counts the sessions' epoch up, so the next request of this person is nobody's."""
    _set(person, active=False, channel=channel, actor=actor)


def enable(person: User, *, channel: str, actor: Actor) -> None:
    """In office again: he signs in anew, and whoever approves waits out the days of somebody new."""
    _set(person, active=True, channel=channel, actor=actor)


def _set(person: User, *, active: bool, channel: str, actor: Actor) -> None:
    with transaction.atomic():
        facts = {"target": str(person.ref), "changed": ["is_active"], "active": int(active)}
        gate.authorise(actor, Action.USER_CHANGE, channel=channel, facts=facts)
        person.is_active = active
        person.save(update_fields=["is_active"])
