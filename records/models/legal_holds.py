"""Legal holds: what is not destroyed whatever its period says, who said so, and when that is reviewed."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, User
from custodian import clock

# Evidence must not go while the second person is away; company default, not law.
PROVISIONAL = timedelta(days=7)


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    def in_force(self, at: datetime | None = None) -> Self:
        """Those that hold now: approved and not released, or asked for within the last days."""
        since = (at or clock.now()) - PROVISIONAL
        approved = Q(status__in=[LegalHold.Status.OPEN, LegalHold.Status.RELEASE_ASKED])
        return self.filter(approved | Q(status=LegalHold.Status.ASKED, placed_at__gt=since))

    def overdue(self, on: date) -> Self:
        """In force, and not looked at again by its day."""
        return self.in_force().filter(review_on__lt=on)


class LegalHold(models.Model):
    """`selector` says by references and codes what is held; what it covers is found anew each time."""

    class Scope(models.TextChoices):
        CUSTOMER = "customer", _("客户")
        POLICY = "policy", _("保单")
        BOOK = "book", _("账册")
        CASE = "case", _("案件")
        QUERY = "query", pgettext_lazy("法律保留", "条件")

    class Ground(models.TextChoices):
        AML = "aml_investigation_open", _("反洗钱调查未结")
        DISPUTE = "dispute_or_complaint_open", _("纠纷或投诉未结")
        REGULATOR = "regulator_order", _("监管机构要求")
        LIMITATION = "claim_limitation_running", _("理赔请求权时效未满")

    class Status(models.TextChoices):
        ASKED = "asked", _("待复核")
        OPEN = "open", _("有效")
        RETURNED = "returned", _("已退回")
        RELEASE_ASKED = "release-asked", _("待复核解除")
        RELEASED = "released", _("已解除")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("保留编号"), max_length=16, unique=True)
    scope = models.CharField(pgettext_lazy("法律保留", "范围"), max_length=8, choices=Scope)
    selector = models.JSONField()
    ground = models.CharField(pgettext_lazy("法律保留", "事由"), max_length=32, choices=Ground)
    reason = models.CharField(_("理由"), max_length=200)
    letter = models.CharField(_("函号"), max_length=60, blank=True)
    placed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("提出人"))
    placed_at = models.DateTimeField(_("提出"), default=clock.now)
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")
    review_on = models.DateField(_("复查日"))
    status = models.CharField(_("状态"), max_length=16, choices=Status, default=Status.ASKED)
    released_at = models.DateTimeField(_("解除"), null=True)
    release_reason = models.CharField(_("解除理由"), max_length=200, blank=True)
    # The newest; one that was returned stays in the register of approvals.
    release_approval = models.OneToOneField(
        Approval, models.PROTECT, null=True, related_name="+", verbose_name=_("解除的复核")
    )

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        ordering = ("-placed_at", "-pk")
        verbose_name = _("法律保留")
        verbose_name_plural = pgettext_lazy("列表", "法律保留")
        constraints = [
            models.CheckConstraint(
                name="legal_hold_is_dated_when_released",
                condition=Q(status="released", released_at__isnull=False)
                | (~Q(status="released") & Q(released_at=None)),
            ),
            models.CheckConstraint(
                name="legal_hold_is_released_by_an_approval",
                condition=Q(release_approval__isnull=False)
                | ~Q(status__in=("release-asked", "released")),
            ),
            models.CheckConstraint(
                name="legal_hold_is_placed_and_released_apart",
                condition=Q(release_approval=None) | ~Q(release_approval=F("approval")),
            ),
        ]
        indexes = [models.Index(fields=["status", "review_on"], name="legal_hold_by_review")]

    def __str__(self) -> str:
        return self.code

    @property
    def provisional_until(self) -> datetime:
        """Until when it holds without the second person."""
        return self.placed_at + PROVISIONAL

    @property
    def holds(self) -> bool:
        if self.status == self.Status.ASKED:
            return clock.now() < self.provisional_until
        return self.status in {self.Status.OPEN, self.Status.RELEASE_ASKED}

    def named(self, kind: str) -> list[str]:
        """The references under one name of the selector."""
        found: Any = self.selector.get(kind, [])
        return list(found)


class HoldCount(models.Model):
    """How much a hold by book or rule covered when it was last counted: a page does not read whole books."""

    hold = models.OneToOneField(LegalHold, models.PROTECT, primary_key=True, related_name="counted")
    customers = models.PositiveBigIntegerField(default=0)
    holdings = models.PositiveBigIntegerField(default=0)
    counted_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(default=clock.now)  # somebody began to count

    def __str__(self) -> str:
        return f"{self.hold_id} {self.holdings}"


class HoldReview(models.Model):
    """Somebody looked whether a hold is still needed, and says when to look again."""

    hold = models.ForeignKey(LegalHold, models.PROTECT, related_name="reviews")
    reviewed_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("复查人")
    )
    reviewed_at = models.DateTimeField(_("复查"), default=clock.now)
    note = models.CharField(_("说明"), max_length=200)
    next_on = models.DateField(_("下次复查"))

    class Meta:
        ordering = ("-reviewed_at", "-pk")
        verbose_name = _("法律保留复查")
        verbose_name_plural = _("法律保留复查")

    def __str__(self) -> str:
        return f"{self.hold_id} {self.next_on}"
