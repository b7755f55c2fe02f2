"""How long each holding is kept, as last reckoned, and the events from which it is counted."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, Subject, User
from custodian import clock
from custodian.jobs import Job, JobQuerySet
from records.models.holdings import ScopedQuerySet

if TYPE_CHECKING:
    from datetime import date


class KeepingQuerySet(ScopedQuerySet):
    def due_on(self, day: date) -> Self:
        """What may go on that day, by the last reckoning; holds are asked when it goes."""
        return self.filter(ended_on__isnull=False, keep_until__lt=day)


class Keeping(models.Model):
    """One holding: whether it is in use, until when it must be kept, and by which rule."""

    class State(models.TextChoices):
        IN_USE = "in_use", _("使用中")
        RESTRICTED = "restricted", _("限制处理")
        UNDATED = (
            "undated",
            _("日期不详"),
        )  # the purpose has ended, but a date to count from is missing
        DUE = "due", _("到期待销毁")

    holding = models.UUIDField(primary_key=True)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="keepings")
    kind = models.CharField(max_length=12)
    state = models.CharField(_("状态"), max_length=10, choices=State)
    ended_on = models.DateField(_("目的结束"), null=True)
    keep_until = models.DateField(_("保存至"), null=True)  # the last day; it may go on the next
    rule = models.CharField(max_length=40, blank=True)
    reckoned_at = models.DateTimeField(default=clock.now)

    objects = KeepingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["keep_until"], name="keeping_by_day"),
            models.Index(fields=["subject"], name="keeping_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.subject_id}"


class RetentionEventQuerySet(ScopedQuerySet):
    def counting(self) -> Self:
        """Those that nothing corrects, a correction that still waits for its second person included."""
        corrected = self.model.objects.filter(
            corrects=models.OuterRef("pk"), state=RetentionEvent.State.COUNTS
        )
        return self.filter(~models.Exists(corrected), state=RetentionEvent.State.COUNTS)


class RetentionEvent(models.Model):
    """A day from which the law counts, where the other records do not say it or say it wrongly.

    What was noted stays as it was noted; a later note may correct it.
    """

    class Trigger(models.TextChoices):
        CONTRACT_TERMINATED = "contract_terminated", _("合同终止")
        TRANSACTION = "transaction", _("最后一笔交易")
        CONSENT_WITHDRAWN = "consent_withdrawn", _("撤回同意")
        LAST_CONTACT = "last_contact", _("最后联系")
        HANDED_OVER = "handed_over", _("移交其他保险公司")

    class State(models.TextChoices):
        COUNTS = "counts", _("有效")
        WAITING = "waiting", _("待复核")
        RETURNED = "returned", _("已退回")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="retention_events")
    holding = models.UUIDField(null=True)  # None: of the customer as a whole
    trigger = models.CharField(_("事件"), max_length=20, choices=Trigger)
    on = models.DateField(_("日期"))
    noted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    noted_at = models.DateTimeField(default=clock.now)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.COUNTS)
    # Both are of one customer, and go with her.
    corrects = models.ForeignKey(
        "self", models.CASCADE, null=True, related_name="corrections", verbose_name=_("更正")
    )
    # Of a note that would let something go earlier.
    approval = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")

    objects = RetentionEventQuerySet.as_manager()

    class Meta:
        ordering = ("on", "pk")
        indexes = [models.Index(fields=["subject"], name="retention_event_of_subject")]
        constraints = [
            models.UniqueConstraint(
                name="retention_event_is_corrected_once",
                fields=["corrects"],
                condition=~models.Q(state="returned"),
            ),
            models.CheckConstraint(
                name="retention_event_waits_for_an_approval",
                condition=models.Q(state="counts") | models.Q(approval__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trigger} {self.on}"


class ExpiryRun(Job):
    """What of the house's own records was over its time on a day, and went; of each day at most one."""

    day = models.DateField(_("日期"), unique=True)
    gone = models.JSONField(default=dict)  # kind of records: how many

    objects = JobQuerySet.as_manager()  # type: ignore[misc]  # a job's own kind of rows

    class Meta:
        ordering = ("-day",)

    def __str__(self) -> str:
        return f"{self.day}"


class KeepingRun(Job):
    """One reckoning of all holdings; of each day at most one."""

    day = models.DateField(_("日期"), unique=True)
    after = models.BigIntegerField(default=0)  # the last customer that was reckoned
    counts = models.JSONField(default=dict)  # state: holdings
    restricted = models.PositiveBigIntegerField(default=0)  # that were in use before
    released = models.PositiveBigIntegerField(default=0)  # that are in use again
    proposed_at = models.DateTimeField(null=True)  # what is due was put into a batch

    objects = JobQuerySet.as_manager()  # type: ignore[misc]  # a job's own kind of rows

    class Meta:
        ordering = ("-day",)
        verbose_name = _("保存期限核算")
        verbose_name_plural = pgettext_lazy("列表", "保存期限核算")

    def __str__(self) -> str:
        return f"{self.day}"
