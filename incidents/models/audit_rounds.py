"""Audits and reports that the law or the company asks for again and again, each time as one row."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import User
from custodian import clock


class AuditRound(models.Model):
    """One time of one duty. `due_on` is the date that it settles."""

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("审计安排", "已安排")
        UNDER_WAY = "under_way", pgettext_lazy("审计安排", "进行中")
        REPORTED = "reported", pgettext_lazy("审计安排", "已报告")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    rule = models.CharField(max_length=24, db_index=True)  # code of the clock
    about = models.CharField(max_length=16, blank=True)  # the case that a special audit follows
    due_on = models.DateField(_("到期日"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.PLANNED)
    planned_on = models.DateField(_("计划开始"))
    lead = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("负责人"))
    auditor = models.CharField(_("审计机构或负责人"), max_length=80)
    ordered = models.BooleanField(_("监管要求"), default=False)
    planned_at = models.DateTimeField(default=clock.now)
    planned_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(null=True)
    done_on = models.DateField(_("完成日"), null=True)
    conclusion = models.CharField(_("结论"), max_length=300, blank=True)
    paper = models.CharField(_("报告存放"), max_length=100, blank=True)
    paper_sha256 = models.CharField(_("文件指纹"), max_length=64, blank=True)
    filed_on = models.DateField(_("报送日"), null=True)
    filed_ref = models.CharField(_("报送编号"), max_length=60, blank=True)
    rectified_filed_on = models.DateField(_("整改报告报送日"), null=True)
    rectified_ref = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ("-due_on", "-pk")
        verbose_name = _("审计与报告")
        verbose_name_plural = pgettext_lazy("列表", "审计与报告")
        constraints = [
            models.UniqueConstraint(
                name="audit_round_is_once_for_a_date", fields=["rule", "about", "due_on"]
            ),
            models.CheckConstraint(
                name="audit_round_that_is_reported_says_when_and_where",
                condition=(Q(state="reported", done_on__isnull=False) & ~Q(paper=""))
                | (~Q(state="reported") & Q(done_on=None, paper="", rectified_filed_on=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.due_on:%Y-%m-%d}"
