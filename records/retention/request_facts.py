"""What is known of customers' requests: an open one is in use, a closed one is kept from its end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from custodian import clock
from custodian.regimes.packs import Trigger
from records.models import CustomerRequest
from records.retention.deciding import Event, Facts, Use

COMPLAINT: Final = CustomerRequest.Kind.COMPLAINT.value


@dataclass(frozen=True)
class Asked:
    """One request, as far as time is concerned."""

    ref: str
    holding: UUID
    kind: str
    received_on: date
    closed_on: date | None  # None while it is open

    @property
    def use(self) -> Use:
        return Use("complaint" if self.kind == COMPLAINT else "request", self.ref)


def of(subjects: Sequence[int]) -> Mapping[int, list[Asked]]:
    rows = CustomerRequest.objects.filter(subject__in=subjects).order_by("pk")
    found: dict[int, list[Asked]] = defaultdict(list)
    for subject, ref, holding, kind, received, closed in rows.values_list(
        "subject_id", "ref", "holding", "kind", "received_at", "closed_at"
    ):
        closed_on = clock.local(closed).date() if closed else None
        found[subject].append(Asked(ref, holding, kind, clock.local(received).date(), closed_on))
    return found


def facts(asked: Asked) -> Facts:
    received = Event(Trigger.CREATED, asked.received_on, asked.ref)
    file = "complaint" if asked.kind == COMPLAINT else ""
    if asked.closed_on is None:
        return Facts("request", (asked.use,), (received,), file=file)
    closed = Event(Trigger.CLOSED, asked.closed_on, asked.ref)
    return Facts("request", events=(received, closed), ended_on=asked.closed_on, file=file)


def while_needed(found: Facts, asked: Sequence[Asked]) -> Facts:
    """While a complaint is open, whatever it may be about is needed to answer it."""
    open_ones = [each for each in asked if each.kind == COMPLAINT and each.closed_on is None]
    uses = tuple(each.use for each in open_ones)
    return replace(found, uses=found.uses + uses, ended_on=None) if uses else found
