"""The back office's page of one unit: what nothing explains there, by person and day, and what was found."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access import gate
from access.actions import Action
from access.admin_pages import actor_of, enter, page, row_of
from access.audits import shares
from access.audits.shares import Share
from access.models import Finding, Unit, User

DAYS = 30
SHOWN = 50


@page("units/<str:code>/", name="unit", action=Action.USER_READ, logs_itself=True)
@require_safe
def unit_page(request: HttpRequest, code: str) -> HttpResponse:
    unit = _unit_of(request, code)
    enter(request, Action.USER_READ, row=code)
    actor = actor_of(request)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": str(unit),
        "unit": unit,
        "below": Unit.objects.filter(parent=unit),
        "staff": _people(unit).count(),
        "may_find": gate.may(actor, Action.FINDING_READ),
        "may_score": gate.may(actor, Action.SCORECARD_READ),
        "may_change": gate.may(actor, Action.UNIT_CHANGE),
    }
    if context["may_find"]:
        context |= _shares(unit) | {"findings": _findings(unit)}
    return render(request, "admin/unit.html", context)


def _unit_of(request: HttpRequest, code: str) -> Unit:
    rows = Unit.objects.select_related("parent").filter(code=code)
    return row_of(request, Action.USER_READ, rows, asked=code)


def _people(unit: Unit) -> Any:
    return User.objects.filter(unit__path__startswith=unit.path, is_active=True)


def _shares(unit: Unit) -> dict[str, Any]:
    since, until = shares.lately(DAYS)
    trend = shares.trend(unit.path, until, days=DAYS)
    people = shares.by_person(since, until, under=unit.path)
    named = {each.pk: each for each in User.objects.filter(pk__in=people).select_related("unit")}
    rows = sorted(people.items(), key=lambda row: (-row[1].unexplained, -row[1].sights))
    return {
        "days": DAYS,
        "share": shares.under(unit.path, since, until),
        "house": shares.under("", since, until),
        "trend": [each.share for _day, each in trend],
        "trend_rows": [(day, each) for day, each in trend if each.sights],
        "people": [(named[user], each) for user, each in rows[:SHOWN] if user in named],
    }


def _findings(unit: Unit) -> Any:
    rows = Finding.objects.filter(operator__unit__path__startswith=unit.path)
    return rows.select_related("operator").order_by("status", "-found_at")[:10]


def most_unexplained(days: int = 7) -> list[tuple[Unit, Share, list[float]]]:
    """The units with the highest share lately, with their trend, for the morning page."""
    since, until = shares.lately(days)
    by_unit = shares.by_unit(since, until)
    units = {each.path: each for each in Unit.objects.filter(path__in=by_unit)}
    worst = sorted(by_unit.items(), key=lambda row: -row[1].share)[:5]
    return [
        (units[path], share, [each.share for _, each in shares.trend(path, until, days=DAYS)])
        for path, share in worst
        if path in units
    ]
