"""Counts the figures of the week that runs and of the one before; what is older stays as counted."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from access import actors, proposals, scopes
from access.models import ScorecardFigure
from access.scorecards.indicators import Indicator, Week, registered
from custodian import clock

ACTOR: Final = "audits"


def carry_out() -> None:
    """Every night; safe to run at any time and twice."""
    now = Week.now()
    for indicator in registered():
        keep(indicator, now)
        if not indicator.momentary:
            keep(indicator, now.before())


def keep(indicator: Indicator, week: Week) -> None:
    """In place of what was counted for that week before."""
    with scopes.acting(actors.system(ACTOR)), transaction.atomic():
        proposals.lock(ScorecardFigure)  # two clocks may ring at once
        now = clock.now()
        ScorecardFigure.objects.filter(indicator=indicator.code, week=week.begins).delete()
        ScorecardFigure.objects.bulk_create(
            ScorecardFigure(
                indicator=indicator.code, week=week.begins, unit_id=each.unit, part=each.part,
                base=each.base, counted_at=now,
            )
            for each in indicator.count(week)
            if each.base
        )  # fmt: skip
