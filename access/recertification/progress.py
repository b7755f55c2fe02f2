"""How far a campaign is, with whom it lies, and when the next one is due."""

from __future__ import annotations

import calendar
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from access import actors, scopes
from access.actors import Actor
from access.models import Campaign, HeldRight
from custodian import clock

Decision = HeldRight.Decision
_MEMORY = 15.0
_known: dict[str, tuple[float, bool]] = {}


@dataclass(frozen=True)
class Tally:
    """Rows of a campaign, or of one reviewer in it."""

    rights: int
    decided: int
    kept: int
    removed: int
    lapsed: int
    spared: int
    gone: int

    @property
    def open(self) -> int:
        return self.rights - self.decided

    @property
    def ended(self) -> int:
        return self.removed + self.lapsed

    @property
    def share(self) -> float:
        return self.decided / self.rights if self.rights else 0.0


@dataclass(frozen=True)
class Standing:
    """One reviewer's part; without a name it is the officers'."""

    reviewer: str
    tally: Tally


_COUNTS = {
    "rights": Count("pk"),
    "decided": Count("pk", filter=~Q(decision="")),
    **{
        name: Count("pk", filter=Q(decision=decision))
        for name, decision in (
            *(("kept", Decision.KEEP), ("removed", Decision.REMOVE), ("lapsed", Decision.LAPSED)),
            *(("spared", Decision.SPARED), ("gone", Decision.GONE)),
        )
    },
}


def tally(campaign: Campaign) -> Tally:
    return Tally(**campaign.rights.aggregate(**_COUNTS))


def by_reviewer(campaign: Campaign) -> list[Standing]:
    """Those with most left to decide first."""
    rows = campaign.rights.order_by().values("reviewer__name", "reviewer__staff_no", "reviewer_id")
    found: list[Standing] = [_standing(row) for row in rows.annotate(**_COUNTS)]
    return sorted(found, key=lambda each: (-each.tally.open, each.reviewer))


def _standing(row: Mapping[str, Any]) -> Standing:
    named = f"{row['reviewer__name']} {row['reviewer__staff_no']}" if row["reviewer_id"] else ""
    return Standing(named, Tally(**{name: row[name] for name in _COUNTS}))


def days_left(campaign: Campaign) -> int:
    """Begun days count; 0 once the date has passed."""
    left = campaign.due_at - clock.now()
    return max(0, math.ceil(left / timedelta(days=1)))


def waiting_for(actor: Actor) -> int:
    """How many rights wait for this person's word; asks little while nothing waits for anybody."""
    if actor.id is None or not _anything_waits():
        return 0
    return HeldRight.objects.waiting().for_reviewer(actor).count()


def _anything_waits() -> bool:
    """Remembered for seconds, because every page's navigation asks."""
    at, known = _known.get("open", (0.0, False))
    if not at or time.monotonic() - at > _MEMORY:
        with scopes.acting(actors.system("recertifier")):
            known = HeldRight.objects.waiting().exists()
        _known["open"] = (time.monotonic(), known)
    return known


def forget() -> None:
    _known.clear()


def next_due(campaign: Campaign) -> datetime | None:
    """When the one after this is to begin, if it repeats."""
    if campaign.started_at is None or not campaign.repeat_months:
        return None
    return months_later(campaign.started_at, campaign.repeat_months)


def following() -> tuple[datetime, Campaign] | None:
    """The next campaign to begin, and the one that it repeats: the last of its scope."""
    newest: dict[tuple[Any, ...], Campaign] = {}
    for each in Campaign.objects.exclude(status=Campaign.Status.RETURNED).order_by("-opened_at"):
        newest.setdefault((each.unit_id, *each.roles), each)
    found = [(due, each) for each in newest.values() if (due := next_due(each)) is not None]
    return min(found, key=lambda pair: pair[0], default=None)


def months_later(moment: datetime, months: int) -> datetime:
    """The same day and hour some months on; the last of the month where there is no such day."""
    local = clock.local(moment)
    years, month = divmod(local.month - 1 + months, 12)
    year = local.year + years
    day = min(local.day, calendar.monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day)
