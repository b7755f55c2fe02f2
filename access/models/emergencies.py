"""Break-glass: a window in which somebody may find any customer by an exact value, and the review it owes."""

from __future__ import annotations

import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models.people import User
from access.vocabulary import Purpose
from custodian import clock


class BreakGlassQuerySet(models.QuerySet["BreakGlass"]):
    def open(self) -> Self:
        return self.filter(closed_at=None, until__gt=clock.now())

    def owed(self) -> Self:
        """Those that nobody has reviewed."""
        return self.filter(reviewed_at=None)

    def overdue(self) -> Self:
        return self.owed().filter(due_at__lte=clock.now())


class BreakGlass(models.Model):
    """One window of one person; its customers are assignments that end with it."""

    class Verdict(models.TextChoices):
        JUSTIFIED = "justified", _("正当")
        UNJUSTIFIED = "unjustified", _("不正当")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("人员"))
    purpose = models.CharField(_("用途"), max_length=20, choices=Purpose)
    reason = models.CharField(_("理由"), max_length=200)
    opened_at = models.DateTimeField(_("开启"), default=clock.now)
    until = models.DateTimeField(_("至"))
    closed_at = models.DateTimeField(_("关闭"), null=True)
    due_at = models.DateTimeField(_("复盘期限"))
    reviewed_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("复盘人")
    )
    reviewed_at = models.DateTimeField(_("复盘时间"), null=True)
    verdict = models.CharField(_("结论"), max_length=12, choices=Verdict, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    objects = BreakGlassQuerySet.as_manager()

    class Meta:
        ordering = ("-opened_at",)
        verbose_name = _("紧急访问")
        verbose_name_plural = pgettext_lazy("列表", "紧急访问")
        constraints = [
            models.CheckConstraint(
                name="break_glass_is_reviewed_by_somebody_else",
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("user")),
            ),
            models.CheckConstraint(
                name="break_glass_review_is_whole",
                condition=Q(reviewed_by=None, reviewed_at=None, verdict="")
                | (Q(reviewed_at__isnull=False, reviewed_by__isnull=False) & ~Q(verdict="")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)[:8]
