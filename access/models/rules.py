"""Access rules as rows: who may see which class, up to which level, for which purpose, where and when."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.vocabulary import Channel, Purpose, Reach, Role
from custodian import clock
from custodian.elements import LEVELS, ElementClass

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
    hour_from = models.PositiveSmallIntegerField(_("起始时刻"), default=0)
    hour_until = models.PositiveSmallIntegerField(_("截止时刻"), default=24)
    step_up_level = models.PositiveSmallIntegerField(_("二次验证等级"), default=4)
    since = models.DateTimeField(_("生效"), default=clock.now)
    until = models.DateTimeField(_("失效"), null=True, blank=True)

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
