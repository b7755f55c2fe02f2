"""Geometry of a product's time line: policies by month over the times in which it might be sold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from records.models import Policy, Product
from records.products import checking
from records.products.selling import Terms

WIDTH: Final = 800
HEIGHT: Final = 190
LEFT, TOP, FLOOR = 44, 22, 150
MOST: Final = 120  # months; what is older is in the table


@dataclass(frozen=True)
class Month:
    begins: date
    count: int
    wrong: int


@dataclass(frozen=True)
class Bar:
    month: Month
    x: float
    width: float
    y: float
    height: float
    wrong_y: float
    wrong_height: float


@dataclass(frozen=True)
class Span:
    """A time in which it might be sold, or was suspended."""

    x: float
    width: float
    kind: str  # sold or held


@dataclass(frozen=True)
class Chart:
    bars: list[Bar]
    spans: list[Span]
    years: list[tuple[int, float]]
    most: int
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    top: int = TOP
    floor: int = FLOOR

    @property
    def label_y(self) -> int:
        return self.floor + 18

    @property
    def edge(self) -> int:
        return self.left - 6


def months(product: Product, terms: Terms) -> list[Month]:
    """Newest first; policies without a first day are not among them."""
    rows = Policy.objects.filter(product=product, starts_on__isnull=False)
    wrong = checking.breaking(terms) if terms.filed else Q()
    found = rows.annotate(month=TruncMonth("starts_on")).values("month").order_by("-month")
    counted = found.annotate(n=Count("pk"), wrong=Count("pk", filter=wrong))
    return [Month(each["month"], each["n"], each["wrong"]) for each in counted]


def drawn(found: list[Month], terms: Terms, today: date) -> Chart | None:
    if not found:
        return None
    last = _next(max(today, found[0].begins))
    first = max(found[-1].begins, _back(last, MOST))
    scale = (WIDTH - LEFT) / max((last - first).days, 1)

    def x(day: date) -> float:
        return round(LEFT + (min(max(day, first), last) - first).days * scale, 1)

    shown = [each for each in found if each.begins >= first]
    most = max(each.count for each in shown)
    return Chart(
        bars=[_bar(each, x(each.begins), x(_next(each.begins)), most) for each in shown],
        spans=list(_spans(terms, first, last, x)),
        years=[
            (year, x(date(year, 1, 1)))
            for year in range(first.year + (first > date(first.year, 1, 1)), last.year + 1)
            if x(date(year, 1, 1)) < WIDTH - 20
        ],
        most=most,
    )


def _bar(month: Month, left: float, right: float, most: int) -> Bar:
    whole = (FLOOR - TOP) * month.count / most
    wrong = (FLOOR - TOP) * month.wrong / most
    return Bar(
        month,
        round(left + 0.5, 1),
        round(max(right - left - 1, 1.0), 1),
        round(FLOOR - whole, 1),
        round(whole, 1),
        round(FLOOR - wrong, 1),
        round(wrong, 1),
    )


def _spans(terms: Terms, first: date, last: date, x: Any) -> Any:
    """Nothing for one that is not filed: it might never be sold."""
    if terms.filed:
        since = max([day for day in (terms.filed_on, terms.sold_from) if day], default=first)
        left, right = x(since), x(terms.sold_until or last)
        if right > left:
            yield Span(left, round(right - left, 1), "sold")
    for each in terms.suspensions:
        left, right = x(each.since), x((each.until or last) + timedelta(days=1))
        yield Span(left, round(max(right - left, 1.5), 1), "held")


def _next(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _back(day: date, number: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - number, 12)
    return date(year, month + 1, 1)


def largest(counts: Mapping[str, int], most: int = 8) -> list[tuple[str, int, float]]:
    """The largest of them, each with its part of the largest."""
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:most]
    top = ordered[0][1] if ordered else 1
    return [(code, number, number / top) for code, number in ordered]
