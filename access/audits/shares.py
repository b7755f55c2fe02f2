"""The unexplained share: of the sights of customers, the part that nothing explains, by person and unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum

from access.models import Measure
from custodian import clock


@dataclass(frozen=True)
class Share:
    """`unexplained` of `sights`; who saw nobody has no share."""

    sights: int = 0
    unexplained: int = 0

    @property
    def share(self) -> float:
        return self.unexplained / self.sights if self.sights else 0.0


def lately(days: int) -> tuple[date, date]:
    """The last days of the office, today among them."""
    until = clock.local().date()
    return until - timedelta(days=days - 1), until


def by_unit(since: date, until: date) -> dict[str, Share]:
    """By path of the unit in which the people worked, subtrees not added up."""
    rows = Measure.objects.filter(day__gte=since, day__lte=until).order_by("unit_path")
    summed = rows.values("unit_path").annotate(s=Sum("sights"), u=Sum("unexplained"))
    return {path: Share(s, u) for path, s, u in summed.values_list("unit_path", "s", "u") if s}


def by_person(since: date, until: date, *, under: str = "") -> dict[int, Share]:
    """By key of the person, those of one subtree of units or all."""
    rows = Measure.objects.filter(day__gte=since, day__lte=until, unit_path__startswith=under)
    summed = (
        rows.order_by("user_id").values("user_id").annotate(s=Sum("sights"), u=Sum("unexplained"))
    )
    return {user: Share(s, u) for user, s, u in summed.values_list("user_id", "s", "u") if s}


def trend(path: str, until: date, *, days: int) -> list[tuple[date, Share]]:
    """Day by day for a subtree; a day without any sight has an empty share."""
    since = until - timedelta(days=days - 1)
    rows = Measure.objects.filter(day__gte=since, day__lte=until, unit_path__startswith=path)
    summed = rows.order_by("day").values("day").annotate(s=Sum("sights"), u=Sum("unexplained"))
    held: Mapping[date, Share] = {
        day: Share(s, u) for day, s, u in summed.values_list("day", "s", "u")
    }
    return [
        (day, held.get(day, Share())) for day in (since + timedelta(days=n) for n in range(days))
    ]


def under(path: str, since: date, until: date) -> Share:
    rows = Measure.objects.filter(day__gte=since, day__lte=until, unit_path__startswith=path)
    summed = rows.aggregate(s=Sum("sights"), u=Sum("unexplained"))
    return Share(summed["s"] or 0, summed["u"] or 0)


def of(user: int, since: date, until: date) -> Share:
    summed = Measure.objects.filter(user_id=user, day__gte=since, day__lte=until).aggregate(
        s=Sum("sights"), u=Sum("unexplained")
    )
    return Share(summed["s"] or 0, summed["u"] or 0)
