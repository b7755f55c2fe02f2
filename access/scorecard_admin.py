"""The scorecard in the back office: units by indicators, what stands behind each figure, and its trend."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from access import gate
from access.actions import Action
from access.admin_pages import actor_of, enter, page, panel, row_of
from access.models import Unit
from access.scorecards import reading
from access.scorecards.indicators import Indicator, Kind, attention
from access.scorecards.reading import Cell, Row

READ: Final = Action.SCORECARD_READ
SCALES: Final = {
    Kind.SHARE: "",
    Kind.MEAN: pgettext_lazy("评分卡", "满分 5"),
    Kind.PER_HUNDRED: pgettext_lazy("评分卡", "每百人"),
    Kind.PER_THOUSAND: pgettext_lazy("评分卡", "每千名客户"),
}


@page("scorecard/", name="scorecard", action=READ, logs_itself=True)
@require_safe
def scorecard(request: HttpRequest) -> HttpResponse:
    code = request.GET.get("unit", "")
    units = Unit.objects.select_related("parent").filter(code=code)
    unit = row_of(request, READ, units, asked=code) if code else None
    enter(request, READ, row=code)
    rows = reading.rows(unit)
    context = {
        **admin.site.each_context(request),
        "title": _("评分卡"),
        "unit": unit,
        "columns": [_column(cell.indicator) for cell in rows[0].cells],
        "rows": [(row, [_told(cell, row) for cell in row.cells]) for row in rows],
        "weeks": _weeks(rows[0]),
        "worries": _worries(rows),
        "counted": any(cell.points for cell in rows[0].cells),
        "span": reading.WEEKS,
    }
    return render(request, "admin/scorecard.html", context)


@panel(24, column="main", template="admin/panels/scorecard.html")
def in_the_morning(request: HttpRequest) -> dict[str, Any] | None:
    """The house as a whole: who wants units goes to the page."""
    if not gate.may(actor_of(request), READ):
        return None
    row = reading.house()
    if not any(cell.points for cell in row.cells):
        return None
    return {"cells": [_told(cell, row) for cell in row.cells], "url": reverse("admin:scorecard")}


def _column(indicator: Indicator) -> dict[str, Any]:
    return {
        "indicator": indicator,
        "scale": SCALES[indicator.kind],
        "limit": _figure(indicator, attention()[indicator.code]),
        "url": reverse(indicator.leads_to),
    }


def _told(cell: Cell, row: Row) -> dict[str, Any]:
    indicator, last = cell.indicator, cell.last
    return {
        "indicator": indicator,
        "unit": row.unit,
        "scale": SCALES[indicator.kind],
        "last": last,
        "figure": _figure(indicator, last.figure) if last else "",
        "change": _change(cell),
        "improves": cell.improves,
        "worries": cell.worries,
        "trend": cell.trend,
        "top": max([*cell.trend, 0.0001]) * 1.1,
    }


def _figure(indicator: Indicator, value: float | None) -> str:
    if value is None:
        return "—"
    return f"{value * 100:.1f}%" if indicator.kind is Kind.SHARE else f"{value:.2f}"


def _change(cell: Cell) -> str:
    """With its sign; in points of a percent for shares. Nothing where it cannot be seen at this precision."""
    if cell.change is None:
        return ""
    share = cell.indicator.kind is Kind.SHARE
    said = f"{cell.change * 100:+.1f}" if share else f"{cell.change:+.2f}"
    return "" if not said.strip("+-0.") else said


def _weeks(row: Row) -> list[dict[str, Any]]:
    """The trend of the first row as a table, the newest week first."""
    days = sorted({point.week for cell in row.cells for point in cell.points}, reverse=True)
    by_day = [{point.week: point for point in cell.points} for cell in row.cells]
    return [
        {
            "day": day,
            "cells": [
                (cell.indicator, points.get(day), _figure(cell.indicator, points[day].figure))
                if day in points
                else (cell.indicator, None, "—")
                for cell, points in zip(row.cells, by_day, strict=True)
            ],
        }
        for day in days
    ]


def _worries(rows: Iterable[Row]) -> list[tuple[Row, Cell, str]]:
    """Which unit is to be looked at for what; the first row is the sum of the others and says nothing new."""
    below = list(rows)[1:] or list(rows)
    return [
        (row, cell, _figure(cell.indicator, cell.last.figure))
        for row in below
        for cell in row.cells
        if cell.worries and cell.last is not None
    ]
