"""Batches of what is due for destruction, what became of each holding, and the stones that are left."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, Subject, User
from custodian import clock
from custodian.jobs import Job, JobQuerySet
from records.models.books import Book


class DestructionBatch(Job):
    """What was due on a day. It is proposed by the system, put up by one officer, approved by another."""

    class Stage(models.TextChoices):
        PROPOSED = "proposed", _("待提交")
        WAITING = "waiting", _("待复核")
        APPROVED = "approved", _("已批准")
        RETURNED = "returned", _("已退回")
        STOPPED = "stopped", _("已停止")
        DONE = "done", _("已销毁")

    code = models.CharField(_("批次"), max_length=16, unique=True)
    day = models.DateField(_("到期日"))  # as of which everything in it is due
    stage = models.CharField(_("状态"), max_length=10, choices=Stage, default=Stage.PROPOSED)
    digest = models.CharField(max_length=64, blank=True)  # of the planned items, as put up
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    approval = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(_("批准"), null=True)
    # Once it is done: the certificate as it was signed, and its page in each language.
    certificate = models.BinaryField(default=b"")
    signature = models.BinaryField(default=b"")
    pages = models.JSONField(default=dict)  # language: SHA-256 of the page
    scan = models.JSONField(default=dict)  # what was still found afterwards, and where

    objects = JobQuerySet.as_manager()  # type: ignore[misc]  # a job's own kind of rows

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("销毁批次")
        verbose_name_plural = pgettext_lazy("列表", "销毁批次")
        constraints = [
            models.UniqueConstraint(
                fields=["stage"],
                condition=Q(stage="proposed"),
                name="destruction_batch_is_proposed_once",
            ),
            models.CheckConstraint(
                name="destruction_batch_is_certified_when_done",
                condition=~Q(stage="done") | ~Q(certificate=b""),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class DestructionItem(models.Model):
    """One holding of a batch, why it may go, and what became of it."""

    class State(models.TextChoices):
        PLANNED = "planned", _("待销毁")
        EXCLUDED = "excluded", _("已排除")  # by an officer, before it was put up
        HELD = "held", _("法律保留")
        IN_USE = (
            "in_use",
            _("不再到期"),
        )  # something happened since: it is used, or must be kept longer
        STOPPED = "stopped", _("已停止")
        DESTROYED = "destroyed", _("已销毁")

    batch = models.ForeignKey(DestructionBatch, models.PROTECT, related_name="items")
    holding = models.UUIDField()
    subject = models.ForeignKey(Subject, models.PROTECT)
    kind = models.CharField(max_length=12)
    book = models.ForeignKey(Book, models.PROTECT)
    rule = models.CharField(max_length=40)
    ended_on = models.DateField()
    keep_until = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    because = models.CharField(
        max_length=80, blank=True
    )  # the holds by code, or the officer's reason
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "holding"], name="destruction_item_is_once")
        ]
        indexes = [
            models.Index(fields=["batch", "state", "subject"], name="destruction_item_by_state"),
            models.Index(fields=["holding"], name="destruction_item_holding"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.subject_id}"


class Tombstone(models.Model):
    """What is destroyed for ever: a holding by its uuid, or a customer by hers. Rows are only added."""

    gone = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=12)  # a kind of holding, or `subject`
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="tombstones")
    batch = models.ForeignKey(DestructionBatch, models.PROTECT, null=True)  # None: replayed
    at = models.DateTimeField(default=clock.now)
    sheet = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["sheet"], name="tombstone_by_sheet")]

    def __str__(self) -> str:
        return str(self.gone)


class TombstoneSheet(models.Model):
    """Tombstones as they are kept outside the database: numbered without gaps, and signed."""

    number = models.PositiveIntegerField(primary_key=True)
    at = models.DateTimeField(default=clock.now)
    batch = models.CharField(max_length=16)
    body = models.TextField()

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.number:08}"


class CertificatePage(models.Model):
    """The certificate to be printed, in one language, as it was made."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    batch = models.ForeignKey(DestructionBatch, models.PROTECT, related_name="printed")
    language = models.CharField(max_length=8)
    body = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "language"], name="certificate_page_is_once_in_a_language"
            )
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.language}"
