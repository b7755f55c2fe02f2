"""Wrapped keys, in a schema of their own that has its own short-lived backup."""

from __future__ import annotations

from django.db import models


class WrappedKeyRow(models.Model):
    kek = models.IntegerField()
    wrapped = models.BinaryField()

    class Meta:
        abstract = True


class DataKey(WrappedKeyRow):
    """The key of one holding (an identity, an account file, a policy, a claim, a document)."""

    holding = models.UUIDField(primary_key=True)

    class Meta:
        managed = False
        db_table = 'keys"."data_key'

    def __str__(self) -> str:
        return str(self.holding)


class SubjectKey(WrappedKeyRow):
    """The key behind one customer's tags in the log; without it the tags are noise."""

    subject = models.BigIntegerField(primary_key=True)
    key_id = models.BinaryField()

    class Meta:
        managed = False
        db_table = 'keys"."subject_key'

    def __str__(self) -> str:
        return f"#{self.subject}"


class LogMonth(models.Model):
    """The holdings of one month of the log: its written reasons, and the marks of what was searched for.

    The rows are there from the beginning and only `access_forget_month` changes them, when it destroys a key.
    """

    month = models.DateField(primary_key=True)
    reasons = models.UUIDField(unique=True)
    searches = models.UUIDField(unique=True)
    reasons_gone_at = models.DateTimeField(null=True)
    searches_gone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("month",)

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
