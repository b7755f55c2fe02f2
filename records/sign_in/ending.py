"""The end of sessions: when she asks for it, and when the contact that opened them is no longer hers."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from access import actors, gate, portal_sessions, scopes
from access.actions import Action
from access.actors import Actor
from records.models import Contact, Representative
from records.sign_in import entrances, flags

_CONTACTS = {f"identity.{each.value}": each for each in Contact}


def everywhere(subject: int, *, channel: str, actor: Actor) -> None:
    """Every session that stands for this customer is over from the next request on."""
    with transaction.atomic():
        gate.authorise(
            actor,
            Action.PORTAL_SESSIONS_END,
            channel=channel,
            purpose="self",
            subjects=gate.tagged(scopes.find([subject])),
        )
        with scopes.acting(actors.system("portal")):
            entrances.forget_browsers(subject)
        portal_sessions.end_all(subject)


def contact_changed(sender: Any, *, subject: int, element: str, **_more: Any) -> None:
    """Her own sessions, and those in which she acts for others; a doubt about the old contact ends."""
    contact = _CONTACTS.get(element)
    if contact is None:
        return
    with scopes.acting(actors.system("portal")):
        acts_for = Representative.objects.filter(representative=subject)
        concerned = {subject, *acts_for.values_list("subject_id", flat=True)}
        entrances.forget_browsers(subject)
        flags.end(subject, contact)
        for each in concerned:
            portal_sessions.end_all(each)
