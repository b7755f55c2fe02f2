"""Two customers who may be one person: a case for compliance, and never an act on either of them."""

from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, Subject
from custodian import clock
from records.models.holdings import ScopedQuerySet


class MergeCase(models.Model):
    """`agrees` are codes of fingerprints that both have; `source` is the book that brought `subject` in.

    What was settled can be settled otherwise: `settled` is what holds now, `verdict` what waits for the
    second person.
    """

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("疑似重复", "待核对")
        ASKED = "asked", pgettext_lazy("疑似重复", "待复核")
        SETTLED = "settled", pgettext_lazy("疑似重复", "已认定")

    class Verdict(models.TextChoices):
        SAME = "same", pgettext_lazy("疑似重复", "同一人")
        APART = "apart", pgettext_lazy("疑似重复", "不是同一人")

    ref = models.UUIDField(default=uuid4, unique=True, editable=False)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    other = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    agrees = ArrayField(models.CharField(max_length=60))
    source = models.CharField(_("账册"), max_length=40)
    found_at = models.DateTimeField(_("发现"), default=clock.now)
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.OPEN)
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True)
    settled = models.CharField(max_length=8, choices=Verdict, blank=True)
    settled_at = models.DateTimeField(null=True)
    reason = models.CharField(_("理由"), max_length=200, blank=True)
    approval = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("疑似重复的客户")
        verbose_name_plural = verbose_name
        constraints = [
            models.UniqueConstraint(fields=["subject", "other"], name="merge_case_once_for_a_pair"),
            models.CheckConstraint(
                condition=~Q(subject=F("other")), name="merge_case_is_about_two_customers"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        return f"M-{self.pk:06}"
