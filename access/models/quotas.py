"""How much one person may look at, as rows; and what each has looked at lately, which the database counts."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models.approvals import Approval
from access.models.people import User
from access.vocabulary import Role
from custodian import clock
from custodian.elements import Harm


class QuotaQuerySet(models.QuerySet["Quota"]):
    def in_force(self) -> Self:
        now = clock.now()
        return self.filter(Q(until=None) | Q(until__gt=now), since__lte=now)


class Quota(models.Model):
    """One limit with three steps; a change is a new row, the old one keeps its dates.

    From `warn` on looks are paced, at `finding` the officer hears of it, beyond `block` nothing is shown.
    """

    class Measure(models.TextChoices):
        CUSTOMERS = "customers", _("不同客户")
        REVEALS = "reveals", _("揭示次数")

    code = models.CharField(_("限额"), max_length=12)
    version = models.PositiveIntegerField(_("版本"), default=1)
    role = models.CharField(_("岗位"), max_length=24, choices=Role, blank=True)  # blank: everybody
    measure = models.CharField(_("计数"), max_length=10, choices=Measure)
    # Blank: whatever is seen, masks included; else plaintext of that kind.
    harm = models.CharField(
        _("信息类别"),
        max_length=10,
        blank=True,
        choices=[
            (Harm.PROPERTY.value, _("财产类")),
            (Harm.HEALTH.value, _("健康与交易类")),
            (Harm.OTHER.value, _("其他个人信息")),
        ],
    )
    hours = models.PositiveIntegerField(_("时段（小时）"), null=True, blank=True)  # None: ever
    warn = models.PositiveIntegerField(_("放慢"), null=True, blank=True)
    finding = models.PositiveIntegerField(_("报告"), null=True, blank=True)
    block = models.PositiveIntegerField(_("停止"), null=True, blank=True)
    pace = models.PositiveSmallIntegerField(_("放慢后的间隔（秒）"), default=5)
    law = models.CharField(_("法规条款"), max_length=20, blank=True)
    since = models.DateTimeField(_("生效"), default=clock.now)
    until = models.DateTimeField(_("失效"), null=True, blank=True)
    approval = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")

    objects = QuotaQuerySet.as_manager()

    class Meta:
        ordering = ("code", "-version")
        verbose_name = _("限额")
        verbose_name_plural = pgettext_lazy("列表", "限额")
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="quota_version_is_unique"),
            models.CheckConstraint(
                name="quota_steps_rise",
                condition=(Q(warn=None) | Q(finding=None) | Q(warn__lte=F("finding")))
                & (Q(finding=None) | Q(block=None) | Q(finding__lte=F("block")))
                & (Q(warn=None) | Q(block=None) | Q(warn__lte=F("block"))),
            ),
            models.CheckConstraint(
                name="quota_of_a_kind_counts_customers",
                condition=Q(harm="") | Q(measure="customers"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class Seen(models.Model):
    """When a person last saw anything of a customer (`kind` is "any"), or plaintext of one kind."""

    pk = models.CompositePrimaryKey("user_id", "kind", "subject_id")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    subject_id = models.BigIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "kind", "last_at"], name="seen_lately")]

    def __str__(self) -> str:
        return f"{self.user_id} → #{self.subject_id}"


class Tally(models.Model):
    """How often a person had something revealed, by the hour."""

    pk = models.CompositePrimaryKey("user_id", "hour")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    hour = models.DateTimeField()
    reveals = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.user_id} {self.hour}"


class Total(models.Model):
    """How many different customers a person ever saw, by kind as in `Seen`."""

    pk = models.CompositePrimaryKey("user_id", "kind")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    customers = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"
