"""When a customer came in last, and since when her sessions count."""

from __future__ import annotations

from django.db import models

from access.models.subjects import Subject


class PortalLogin(models.Model):
    """Nothing of the customer: only times, and a number that ends every session begun before it rose."""

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True)
    epoch = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(null=True)
    before_at = models.DateTimeField(
        null=True
    )  # the time before that, which the portal's home says

    def __str__(self) -> str:
        return f"#{self.subject_id}"
