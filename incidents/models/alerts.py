"""Alerts: everything that may be an incident waits here for triage."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Finding, User
from custodian import clock
from incidents.models.cases import Incident


class Alert(models.Model):
    class Source(models.TextChoices):
        FINDING = "finding", _("审计发现")
        INTEGRITY = "integrity", _("完整性检查")
        CUSTOMER = "customer", _("客户反映")
        PARTNER = "partner", _("合作方通报")
        EXTERNAL = "external", _("外部系统")
        STAFF = "staff", _("员工报告")

    class Status(models.TextChoices):
        NEW = "new", _("待分诊")
        CASE = "case", _("已立案")
        DUPLICATE = "duplicate", pgettext_lazy("告警", "重复")
        FALSE_ALARM = "false_alarm", _("误报")
        SETTLED = "settled", _("原因已消除")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.CharField(_("来源"), max_length=12, choices=Source)
    severity = models.CharField(_("级别"), max_length=8, choices=Finding.Severity)
    status = models.CharField(_("状态"), max_length=12, choices=Status, default=Status.NEW)
    summary = models.CharField(_("说明"), max_length=300)
    finding = models.OneToOneField(Finding, models.PROTECT, null=True, verbose_name=_("审计发现"))
    raised_at = models.DateTimeField(_("时间"), default=clock.now)
    happened_at = models.DateTimeField(
        _("发生时间"), null=True
    )  # as far as whoever raised it knows
    # The system that raised it, and its own number for it: the same one twice is one alert.
    system = models.CharField(_("系统"), max_length=60, blank=True)
    number = models.CharField(_("对方编号"), max_length=120, blank=True)
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, related_name="alerts", verbose_name=_("事件")
    )
    # Of a double, the other one's reference: each goes in its own time.
    same_as = models.UUIDField(_("同一告警"), null=True, db_index=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("分诊时间"), null=True)
    why = models.CharField(_("理由"), max_length=200, blank=True)

    class Meta:
        ordering = ("-raised_at",)
        constraints = [
            models.UniqueConstraint(
                name="alert_of_a_system_comes_once",
                fields=["system", "number"],
                condition=~Q(number=""),
            ),
            models.CheckConstraint(
                name="alert_of_a_case_names_it",
                condition=Q(status="case", incident__isnull=False)
                | (~Q(status="case") & Q(incident=None)),
            ),
            models.CheckConstraint(
                name="alert_that_is_a_double_names_the_other",
                condition=Q(status="duplicate", same_as__isnull=False)
                | (~Q(status="duplicate") & Q(same_as=None)),
            ),
        ]
        verbose_name = _("告警")
        verbose_name_plural = pgettext_lazy("列表", "告警")

    def __str__(self) -> str:
        return str(self.ref)[:8]

    @property
    def words(self) -> str:
        """What is the matter; a finding tells it in the reader's language."""
        return self.finding.words if self.finding else self.summary
