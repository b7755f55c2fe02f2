"""Reports to authorities: one row for each version of what answers one clock of the law."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, User
from custodian import clock
from incidents.models.assessments import IncidentClock
from incidents.models.cases import Incident


class Met(models.TextChoices):
    """What became of the clock that it answers when it was filed."""

    CLOCK = "clock", _("随报送办结")
    BY_HAND = "by_hand", _("此前已手工办结")
    EARLIER = "earlier", _("此前版本已办结，本版为补正")
    TOGETHER = "together", _("同一时限还要求告知个人，告知后在事件页办结")
    NONE = "none", _("没有在计时的时限")


class IncidentReport(models.Model):
    """Once it is approved it changes no more; once it is filed nothing of it does."""

    class Stage(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("报告", "草稿")
        WAITING = "waiting", pgettext_lazy("报告", "待复核")
        RETURNED = "returned", pgettext_lazy("报告", "已退回")
        APPROVED = "approved", _("已复核，待报送")
        FILED = "filed", pgettext_lazy("报告", "已报送")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="reports")
    rule = models.CharField(_("时限"), max_length=24)
    number = models.PositiveSmallIntegerField(_("版本"))
    stage = models.CharField(_("状态"), max_length=8, choices=Stage, default=Stage.DRAFT)
    # Written by members: section to language to text, and form to what only a person can answer.
    words = models.JSONField(default=dict)
    answers = models.JSONField(default=dict)
    # From submission on: the canonical JSON of everything that it says, and its SHA-256.
    body = models.TextField(blank=True)
    digest = models.CharField(_("指纹"), max_length=64, blank=True)
    approval = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")
    begun_at = models.DateTimeField(_("起草时间"), default=clock.now)
    begun_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("起草人"))
    filed_at = models.DateTimeField(_("报送时间"), null=True)  # handed in
    noted_at = models.DateTimeField(_("登记时间"), null=True)
    filed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    channel = models.CharField(_("报送渠道"), max_length=100, blank=True)
    reference = models.CharField(_("报送编号"), max_length=100, blank=True)
    met = models.CharField(max_length=8, choices=Met, blank=True)
    clock = models.ForeignKey(IncidentClock, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("rule", "number")
        verbose_name = _("监管报告")
        verbose_name_plural = pgettext_lazy("列表", "监管报告")
        constraints = [
            models.UniqueConstraint(
                name="report_version_comes_once", fields=["incident", "rule", "number"]
            ),
            models.UniqueConstraint(
                name="report_has_one_version_in_work",
                fields=["incident", "rule"],
                condition=Q(stage__in=["draft", "waiting", "returned"]),
            ),
            models.CheckConstraint(
                name="report_put_up_has_content_and_approval",
                condition=~Q(stage__in=["waiting", "approved", "filed"])
                | (~Q(body="") & ~Q(digest="") & Q(approval__isnull=False)),
            ),
            models.CheckConstraint(
                name="report_filed_says_when_how_and_by_whom",
                condition=Q(stage="filed", filed_at__isnull=False, noted_at__isnull=False)
                & Q(filed_by__isnull=False)
                & ~Q(channel="")
                & ~Q(met="")
                | ~Q(stage="filed") & Q(filed_at=None, noted_at=None, filed_by=None, met=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.number}"
