"""Who must not handle a request: whoever it comes from, is near to her, or is asked about in it."""

from __future__ import annotations

from access import gate, ports, scopes
from access.actions import Action
from access.actors import Actor, person, system
from access.models import Entry, User
from records.models import CustomerRequest
from records.requests.stepping import ACTOR


def against(request: CustomerRequest, actor: Actor) -> str:
    """The reason code that keeps this person away, or nothing."""
    if actor.id is None:
        return ""
    with scopes.acting(system(ACTOR)):
        near = ports.relations().near([actor.id]).get(actor.id)
        if near is not None and request.subject_id in near.own:
            return "request-own"
        if near is not None and request.subject_id in near.family:
            return "request-of-family"
        if _asked_about(request, actor):
            return "request-about-you"
    return ""


def require(request: CustomerRequest, action: Action, *, channel: str, actor: Actor) -> None:
    """Refuse, on record, whoever must stand aside, and any piece of the system; persons handle requests."""
    person(actor)
    if because := against(request, actor):
        gate.refuse(actor, action, because=because, channel=channel)


def _asked_about(request: CustomerRequest, actor: Actor) -> bool:
    """A question about a look is not answered by whoever looked."""
    if request.kind != CustomerRequest.Kind.LOOK_QUESTION or not request.about.isdecimal():
        return False
    looked = Entry.objects.filter(pk=int(request.about)).values_list("actor", flat=True).first()
    return User.objects.filter(pk=person(actor), ref=looked).exists() if looked else False
