"""What stands on the public page of incidents: approved, marked for it, and not taken down."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from access import actors, scopes
from incidents.cases.standing import ACTOR
from incidents.models import IncidentNotice, NoticeBatch
from incidents.notices import texts
from incidents.notices.texts import Told


@dataclass(frozen=True)
class Public:
    """`told` names the kinds of data of everybody together."""

    batch: NoticeBatch
    told: Told


def standing() -> list[NoticeBatch]:
    """Newest first."""
    with scopes.acting(actors.system(ACTOR)):
        rows = NoticeBatch.objects.filter(stage=NoticeBatch.Stage.APPROVED, public=True)
        return list(rows.filter(taken_down_at=None).order_by("-approved_at"))


def of(ref: UUID) -> Public | None:
    """In the language that is active."""
    batch = next((each for each in standing() if each.ref == ref), None)
    if batch is None:
        return None
    clear: set[str] = set()
    masked: set[str] = set()
    with scopes.acting(actors.system(ACTOR)):
        for each in IncidentNotice.objects.filter(batch=batch).values_list("clear", "masked"):
            clear.update(each[0])
            masked.update(each[1])
    return Public(batch, texts.told(batch, clear=clear, masked=masked - clear))
