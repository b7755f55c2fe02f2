"""What shows that a stage is done: papers, acts of authorities, publications, and the transfer's clocks."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import User
from custodian import clock
from custodian.clocked import Clock
from transfers.models.portfolio import Stage, Transfer


class TransferPaper(models.Model):
    """A file of a stage as it came; its content lies sealed on a shelf. Rows are only added."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="papers")
    stage = models.CharField(_("阶段"), max_length=10, choices=Stage)
    code = models.CharField(_("文件"), max_length=40)  # of the route, or `other`
    name = models.CharField(_("名称"), max_length=100)
    media_type = models.CharField(max_length=40)
    length = models.PositiveIntegerField(_("大小"))
    sha256 = models.CharField(_("指纹"), max_length=64)
    filed_at = models.DateTimeField(_("归档时间"), default=clock.now)
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("归档人"))

    class Meta:
        ordering = ("pk",)
        verbose_name = _("转让文件")
        verbose_name_plural = pgettext_lazy("列表", "转让文件")

    def __str__(self) -> str:
        return self.name


class TransferAct(models.Model):
    """An authority's decision, or the day on which a waiting time begins. Rows are only added."""

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="acts")
    stage = models.CharField(_("阶段"), max_length=10, choices=Stage)
    gate = models.CharField(_("条件"), max_length=40)  # of the route
    day = models.DateField(_("日期"))
    number = models.CharField(_("文号"), max_length=60, blank=True)
    granted = models.BooleanField(_("准予"), default=True)
    paper = models.ForeignKey(
        TransferPaper, models.PROTECT, null=True, verbose_name=pgettext_lazy("转让", "凭证")
    )
    recorded_at = models.DateTimeField(_("登记时间"), default=clock.now)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)
        verbose_name = _("批准与起算")
        verbose_name_plural = pgettext_lazy("列表", "批准与起算")

    def __str__(self) -> str:
        return f"{self.gate} {self.day:%Y-%m-%d}"


class Publication(models.Model):
    """One notice in a newspaper or gazette, or the time that one stood on a party's website."""

    class Medium(models.TextChoices):
        PAPER = "paper", _("报纸")
        GAZETTE = "gazette", _("公报")
        WEBSITE = "website", _("网站")

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="publications")
    medium = models.CharField(_("媒体"), max_length=8, choices=Medium)
    name = models.CharField(_("名称"), max_length=100)
    day = models.DateField(_("刊登日"))
    until = models.DateField(_("至"), null=True)  # the last day on a website
    side = models.CharField(max_length=8, blank=True)  # whose website
    paper = models.ForeignKey(
        TransferPaper, models.PROTECT, null=True, verbose_name=pgettext_lazy("转让", "凭证")
    )
    recorded_at = models.DateTimeField(_("登记时间"), default=clock.now)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("day", "pk")
        verbose_name = _("公告刊登")
        verbose_name_plural = pgettext_lazy("列表", "公告刊登")
        constraints = [
            models.UniqueConstraint(
                fields=["transfer", "medium", "name", "day"], name="publication_counts_once"
            ),
            models.CheckConstraint(
                name="publication_ends_after_it_begins",
                condition=Q(until=None) | Q(until__gte=F("day")),
            ),
            models.CheckConstraint(
                name="publication_on_a_website_says_whose",
                condition=Q(medium="website", side__in=["seller", "buyer"])
                | ~Q(medium="website") & Q(side=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.day:%Y-%m-%d}"


class TransferClock(Clock):
    """A time of the route that runs for this transfer."""

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="clocks")
    stage = models.CharField(max_length=10, choices=Stage)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["transfer", "rule"], name="transfer_clock_is_once_for_each_rule"
            )
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id} {self.rule}"
