"""Requests in numbers: how many of each kind, how many in time, and how content whoever asked was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Avg, Count, F, Q

from access.law.words import english
from custodian import clock
from records.models import CustomerRequest
from records.retention.own_records.terms import beginning

DAYS: Final = 90
# Below so many ratings a unit's mean says more of the few than of the unit.
FEW: Final = 5
_CLOSED: Final = Q(closed_at__isnull=False) & ~Q(status=CustomerRequest.Status.WITHDRAWN)


@dataclass(frozen=True)
class Line:
    """One kind, or all together."""

    label: Any
    received: int = 0
    open: int = 0
    late: int = 0  # open and over their time
    answered: int = 0
    in_time: int = 0
    refused: int = 0

    @property
    def share(self) -> float | None:
        """Of those answered, the part in time."""
        return self.in_time / self.answered if self.answered else None


@dataclass(frozen=True)
class Unit:
    """How content people were with one unit; no mean of fewer than `FEW` ratings."""

    name: str
    answered: int
    rated: int
    mean: float | None
    counts: tuple[int, ...] = field(default=())  # of each score, one to five

    @property
    def of_five(self) -> float:
        return (self.mean or 0.0) / 5


def since(today: date) -> datetime:
    return beginning(today - timedelta(days=DAYS))


def by_kind(today: date) -> tuple[list[Line], Line]:
    """Of the last ninety days, and whatever is still open; with the sum."""
    begin, now = since(today), clock.now()
    rows = CustomerRequest.objects.filter(Q(received_at__gte=begin) | Q(closed_at=None))
    in_time = Q(clock__stopped_at__lte=F("clock__due_at"))
    counted = rows.order_by().values("kind").annotate(
        received=Count("pk", filter=Q(received_at__gte=begin)),
        open=Count("pk", filter=Q(closed_at=None)),
        late=Count("pk", filter=Q(closed_at=None, clock__due_at__lt=now)),
        answered=Count("pk", filter=_CLOSED),
        in_time=Count("pk", filter=_CLOSED & in_time),
        refused=Count("pk", filter=Q(status=CustomerRequest.Status.REFUSED)),
    )  # fmt: skip
    found = {row.pop("kind"): row for row in counted}
    lines = [
        Line(label, **found[kind]) for kind, label in CustomerRequest.Kind.choices if kind in found
    ]
    return lines, _sum(lines)


def _sum(lines: Iterable[Line]) -> Line:
    names = ("received", "open", "late", "answered", "in_time", "refused")
    known = list(lines)
    return Line("", **{name: sum(getattr(each, name) for each in known) for name in names})


def by_unit(today: date) -> list[Unit]:
    """The units that answered, those that people were least content with first."""
    rows = CustomerRequest.objects.filter(_CLOSED, closed_at__gte=since(today), unit__isnull=False)
    scores = {f"s{n}": Count("pk", filter=Q(score=n)) for n in range(1, 6)}
    counted = rows.order_by().values("unit_id", name=F("unit__name"), en=F("unit__name_en"))
    counted = counted.annotate(
        answered=Count("pk"), rated=Count("score"), mean=Avg("score"), **scores
    )
    units = [
        Unit(
            _name(row), row["answered"], row["rated"],
            row["mean"] if row["rated"] >= FEW else None,
            tuple(row[f"s{n}"] for n in range(1, 6)),
        )
        for row in counted
    ]  # fmt: skip
    return sorted(units, key=lambda each: (each.mean is None, each.mean or 0, each.name))


def _name(row: dict[str, Any]) -> str:
    return str(row["en"] if row["en"] and english() else row["name"])
