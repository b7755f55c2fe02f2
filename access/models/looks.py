"""Looks that an investigation keeps from the looked-at for a while; nothing of a customer is here."""

from __future__ import annotations

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models.approvals import Approval
from access.models.people import User
from custodian import clock


class DelayedLookQuerySet(models.QuerySet["DelayedLook"]):
    def approved(self) -> Self:
        """Those that hold or held: what they kept back shows that it came late."""
        return self.filter(status__in=(DelayedLook.Status.OPEN, DelayedLook.Status.RELEASED))

    def hiding(self) -> Self:
        return self.filter(status=DelayedLook.Status.OPEN, until__gt=clock.now())


class DelayedLook(models.Model):
    """One entry, or one person's looks of a period: shown to customers from `until`, or when released."""

    class Status(models.TextChoices):
        ASKED = "asked", _("待复核")
        RETURNED = "returned", _("已退回")
        OPEN = "open", _("已批准")
        RELEASED = "released", _("已放行")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    entry = models.BigIntegerField(_("条目"), null=True)
    operator = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("操作人")
    )
    looks_since = models.DateTimeField(_("自"), null=True)
    looks_until = models.DateTimeField(_("至"), null=True)
    until = models.DateTimeField(_("延后至"))
    reason_sealed = models.BinaryField()
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.ASKED)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("提出人"))
    asked_at = models.DateTimeField(_("提出"), default=clock.now)
    released_at = models.DateTimeField(_("放行"), null=True)
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")

    objects = DelayedLookQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at",)
        verbose_name = _("延后显示")
        verbose_name_plural = pgettext_lazy("列表", "延后显示")
        indexes = [
            models.Index(fields=["entry"], name="delayed_look_by_entry"),
            models.Index(fields=["operator", "looks_since"], name="delayed_look_by_operator"),
        ]
        constraints = [
            models.CheckConstraint(
                name="delayed_look_is_an_entry_or_a_persons_period",
                condition=Q(entry__isnull=False, operator=None, looks_since=None, looks_until=None)
                | Q(
                    entry=None,
                    operator__isnull=False,
                    looks_since__isnull=False,
                    looks_until__gt=models.F("looks_since"),
                ),
            ),
            models.CheckConstraint(
                name="delayed_look_ends", condition=Q(until__gt=models.F("asked_at"))
            ),
            models.CheckConstraint(
                name="delayed_look_is_dated_when_released",
                condition=Q(status="released", released_at__isnull=False)
                | (~Q(status="released") & Q(released_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)[:8]
