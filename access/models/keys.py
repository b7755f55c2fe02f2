"""Wrapped keys, in a schema of their own with its own short backup, and the changes of what wraps them."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from custodian.jobs import Job, JobQuerySet, JobStatus


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


class RetiredKek(models.Model):
    """A KEK that wraps nothing any more and may wrap nothing again; then it is destroyed."""

    kek = models.IntegerField(primary_key=True)
    at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = 'keys"."retired'

    def __str__(self) -> str:
        return f"KEK {self.kek}"


class KeyRotationQuerySet(JobQuerySet):
    def unfinished(self) -> Self:
        return self.exclude(status__in=[JobStatus.DONE, JobStatus.REFUSED])

    def finished(self) -> Self:
        return self.filter(status=JobStatus.DONE).order_by("-finished_at")


class KeyRotation(Job):
    """One change of a key while the house is open; `version` is the key that follows, once it is made."""

    class Kind(models.TextChoices):
        KEK = "kek", _("密钥加密密钥")
        INDEX = "index", _("盲索引密钥")

    class Why(models.TextChoices):
        SCHEDULE = "schedule", _("按期")
        COMMAND = "command", _("命令行")
        PAGE = "page", _("密钥页")

    kind = models.CharField(_("密钥"), max_length=8, choices=Kind)
    why = models.CharField(_("由来"), max_length=8, choices=Why)
    reason = models.CharField(_("理由"), max_length=200, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("申请人"),
    )
    version = models.PositiveIntegerField(null=True)
    prepared_at = models.DateTimeField(null=True)
    place = models.JSONField(default=dict)  # how far each table has been gone through
    skipped = models.PositiveBigIntegerField(
        default=0
    )  # what did not open, and so stayed as it was

    objects = KeyRotationQuerySet.as_manager()  # type: ignore[misc]  # a job's own kind of rows

    class Meta:
        verbose_name = _("密钥轮换")
        verbose_name_plural = _("密钥轮换")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                name="one_rotation_of_a_kind_at_a_time",
                fields=["kind"],
                condition=~Q(status__in=[JobStatus.DONE, JobStatus.REFUSED]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version or ''}"
