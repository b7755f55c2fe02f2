"""Import runs: the files as they arrived (sealed), what became of each row, and what was set aside."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Unit, User
from custodian import clock
from custodian.jobs import Job
from records.models.books import Book

KEEP_QUARANTINED = timedelta(days=183)  # company default, not law


def expiry() -> datetime:
    return clock.now() + KEEP_QUARANTINED


class ImportRun(Job):
    """One import. `rows_in = kept + unchanged + quarantined + skipped` holds after every chunk."""

    book = models.ForeignKey(Book, models.PROTECT, verbose_name=_("账册"))
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, verbose_name=_("提交人"))
    dry_run = models.BooleanField(_("试运行"), default=False)
    confirmed_at = models.DateTimeField(_("确认时间"), null=True)
    # Where customers go whose row names no unit that is known.
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, verbose_name=_("机构"))
    mapping = models.JSONField(default=dict)  # confirmed columns: headers and targets, never values
    # The row that was taken last: {"step": 2, "row": 1200}; a killed run goes on after it.
    cursor = models.JSONField(default=dict)
    rows_in = models.PositiveBigIntegerField(_("读入"), default=0)
    kept = models.PositiveBigIntegerField(_("保留"), default=0)
    unchanged = models.PositiveBigIntegerField(_("未变"), default=0)
    quarantined = models.PositiveBigIntegerField(_("隔离"), default=0)
    skipped = models.PositiveBigIntegerField(_("按规则略过"), default=0)
    reasons = models.JSONField(default=dict)  # {"id-check-digit": 12}
    warnings = models.JSONField(default=dict)
    skips = models.JSONField(default=dict)  # by the reason that the mapping gives
    sources = models.JSONField(default=dict)  # the same, by the sources of the mapping
    # The transfer whose book this is: nobody sees its customers until that lets them live.
    arriving = models.UUIDField(null=True, db_index=True)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = _("导入")
        verbose_name_plural = pgettext_lazy("列表", "导入")
        constraints = [
            models.CheckConstraint(
                name="import_run_accounts_for_every_row",
                condition=Q(rows_in=F("kept") + F("unchanged") + F("quarantined") + F("skipped")),
            )
        ]

    def __str__(self) -> str:
        return str(_("导入 %(ref)s") % {"ref": str(self.ref)[:8]})


class ImportFile(models.Model):
    """A file of a run, kept sealed in parts under its own holding."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    run = models.ForeignKey(ImportRun, models.PROTECT, related_name="files", null=True)
    holding = models.UUIDField(default=uuid.uuid4, unique=True)
    name_sealed = models.BinaryField()
    size = models.PositiveBigIntegerField(default=0)
    digest = models.BinaryField(max_length=32, default=b"")  # keyed hash of the content
    complete = models.BooleanField(default=False)  # all of it is in the store
    received_at = models.DateTimeField(default=clock.now)
    # Since when file, name and key are gone; size and digest stay, to know the same file again.
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                name="import_file_that_was_removed_is_empty",
                condition=Q(removed_at=None) | Q(complete=False, name_sealed=b""),
            )
        ]

    def __str__(self) -> str:
        return str(self.ref)


class QuarantinedRow(models.Model):
    """A row that was not imported, sealed under its book's quarantine holding, with the reasons why."""

    class Status(models.TextChoices):
        OPEN = "open", _("待处理")
        FIXED = "fixed", _("已更正并导入")
        DROPPED = "dropped", _("确认不导入")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    run = models.ForeignKey(ImportRun, models.PROTECT, verbose_name=_("导入"))
    book = models.ForeignKey(Book, models.PROTECT, verbose_name=_("账册"))
    kind = models.CharField(_("类别"), max_length=12)  # customer, policy, claim
    sheet = models.PositiveSmallIntegerField(_("表"))
    number = models.PositiveBigIntegerField(_("行号"))
    reasons = models.JSONField(_("原因"))  # [["id-check-digit", "identity.id_number"], …]
    row_digest = models.BinaryField(
        max_length=16
    )  # keyed, so that the same file adds nothing twice
    # Of the key that the row showed, so that whoever points at it is told that it is here.
    key_digest = models.BinaryField(max_length=16, default=b"")
    row_sealed = models.BinaryField()
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.OPEN)
    arrived_at = models.DateTimeField(_("隔离时间"), default=clock.now)
    expires_at = models.DateTimeField(_("保存至"), default=expiry)

    class Meta:
        ordering = ("id",)
        verbose_name = _("隔离行")
        verbose_name_plural = _("隔离区")
        constraints = [
            models.UniqueConstraint(
                fields=["book", "kind", "row_digest"], name="quarantined_row_is_kept_once"
            )
        ]
        indexes = [
            models.Index(fields=["book", "kind", "key_digest"], name="quarantined_row_by_key")
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class SavedMapping(models.Model):
    """How the files of one sender are read, under a name; a change is a new version. Rows are only added."""

    name = models.CharField(_("名称"), max_length=60)
    version = models.PositiveSmallIntegerField(_("版本"))
    toml = models.TextField()  # headers, targets, codes and rules; never a customer's value
    made_at = models.DateTimeField(_("保存时间"), default=clock.now)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("name", "-version")
        verbose_name = _("保存的对应关系")
        verbose_name_plural = pgettext_lazy("列表", "保存的对应关系")
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="mapping_has_a_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class FileSurvey(Job):
    """What the columns of one file seem to be, in shares and counts; no value of it is kept."""

    file = models.OneToOneField(ImportFile, models.CASCADE, related_name="survey")
    sheets = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.file_id}"
