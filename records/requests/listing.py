"""Everything that a customer has asked for, wherever it is handled: one list, newest first.

Whoever keeps requests of his own kind (corrections, claims) registers where they are found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from records.models import CustomerRequest

# The state's tone, by status.
TONES: Final = {
    "received": "info", "accepted": "info", "working": "info", "answered": "ok", "partly": "warn",
    "refused": "danger", "withdrawn": "",
}  # fmt: skip
WAITS: Final = _("等您补充")


class Promise(StrEnum):
    """What is due on the day that is told."""

    ADVANCE = "advance"
    ANSWER = "answer"
    DECIDE = "decide"
    LETTER = "letter"
    PAY = "pay"


@dataclass(frozen=True)
class Listed:
    """One thing that she has asked for. `waits`: something is to be done by her, which `waits_for` says."""

    ref: str
    title: Any
    state: Any
    at: datetime
    due: datetime | None
    url: str
    tone: str = ""
    open: bool = True
    waits: bool = False
    waits_for: Any = WAITS
    promise: Promise = Promise.ANSWER


Source = Callable[[Actor, int], Iterable[Listed]]
_sources: Final[list[Source]] = []


def register_source(source: Source) -> None:
    """`source(actor, customer)` gives hers; called in the customer's own scope."""
    _sources.append(source)


def everything(customer: int, *, actor: Actor) -> list[Listed]:
    found = [each for source in (_own, *_sources) for each in source(actor, customer)]
    return sorted(found, key=lambda each: (not each.open, -each.at.timestamp()))


def _own(actor: Actor, customer: int) -> Iterable[Listed]:
    rows = CustomerRequest.objects.visible_to(actor).filter(subject=customer)
    for each in rows.select_related("clock"):
        yield Listed(
            each.ref,
            each.get_kind_display(),
            state_of(each),
            each.received_at,
            None if each.ended else each.clock.due_at,
            reverse("portal:request", args=[each.ref]),
            TONES[each.status],
            open=not each.ended,
            waits=_asked_back(each),
        )


def state_of(request: CustomerRequest) -> Any:
    return _("已解除") if request.lifted_at else request.get_status_display()


def _asked_back(request: CustomerRequest) -> bool:
    """The last word is the insurer's, and it was a question."""
    if request.ended:
        return False
    last = request.messages.order_by("-slot").values_list("author", flat=True).first()
    return last == "insurer"
