"""Tests of controls: by the person who answers for one, or by the house itself."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import User
from custodian import clock


class ControlCheck(models.Model):
    """One test. What was found is kept; of one that failed somebody else says later that it holds again."""

    class Result(models.TextChoices):
        PASSED = "passed", pgettext_lazy("自查", "有效")
        FAILED = "failed", pgettext_lazy("自查", "失效")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    control = models.CharField(_("控制措施"), max_length=24, db_index=True)  # code of the library
    due_on = models.DateField(_("应查日"))
    at = models.DateTimeField(_("自查时间"), default=clock.now)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # none: the house
    result = models.CharField(_("结果"), max_length=6, choices=Result)
    note = models.CharField(_("查到了什么"), max_length=300, blank=True)
    evidence = models.CharField(_("凭据"), max_length=100, blank=True)
    # Of the house's own: {"source": "log", "at": …, "numbers": …}
    measured = models.JSONField(default=dict)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("控制自查")
        verbose_name_plural = pgettext_lazy("列表", "控制自查")
        constraints = [
            models.CheckConstraint(
                name="control_check_is_by_a_person_or_measured",
                condition=(Q(by__isnull=False) & ~Q(note="")) | (Q(by=None) & ~Q(measured={})),
            ),
            models.CheckConstraint(
                name="control_check_that_failed_is_confirmed_by_another",
                condition=Q(confirmed_at=None, confirmed_by=None)
                | (
                    Q(result="failed", confirmed_at__isnull=False, confirmed_by__isnull=False)
                    & (Q(by=None) | ~Q(confirmed_by=F("by")))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.control} {self.result}"

    @property
    def holds(self) -> bool:
        """Whether the control may be relied on after it."""
        return self.result == self.Result.PASSED or self.confirmed_at is not None
