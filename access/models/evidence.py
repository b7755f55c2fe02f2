"""The query log as the app may read it; rows are written by `querylog.append()` and by nobody else."""

from __future__ import annotations

from typing import Self

from django.db import models


class EntryQuerySet(models.QuerySet["Entry"]):
    def newest_first(self) -> Self:
        return self.order_by("-id")

    def newest_index(self) -> int:
        """The index of the newest entry, -1 of an empty log."""
        newest = self.order_by("-id").values_list("id", flat=True).first()
        return -1 if newest is None else newest


class Entry(models.Model):
    """One leaf, exactly as hashed, with columns computed from it by the database."""

    id = models.BigIntegerField(primary_key=True)
    ts = models.DateTimeField()
    written_at = models.DateTimeField()
    leaf = models.TextField()
    tags = models.BinaryField()
    actor = models.UUIDField(null=True)
    staff_no = models.TextField()
    unit = models.TextField()
    act = models.TextField()
    purpose = models.TextField()
    outcome = models.TextField()
    channel = models.TextField()
    subjects = models.IntegerField()

    objects = EntryQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = 'querylog"."entry'

    def __str__(self) -> str:
        return f"#{self.pk}"


class SubjectAccess(models.Model):
    """Which subjects an entry showed: erasable, for the customer's own list of looks."""

    pk = models.CompositePrimaryKey("subject", "entry_id")
    subject = models.UUIDField()
    entry_id = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = 'querylog"."subject_access'

    def __str__(self) -> str:
        return f"#{self.entry_id}"


class SealedContext(models.Model):
    """The written reason and every input of the decision, sealed and erasable; the leaf keeps its hash."""

    entry_id = models.BigIntegerField(primary_key=True)
    body_sealed = models.BinaryField()

    class Meta:
        managed = False
        db_table = 'querylog"."context'

    def __str__(self) -> str:
        return f"#{self.entry_id}"


class Outbox(models.Model):
    """Entries of changes, written in the change's own transaction and drained into the log."""

    id = models.BigAutoField(primary_key=True)
    created_at = models.DateTimeField()
    body = models.TextField()
    tags = models.BinaryField()
    context_sealed = models.BinaryField(null=True)

    class Meta:
        managed = False
        db_table = 'querylog"."outbox'

    def __str__(self) -> str:
        return f"outbox {self.pk}"
