"""How bad an incident is, by both ladders, and the times of the law that follow from it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval
from custodian import clock
from custodian.clocked import Clock
from incidents.models.cases import Incident


class Severity(models.TextChoices):
    """The four levels of the supervisor's annex (CN-NFRA-SEV) and of the cyberspace guide (CN-CSI-THR)."""

    CRITICAL = "critical", _("特别重大")
    MAJOR = "major", _("重大")
    SIGNIFICANT = "significant", _("较大")
    ORDINARY = "ordinary", _("一般")


class Assessment(models.Model):
    """One judgement that two people made; rows are only added, and the newest stands."""

    class Operator(models.TextChoices):
        """What the systems that were hit are, for whom to report to."""

        OTHER = "other", _("其他网络运营者")
        CII = "cii", _("关键信息基础设施")
        CENTRAL_ORGAN = "central_organ", _("中央和国家机关")

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="assessments")
    # What it is one of, in the words of the law's clocks: data_incident, cyber_incident, pi_breach, …
    occasions = ArrayField(models.CharField(max_length=30))
    severity = models.CharField(_("金融监管分级"), max_length=12, choices=Severity)
    level = models.CharField(_("网信分级"), max_length=12, choices=Severity)
    operator = models.CharField(_("系统性质"), max_length=14, choices=Operator)
    # Counted from the affected lists when it was put up; what follows from the numbers alone.
    counted = models.JSONField(default=dict)
    reason = models.CharField(_("理由"), max_length=1000)
    made_at = models.DateTimeField(_("评定时间"), default=clock.now)
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)
        verbose_name = _("评定")
        verbose_name_plural = pgettext_lazy("列表", "评定")

    def __str__(self) -> str:
        return f"{self.incident_id} {self.severity}"


class IncidentClock(Clock):
    """A time of the law that runs for an incident; `number` counts those that repeat."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="clocks")
    number = models.PositiveSmallIntegerField(default=1)
    reference = models.CharField(_("报送编号"), max_length=100, blank=True)
    why_late = models.CharField(_("逾期原因"), max_length=300, blank=True)

    class Meta:
        ordering = ("due_at", "pk")
        constraints = [
            models.UniqueConstraint(
                name="incident_clock_runs_once", fields=["incident", "rule", "number"]
            ),
            models.CheckConstraint(
                name="incident_clock_late_says_why",
                condition=Q(late_reason=False) | ~Q(why_late=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.rule}"
