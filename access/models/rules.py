"""Access rules as rows, what is proposed to change in them, and what a proposal would have changed."""

from __future__ import annotations

import uuid
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models.approvals import Approval
from access.models.people import User
from access.vocabulary import Channel, Purpose, Reach, Role
from custodian import clock
from custodian.elements import LEVELS, ElementClass
from custodian.jobs import Job

CLASSES = [
    (ElementClass.IDENTITY.value, _("身份信息")),
    (ElementClass.FINANCIAL.value, _("财务信息")),
    (ElementClass.POLICY.value, _("保单信息")),
]


class PolicyRuleQuerySet(models.QuerySet["PolicyRule"]):
    def in_force(self) -> Self:
        now = clock.now()
        return self.filter(Q(until=None) | Q(until__gt=now), since__lte=now)


class PolicyRule(models.Model):
    """One version of one rule; a change is a new row, the old one keeps its dates."""

    code = models.CharField(_("规则"), max_length=12)
    version = models.PositiveIntegerField(_("版本"), default=1)
    role = models.CharField(_("岗位"), max_length=24, choices=Role)
    purpose = models.CharField(_("用途"), max_length=20, choices=Purpose)
    element_class = models.CharField(_("分类"), max_length=12, choices=CLASSES)
    max_level = models.PositiveSmallIntegerField(_("最高等级"))
    reach = models.CharField(_("范围"), max_length=8, choices=Reach)
    channel = models.CharField(_("渠道"), max_length=12, choices=Channel, blank=True)
    networks = ArrayField(
        models.CharField(max_length=43), verbose_name=_("网段"), default=list, blank=True
    )
    hour_from = models.PositiveSmallIntegerField(_("起始时刻"), default=0)
    hour_until = models.PositiveSmallIntegerField(_("截止时刻"), default=24)
    step_up_level = models.PositiveSmallIntegerField(_("二次验证等级"), default=4)
    # Codes of courses and undertakings; none: nothing need be valid.
    training = ArrayField(
        models.CharField(max_length=40),
        verbose_name=_("须有效的培训与承诺"),
        default=list,
        blank=True,
    )
    # How many different customers a person may see in plaintext by this rule in a day; None: no end.
    daily = models.PositiveIntegerField(_("每人每天至多几名客户"), null=True, blank=True)
    since = models.DateTimeField(_("生效"), default=clock.now)
    until = models.DateTimeField(_("失效"), null=True, blank=True)
    # None for the rules that an installation begins with.
    approval = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")

    objects = PolicyRuleQuerySet.as_manager()

    class Meta:
        ordering = ("code", "-version")
        verbose_name = _("访问规则")
        verbose_name_plural = pgettext_lazy("列表", "访问规则")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"], name="policy_rule_version_is_unique"
            ),
            models.CheckConstraint(
                name="policy_rule_level_is_one_to_five",
                condition=Q(max_level__gte=LEVELS.start, max_level__lt=LEVELS.stop),
            ),
            models.CheckConstraint(
                name="policy_rule_hours_are_a_span",
                condition=Q(hour_from__lt=models.F("hour_until"), hour_until__lte=24),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class RuleProposal(models.Model):
    """A new rule, another version of one, or its end: a draft until somebody else has approved it.

    `terms` never change: whoever wants other ones proposes anew.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("草案")
        WAITING = "waiting", _("待复核")
        APPROVED = "approved", _("已批准")
        RETURNED = "returned", _("已退回")
        WITHDRAWN = "withdrawn", _("已撤回")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("规则"), max_length=12)
    base_version = models.PositiveIntegerField(_("所改版本"), null=True)  # None: a new rule
    ends = models.BooleanField(_("停用"), default=False)
    terms = models.JSONField()
    since = models.DateTimeField(_("生效"), null=True)  # None: as soon as it is approved
    reason = models.CharField(_("理由"), max_length=200)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.DRAFT)
    proposed_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("提出人")
    )
    proposed_at = models.DateTimeField(_("提出"), default=clock.now)
    approval = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("-proposed_at",)
        verbose_name = _("规则修改")
        verbose_name_plural = pgettext_lazy("列表", "规则修改")

    def __str__(self) -> str:
        return f"{self.code} {self.get_status_display()}"


class Replay(Job):
    """One proposal tried against the looks of a period; `result` is what `access.replay` found."""

    proposal = models.ForeignKey(RuleProposal, models.CASCADE, related_name="replays")
    since = models.DateField(_("自"))
    until = models.DateField(_("至"))
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("申请人"))
    result = models.JSONField(null=True)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = _("回放")
        verbose_name_plural = pgettext_lazy("列表", "回放")
        constraints = [
            models.CheckConstraint(
                name="replay_covers_a_period", condition=Q(since__lte=models.F("until"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.since} – {self.until}"
