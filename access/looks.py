"""Who looked at one customer, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from access import gate
from access.actions import Action
from access.actors import Actor
from access.models import Entry, SubjectAccess
from access.querylog.telling import Told, tell

MOST = 20


@dataclass(frozen=True)
class Look:
    """One entry that showed this customer, in words; never a value."""

    entry: int
    at: datetime
    name: str
    staff_no: str
    unit: str
    act: str
    purpose: str
    elements: tuple[str, ...]
    masked: bool


def of_subject(
    subject: UUID, *, purpose: str, channel: str, actor: Actor, most: int = MOST
) -> list[Look]:
    """The newest looks at this subject; reading them is itself on record."""
    gate.permit(
        actor, Action.LOG_READ, purpose=purpose, channel=channel, facts={"looks_at": str(subject)}
    )
    seen = SubjectAccess.objects.filter(subject=subject).order_by("-entry_id")
    indexes = list(seen.values_list("entry_id", flat=True)[:most])
    return [_look(told) for told in tell(Entry.objects.filter(id__in=indexes).newest_first())]


def _look(told: Told) -> Look:
    labels = tuple(str(each.label) for each in told.elements)
    return Look(
        told.entry.id,
        told.at,
        told.name,
        told.entry.staff_no,
        told.unit,
        told.entry.act,
        told.purpose,
        labels,
        told.masked,
    )
