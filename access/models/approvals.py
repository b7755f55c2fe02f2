"""Approvals: somebody asks, somebody else says yes to exactly what was asked."""

from __future__ import annotations

import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models.people import User
from custodian import clock


class ApprovalQuerySet(models.QuerySet["Approval"]):
    def waiting(self) -> Self:
        return self.filter(status=Approval.Status.WAITING)


class Approval(models.Model):
    """`digest` is the hash of `payload`; what was approved is the digest, and another payload is not."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("待复核")
        APPROVED = "approved", _("已批准")
        RETURNED = "returned", _("已退回")
        VOID = "void", _("已作废")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("事项"), max_length=40)
    payload = models.JSONField()
    digest = models.CharField(_("内容指纹"), max_length=64)
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.WAITING)
    requested_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("申请人")
    )
    requested_at = models.DateTimeField(_("申请时间"), default=clock.now)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("复核人")
    )
    decided_at = models.DateTimeField(_("复核时间"), null=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        ordering = ("-requested_at",)
        verbose_name = _("授权与审批")
        verbose_name_plural = pgettext_lazy("列表", "授权与审批")
        constraints = [
            models.CheckConstraint(
                name="approval_is_by_somebody_else",
                condition=Q(decided_by=None) | ~Q(decided_by=F("requested_by")),
            ),
            models.CheckConstraint(
                name="approval_is_dated_when_decided",
                condition=Q(status="waiting", decided_at=None, decided_by=None)
                | Q(status="void")
                | Q(status__in=("approved", "returned"), decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)[:8]
