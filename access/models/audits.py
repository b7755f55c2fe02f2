"""Audits of each day's looks: their rules, their runs, and what each person did on a day in numbers."""

from __future__ import annotations

import uuid
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models.approvals import Approval
from access.models.findings import Finding
from access.models.people import User
from custodian import clock
from custodian.jobs import Job, JobQuerySet


class AuditRuleQuerySet(models.QuerySet["AuditRule"]):
    def in_force(self) -> Self:
        now = clock.now()
        return self.filter(Q(until=None) | Q(until__gt=now), since__lte=now)


class AuditRule(models.Model):
    """One rule of the audits with its thresholds; a change is a new row, the old one keeps its dates."""

    code = models.CharField(_("审计规则"), max_length=24)
    version = models.PositiveIntegerField(_("版本"), default=1)
    enabled = models.BooleanField(_("启用"), default=True)
    severity = models.CharField(_("级别"), max_length=8, choices=Finding.Severity)
    # Numbers by name, as `access.audits.thresholds` declares them.
    thresholds = models.JSONField(_("阈值"), default=dict)
    since = models.DateTimeField(_("生效"), default=clock.now)
    until = models.DateTimeField(_("失效"), null=True, blank=True)
    approval = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")

    objects = AuditRuleQuerySet.as_manager()

    class Meta:
        ordering = ("code", "-version")
        verbose_name = _("审计规则")
        verbose_name_plural = pgettext_lazy("列表", "审计规则")
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="audit_rule_version_is_unique")
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class AuditRun(Job):
    """The audit of one day of the office; the day is its key, so that each is done once."""

    day = models.DateField(_("日期"), unique=True)
    looks = models.PositiveBigIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)
    # Looks at customers, counted for each customer, and those of them that nothing explains.
    sights = models.PositiveBigIntegerField(default=0)
    unexplained = models.PositiveBigIntegerField(default=0)
    first = models.BigIntegerField(null=True)
    last = models.BigIntegerField(null=True)
    found = models.PositiveIntegerField(default=0)
    rules = models.JSONField(default=dict)  # code: version
    # By language: SHA-256 and signature of the report.
    report = models.JSONField(default=dict)

    objects = JobQuerySet.as_manager()  # type: ignore[misc]  # a job's own kind of rows

    class Meta:
        ordering = ("-day",)
        verbose_name = _("审计")
        verbose_name_plural = pgettext_lazy("列表", "审计")

    def __str__(self) -> str:
        return f"{self.day}"


class AuditReport(models.Model):
    """The signed report of one run in one language, as it was made."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    run = models.ForeignKey(AuditRun, models.PROTECT, related_name="reports")
    language = models.CharField(max_length=8)
    body = models.BinaryField()
    signature = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "language"], name="audit_report_is_once_in_a_language"
            )
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.language}"


class Measure(models.Model):
    """What one person did on one day, in numbers: the base of baselines, peers, shares and trends."""

    pk = models.CompositePrimaryKey("user_id", "day")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    day = models.DateField()
    # As they were on that day.
    role = models.CharField(max_length=24)
    unit_path = models.CharField(max_length=200)
    looks = models.PositiveIntegerField(default=0)
    # Each look at each customer counts one.
    sights = models.PositiveIntegerField(default=0)
    unexplained = models.PositiveIntegerField(default=0)
    own_word = models.PositiveIntegerField(default=0)
    customers = models.PositiveIntegerField(default=0)
    opened = models.PositiveIntegerField(default=0)
    unasked = models.PositiveIntegerField(default=0)
    outside_hours = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    searches = models.PositiveIntegerField(default=0)
    empty_searches = models.PositiveIntegerField(default=0)
    hours = ArrayField(models.PositiveIntegerField(), default=list)

    class Meta:
        indexes = [models.Index(fields=["day", "unit_path"], name="measure_of_day")]
        constraints = [
            models.CheckConstraint(
                name="measure_explains_no_less_than_nothing",
                condition=Q(unexplained__lte=F("sights")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.day}"
