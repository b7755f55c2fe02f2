"""Copies of a customer's own data: asked for by her, made once, downloaded once, and gone in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Subject
from access.models.subjects import in_scope
from custodian import clock
from custodian.jobs import Job, JobQuerySet, JobStatus

if TYPE_CHECKING:
    from access.actors import Actor


class DataCopyQuerySet(JobQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(in_scope(actor, prefix="subject__"))

    def of(self, actor: Actor) -> Self:
        """What this very person may take: what was made for a request is for whoever asked, as he asked."""
        asked = Q(capacity=actor.capacity, request__asker=actor.by)
        return self.visible_to(actor).filter(Q(request=None) | asked)

    def takable(self) -> Self:
        """Ready, within its time, and not taken yet."""
        return self.filter(
            status=JobStatus.DONE, removed_at=None, taken_at=None, expires_at__gt=clock.now()
        )


class DataCopy(Job):
    """One file, sealed under a key of its own that goes with it."""

    class Format(models.TextChoices):
        PDF = "pdf", _("PDF，便于阅读")
        JSON = "json", _("JSON，便于交给别的机构")
        ZIP = "zip", _("ZIP，含 PDF、JSON 和已归档的文件")

    class Language(models.TextChoices):
        CHINESE = "zh-hans", "中文"
        ENGLISH = "en", "English"

    class Removed(models.TextChoices):
        EXPIRED = "expired", _("已过期")
        TAKEN = "taken", _("已下载")
        DESTROYED = "destroyed", _("其中的资料已销毁")

    subject = models.ForeignKey(Subject, models.PROTECT, verbose_name=_("客户"))
    # The request that it answers, and how often it was tried.
    request = models.ForeignKey(
        "records.CustomerRequest", models.PROTECT, null=True, related_name="copies"
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    capacity = models.CharField(max_length=12)  # in which it was asked for
    address = models.CharField(max_length=45, blank=True)  # of the network it was asked from
    format = models.CharField(_("格式"), max_length=4, choices=Format)
    language = models.CharField(_("语言"), max_length=8, choices=Language)
    # Of the key that the file is sealed under.
    holding = models.UUIDField(unique=True, editable=False)
    entry = models.BigIntegerField(null=True)  # of the reading, in the log
    length = models.BigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(_("有效至"), null=True)
    taken_at = models.DateTimeField(_("下载"), null=True)
    removed_at = models.DateTimeField(null=True)
    removed = models.CharField(max_length=10, choices=Removed, blank=True)

    objects = DataCopyQuerySet.as_manager()  # type: ignore[misc]  # a job's own kind of rows

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("资料副本")
        verbose_name_plural = pgettext_lazy("列表", "资料副本")
        indexes = [
            models.Index(fields=["subject", "created_at"], name="data_copy_of_subject"),
        ]
        constraints = [
            models.CheckConstraint(
                name="data_copy_removal_says_why",
                condition=Q(removed_at=None, removed="")
                | (Q(removed_at__isnull=False) & ~Q(removed="")),
            ),
            models.CheckConstraint(
                name="data_copy_that_is_ready_expires",
                condition=~Q(status="done") | Q(expires_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)[:8]

    @property
    def takable(self) -> bool:
        ready = self.status == JobStatus.DONE and self.removed_at is None and self.taken_at is None
        return bool(ready and self.expires_at and self.expires_at > clock.now())

    @property
    def name(self) -> str:
        """What the browser saves it as: nothing of the customer."""
        return f"my-data-{self.ref.hex[:8]}.{self.format}"
