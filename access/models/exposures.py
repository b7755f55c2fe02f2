"""The exposure index: which customers each person has seen on each day, as sets that unite in no time.

It can be rebuilt from the log's `subject_access` at any moment, and is no evidence itself.
"""

from __future__ import annotations

from django.db import models

from access.models.people import User


class Exposure(models.Model):
    """Sets of subject ordinals as portable roaring bitmaps: anything seen, plaintext seen, unexplained."""

    pk = models.CompositePrimaryKey("user_id", "day")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    day = models.DateField()
    seen = models.BinaryField(default=b"")
    opened = models.BinaryField(default=b"")
    # Written by the audit of the day.
    unexplained = models.BinaryField(default=b"")
    # Plaintext that no work item asked for.
    unasked = models.BinaryField(default=b"")

    class Meta:
        indexes = [models.Index(fields=["day", "user"], name="exposure_of_day")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.day}"
