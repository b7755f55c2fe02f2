"""What this installation is: one row, if any, and only a demo has one."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from custodian import clock


class Installation(models.Model):
    """The marker without which no demo page exists, whatever the environment says."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    demo = models.BooleanField(default=False)
    begun_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(name="installation_is_one_row", condition=Q(id=1)),
        ]

    def __str__(self) -> str:
        return "demo" if self.demo else "installation"
