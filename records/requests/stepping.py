"""Steps of a request as the customer follows them: what happened, when, and which unit did it."""

from __future__ import annotations

from typing import Any

from access import gate, scopes
from access.actions import Action
from access.actors import Actor, system
from access.models import Unit
from access.querylog.leaf import Tagged
from access.vocabulary import Channel
from records.models import CustomerRequest, RequestStep

Code = RequestStep.Code
ACTOR = "requests"


def step(
    request: CustomerRequest, code: str, *, actor: Actor, channel: str = Channel.TASK
) -> RequestStep:
    """Note a step and put it on record, in the transaction of whatever happened."""
    record(request, Action.REQUEST_HANDLE, channel=channel, actor=actor, step=code)
    return note(request, code, actor=actor)


def note(request: CustomerRequest, code: str, *, actor: Actor | None = None) -> RequestStep:
    """The same where the act itself is on record already."""
    with scopes.acting(system(ACTOR)):
        return RequestStep.objects.create(request=request, code=code, unit=unit_of(actor))


def unit_of(actor: Actor | None) -> Unit | None:
    if actor is None or not actor.unit:
        return None
    return Unit.objects.filter(code=actor.unit).first()


def record(
    request: CustomerRequest,
    action: Action,
    *,
    channel: str,
    actor: Actor,
    step: str = "",
    reason: str = "",
    **facts: Any,
) -> None:
    """The entry of an act on a request; it is among the looks at her."""
    said = {"request": request.ref, "request-kind": request.kind, **facts}
    gate.authorise(
        actor,
        action,
        channel=channel,
        subjects=tag(request.subject_id),
        facts={**said, "request-step": step} if step else said,
        reason=reason,
    )


def tag(subject: int) -> list[Tagged]:
    with scopes.acting(system(ACTOR)):
        return gate.tagged(scopes.find([subject]))
