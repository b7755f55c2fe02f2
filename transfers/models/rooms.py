"""Data rooms: what one person at the other insurer was given for the diligence, and what became of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, User
from custodian import clock
from custodian.jobs import Job, JobQuerySet, JobStatus
from records.models import Book
from transfers.models.portfolio import Transfer

MOST_DOWNLOADS: Final = 3


class DataRoomQuerySet(JobQuerySet):
    def due(self) -> Self:
        """Only what somebody else has approved is ever worked at."""
        return super().due().filter(approved_at__isnull=False)

    def takable(self) -> Self:
        return self.filter(
            status=JobStatus.DONE,
            removed_at=None,
            expires_at__gt=clock.now(),
            downloads__lt=MOST_DOWNLOADS,
        )


class DataRoom(Job):
    """`tables` are the counts as they were released, small cells left out; `drawn` whose masks are in it."""

    class Removed(models.TextChoices):
        EXPIRED = "expired", _("已到期")
        RECALLED = "recalled", _("已收回")
        CLOSED = "closed", _("转让已结束")
        DESTROYED = "destroyed", _("其中有客户的资料已销毁")

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="rooms")
    book = models.ForeignKey(Book, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(_("序号"))
    recipient = models.CharField(_("接收人"), max_length=60)
    samples = models.PositiveSmallIntegerField(_("样本数"))
    days = models.PositiveSmallIntegerField(_("有效天数"))
    language = models.CharField(max_length=8, default="zh-hans")
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(_("批准"), null=True)
    counted_on = models.DateField(_("统计日"), null=True)
    tables = models.JSONField(null=True)
    drawn = models.JSONField(default=list)  # ordinals
    entry = models.BigIntegerField(null=True)  # of the log, for the masks
    mark = models.CharField(_("指纹"), max_length=16, blank=True)
    # Of the key that the file is sealed under.
    holding = models.UUIDField(unique=True, editable=False)
    length = models.BigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    downloads = models.PositiveSmallIntegerField(_("下载次数"), default=0)
    taken_at = models.DateTimeField(_("最近下载"), null=True)
    expires_at = models.DateTimeField(_("有效至"), null=True)
    removed_at = models.DateTimeField(_("销毁"), null=True)
    removed = models.CharField(max_length=10, choices=Removed, blank=True)

    objects = DataRoomQuerySet.as_manager()  # type: ignore[misc]  # a job's own kind of rows

    class Meta:
        ordering = ("pk",)
        verbose_name = _("尽调资料")
        verbose_name_plural = pgettext_lazy("列表", "尽调资料")
        constraints = [
            models.UniqueConstraint(
                fields=["transfer", "number"], name="data_room_number_is_unique"
            ),
            models.CheckConstraint(
                name="data_room_is_made_when_approved",
                condition=Q(approved_at__isnull=False) | Q(status__in=("queued", "refused")),
            ),
            models.CheckConstraint(
                name="data_room_removal_says_why",
                condition=Q(removed_at=None, removed="")
                | (Q(removed_at__isnull=False) & ~Q(removed="")),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        return f"{self.transfer.code}-R{self.number}"

    @property
    def is_gone(self) -> bool:
        late = self.expires_at is not None and self.expires_at <= clock.now()
        return late or self.removed_at is not None or self.downloads >= MOST_DOWNLOADS

    @property
    def left(self) -> int:
        return max(0, MOST_DOWNLOADS - self.downloads)

    @property
    def lasts(self) -> timedelta:
        return timedelta(days=self.days)

    @property
    def approved(self) -> bool:
        return self.approved_at is not None
