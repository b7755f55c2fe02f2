"""Exercises: a case that is played, its answers, and its score."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from custodian import clock
from incidents.models.cases import Incident


class Exercise(models.Model):
    """Which scenario is played in a case; its answers as they came, and the score that they got."""

    incident = models.OneToOneField(Incident, models.PROTECT, related_name="played")
    scenario = models.CharField(_("场景"), max_length=40)
    begun_at = models.DateTimeField(_("开始"), default=clock.now)
    answers = models.JSONField(default=dict)  # of each question the answer, when and by whom
    ended_at = models.DateTimeField(_("结束"), null=True)
    score = models.JSONField(default=list)  # line by line
    points = models.PositiveSmallIntegerField(_("得分"), null=True)
    most = models.PositiveSmallIntegerField(_("满分"), null=True)

    class Meta:
        ordering = ("-pk",)
        verbose_name = pgettext_lazy("事件", "演练")
        verbose_name_plural = pgettext_lazy("事件列表", "演练")
        constraints = [
            models.CheckConstraint(
                name="exercise_that_ended_has_a_score",
                condition=Q(ended_at=None, points=None, most=None)
                | Q(ended_at__isnull=False, points__isnull=False, most__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.scenario
