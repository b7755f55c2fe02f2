"""What every letter to a customer has in common: to whom, by which way, and what became of it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Subject


class Letter(models.Model):
    """One customer's letter. She can read it in the portal whichever way it went."""

    class Way(models.TextChoices):
        MOBILE = "mobile", _("短信")
        EMAIL = "email", _("电子邮件")
        LETTER = "letter", pgettext_lazy("告知信", "信函")
        NONE = "none", pgettext_lazy("告知信", "没有可用的地址")

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("告知信", "待发送")
        SENT = "sent", pgettext_lazy("告知信", "已发送")
        TO_PRINT = "to_print", pgettext_lazy("告知信", "待打印")
        PRINTED = "printed", pgettext_lazy("告知信", "已打印寄出")
        FAILED = "failed", pgettext_lazy("告知信", "未送达")

    DELIVERED = (State.SENT, State.PRINTED)
    IS_DATED = ~Q(state__in=("sent", "printed")) | Q(sent_at__isnull=False)

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    # To whom it goes: she herself, or who acts for a child.
    addressee = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    way = models.CharField(_("方式"), max_length=6, choices=Way)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.WAITING)
    note = models.CharField(max_length=24, blank=True)  # a code: why it went no other way
    turns = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(_("送出"), null=True)
    sheet = models.PositiveIntegerField(null=True)  # that it was printed on
    seen_at = models.DateTimeField(_("客户打开"), null=True)

    class Meta:
        abstract = True
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """As it stands on paper."""
        return str(self.ref)[:8].upper()
