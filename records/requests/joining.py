"""A second request about the same is joined to the first: its words become a message there."""

from __future__ import annotations

from django.db import transaction

from access import scopes
from access.actions import Action
from access.actors import Actor, system
from custodian import clock
from records.models import CustomerRequest, RequestMessage
from records.requests import closing, stepping, texts
from records.requests.stepping import ACTOR, Code


def join(
    request: CustomerRequest,
    first: CustomerRequest,
    *,
    proof: str,
    purpose: str,
    channel: str,
    actor: Actor,
) -> None:
    """Of somebody whose identity has just been proven; reading her words is a look like any other."""
    words = texts.read(request, purpose=purpose, channel=channel, actor=actor).text
    with transaction.atomic():
        facts = {}
        if words:
            facts = texts.write(first, {}, message=words, author=RequestMessage.Author.CUSTOMER)
        stepping.record(
            first, Action.REQUEST_HANDLE, channel=channel, actor=actor, step=Code.SAID, **facts
        )
        stepping.note(first, Code.SAID, actor=actor)
        stepping.record(
            request, Action.REQUEST_HANDLE, channel=channel, actor=actor, step=Code.PROVEN
        )
        with scopes.acting(system(ACTOR)):
            # Without the date of a proof, or two of one kind would be open for a moment.
            closing.close(
                request,
                CustomerRequest.Status.WITHDRAWN,
                actor=actor,
                outcome={"same_as": first.ref},
            )
            CustomerRequest.objects.filter(pk=request.pk).update(
                proof=proof, proven_at=clock.now(), proven_by_id=actor.id
            )
    request.refresh_from_db()
