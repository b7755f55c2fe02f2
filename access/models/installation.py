"""What this installation is: one row, if any; a demo has one, and one that was restored from a backup."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from custodian import clock


class Installation(models.Model):
    """The marker without which no demo page exists, and the one with which no page is served at all."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    demo = models.BooleanField(default=False)
    begun_at = models.DateTimeField(default=clock.now)
    # Restored and not reconciled: nothing is served (see access.restored).
    restored_at = models.DateTimeField(null=True)
    reconciled_at = models.DateTimeField(null=True)
    facts = models.JSONField(default=dict)  # of the backup: its manifest

    class Meta:
        constraints = [
            models.CheckConstraint(name="installation_is_one_row", condition=Q(id=1)),
            models.CheckConstraint(
                name="installation_is_reconciled_after_a_restore",
                condition=Q(reconciled_at=None) | Q(restored_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return "demo" if self.demo else "installation"
