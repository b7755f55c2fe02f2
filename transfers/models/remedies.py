"""What the buyer has to put right after a book came in, and who does it by when."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import User
from custodian import clock
from transfers.models.portfolio import Transfer


class Remedy(models.Model):
    """One affair of many customers, by what it is about; no customer is named in it."""

    class What(models.TextChoices):
        MISSING = "missing", pgettext_lazy("整改", "缺项")
        FLAW = "flaw", pgettext_lazy("整改", "错项")
        LEVEL = "level", pgettext_lazy("整改", "分级")
        ARCHIVE = "archive", pgettext_lazy("整改", "档案")
        OTHER = "other", pgettext_lazy("整改", "其他")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("整改", "办理中")
        DONE = "done", pgettext_lazy("整改", "已办结")
        DROPPED = "dropped", pgettext_lazy("整改", "不再办理")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="remedies")
    what = models.CharField(_("类别"), max_length=8, choices=What)
    code = models.CharField(max_length=60, blank=True)  # of an element, a flaw, a kind of file
    says = models.CharField(_("要做什么"), max_length=200)
    count = models.PositiveBigIntegerField(_("涉及人数"), default=0)  # when it was opened
    owner = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("负责人"))
    due_on = models.DateField(_("期限"))
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.OPEN)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(_("办理结果"), max_length=300, blank=True)

    class Meta:
        ordering = ("due_on", "pk")
        verbose_name = pgettext_lazy("整改", "整改事项")
        verbose_name_plural = pgettext_lazy("整改列表", "整改事项")
        constraints = [
            models.UniqueConstraint(
                fields=["transfer", "what", "code"],
                condition=Q(state="open") & ~Q(code=""),
                name="remedy_is_under_way_once",
            ),
            models.CheckConstraint(
                name="remedy_that_ended_says_when_and_why",
                condition=Q(state="open", ended_at=None, reason="")
                | (~Q(state="open") & Q(ended_at__isnull=False) & ~Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        return self.says

    @property
    def is_late(self) -> bool:
        return self.state == self.State.OPEN and self.due_on < clock.local().date()
