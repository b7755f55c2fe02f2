"""The end of a request: its status, its clock and the work behind it, in one transaction."""

from __future__ import annotations

from typing import Any

from access import scopes
from access.actors import Actor, system
from custodian import clock
from records.models import CustomerRequest
from records.requests import accepting, clocks, stepping
from records.requests.stepping import ACTOR
from records.requests.workflows import ENDS, REQUEST

Status = CustomerRequest.Status


def close(
    request: CustomerRequest, status: str, *, actor: Actor | None, outcome: dict[str, Any] | None = None
) -> None:  # fmt: skip
    """Move it to its end; the act itself is on record already. Raises `IllegalMove`.

    `actor` is whoever decided, None for the customer herself.
    """
    now = clock.now()
    unit = stepping.unit_of(actor)
    changes: dict[str, Any] = {
        "closed_at": now, "closed_by_id": actor.id if actor else None, "unit": unit,
    }  # fmt: skip
    if outcome is not None:
        changes["outcome"] = outcome
    with scopes.acting(system(ACTOR)):
        REQUEST.move(request, ENDS[status], changes)
        clocks.stop(request, at=now)
        stepping.note(request, status, actor=actor)
        accepting.close_item(request, done=status != Status.WITHDRAWN)
