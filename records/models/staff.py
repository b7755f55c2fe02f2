"""What is known of the staff's own lives, as keyed fingerprints only: so that audits see who looks at kin."""

from __future__ import annotations

from django.db import models

from access.models import User
from custodian import clock


class StaffTrace(models.Model):
    """One fingerprint of one value that the personnel department gave of a person; the value is not kept."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    element = models.CharField(max_length=60)
    digest = models.BinaryField(max_length=16)
    version = models.PositiveSmallIntegerField(
        default=1, db_default=1
    )  # of the index root behind it
    since = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "element", "digest"], name="staff_trace_is_kept_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.element}"
