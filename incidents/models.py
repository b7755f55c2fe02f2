"""Alerts: everything that may be an incident waits here for triage."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Finding
from custodian import clock


class Alert(models.Model):
    class Source(models.TextChoices):
        FINDING = "finding", _("审计发现")
        INTEGRITY = "integrity", _("完整性检查")
        CUSTOMER = "customer", _("客户反映")
        PARTNER = "partner", _("合作方通报")
        EXTERNAL = "external", _("外部系统")

    class Status(models.TextChoices):
        NEW = "new", _("待分诊")
        CASE = "case", _("已立案")
        FALSE_ALARM = "false_alarm", _("误报")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.CharField(_("来源"), max_length=12, choices=Source)
    severity = models.CharField(_("级别"), max_length=8, choices=Finding.Severity)
    status = models.CharField(_("状态"), max_length=12, choices=Status, default=Status.NEW)
    summary = models.CharField(_("说明"), max_length=300)
    finding = models.OneToOneField(Finding, models.PROTECT, null=True, verbose_name=_("审计发现"))
    raised_at = models.DateTimeField(_("时间"), default=clock.now)

    class Meta:
        ordering = ("-raised_at",)
        verbose_name = _("告警")
        verbose_name_plural = pgettext_lazy("列表", "告警")

    def __str__(self) -> str:
        return str(self.ref)[:8]

    @property
    def words(self) -> str:
        """What is the matter; a finding tells it in the reader's language."""
        return self.finding.words if self.finding else self.summary
