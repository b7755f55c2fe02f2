"""A request whose asker is known is accepted: work for somebody, who may look at her for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from access import gate, grants, scopes
from access.actions import Action
from access.actors import Actor, system
from access.models import Subject, Unit, WorkItem
from access.vocabulary import Channel
from custodian import clock
from records.models import CustomerRequest
from records.requests import kinds, stepping
from records.requests.stepping import ACTOR, Code
from records.requests.workflows import REQUEST

# By kind of request, what follows at once when it is accepted, in the same transaction.
on_acceptance: Final[dict[str, Callable[[CustomerRequest, Actor], None]]] = {}


def accept(request: CustomerRequest, *, actor: Actor) -> None:
    """In the transaction that proved who asks."""
    with scopes.acting(system(ACTOR)):
        item = _open_item(request)
        REQUEST.move(request, "accept", {"item": item})
        stepping.note(request, Code.ACCEPTED, actor=actor)
        if follow := on_acceptance.get(request.kind):
            follow(request, actor)


def _open_item(request: CustomerRequest) -> WorkItem:
    """The reason for which whoever takes it looks at her; nobody of the house opened it."""
    hers = request.came_by == CustomerRequest.CameBy.PORTAL
    item = WorkItem(
        number=request.ref,
        kind=kinds.of(request.kind).item,
        source=WorkItem.Source.PORTAL if hers else WorkItem.Source.DESK,
        subject_id=request.subject_id,
        unit=_house(request.subject_id),
        due_at=request.clock.due_at,
    )
    item.save(force_insert=True)
    gate.authorise(
        system(ACTOR),
        Action.WORK_ITEM_OPEN,
        channel=Channel.TASK,
        subjects=stepping.tag(request.subject_id),
        facts={"item": str(item.ref), "kind": item.kind, "request": request.ref},
    )
    return item


def close_item(request: CustomerRequest, *, done: bool) -> None:
    item = request.item
    if item is None or item.closed_at is not None:
        return
    outcome = WorkItem.Outcome.DONE if done else WorkItem.Outcome.WITHDRAWN
    with scopes.acting(system(ACTOR)):
        end = max(item.opened_at, clock.now())
        WorkItem.objects.filter(pk=item.pk, closed_at=None).update(closed_at=end, outcome=outcome)
        grants.end_with([item.pk])
        gate.authorise(
            system(ACTOR),
            Action.WORK_ITEM_CLOSE,
            channel=Channel.TASK,
            subjects=stepping.tag(request.subject_id),
            facts={"item": str(item.ref), "kind": item.kind, "outcome": outcome.value},
        )
    item.closed_at, item.outcome = end, outcome


def _house(subject: int) -> Unit:
    """The unit above all: service desk and officers may sit in any below it."""
    unit = Subject.objects.select_related("unit").get(pk=subject).unit
    return Unit.objects.get(pk=int(unit.path.split(".", 1)[0]))
