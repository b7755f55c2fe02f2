"""The scorecard's figures, kept by week: a trend cannot be counted afterwards."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from access.models.people import Unit
from custodian import clock


class ScorecardFigure(models.Model):
    """One indicator of one unit in one week, without the units below it."""

    indicator = models.CharField(_("指标"), max_length=16)
    week = models.DateField(_("周"))  # its Monday
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    part = models.PositiveBigIntegerField()
    base = models.PositiveBigIntegerField()
    counted_at = models.DateTimeField(_("统计时间"), default=clock.now)

    class Meta:
        ordering = ("week", "indicator", "unit")
        constraints = [
            models.UniqueConstraint(
                fields=["week", "indicator", "unit"], name="scorecard_figure_once_a_week"
            ),
            models.CheckConstraint(
                name="scorecard_week_begins_on_monday", condition=models.Q(week__iso_week_day=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.week} #{self.unit_id}"
