"""Assessments of customers, products and market: answers and counts side by side, signed by two."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, Unit, User
from custodian import clock
from records.models import Book, Product


class RiskAssessment(models.Model):
    """Of a segment, never of one person. Counts are those of `asked_at` and are not counted again."""

    class Kind(models.TextChoices):
        CUSTOMERS = "customers", pgettext_lazy("风险评估", "客户")
        PRODUCTS = "products", pgettext_lazy("风险评估", "产品")
        MARKET = "market", pgettext_lazy("风险评估", "市场")

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("风险评估", "填写中")
        WAITING = "waiting", pgettext_lazy("风险评估", "待复核")
        SIGNED = "signed", pgettext_lazy("风险评估", "已签署")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("对象"), max_length=10, choices=Kind)
    version = models.PositiveSmallIntegerField(_("问卷版本"))
    digest = models.CharField(max_length=64)  # of the questionnaire as it was
    book = models.ForeignKey(Book, models.PROTECT, null=True, verbose_name=_("账册"))
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, verbose_name=_("机构"))
    product = models.ForeignKey(Product, models.PROTECT, null=True, verbose_name=_("险种"))
    since = models.DateField(_("自"))
    until = models.DateField(_("至"))
    asked_at = models.DateTimeField(_("查询时刻"), default=clock.now)
    numbers = models.JSONField(default=list)
    answers = models.JSONField(default=dict)
    lines = models.JSONField(default=list)  # the arithmetic, line by line, as it was put up
    score = models.DecimalField(_("得分"), max_digits=5, decimal_places=2, null=True)
    result = models.CharField(_("结论"), max_length=12, blank=True)
    summary = models.CharField(_("说明"), max_length=1000, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.DRAFT)
    begun_at = models.DateTimeField(default=clock.now)
    begun_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approval = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(_("签署时间"), null=True)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("风险评估")
        verbose_name_plural = pgettext_lazy("列表", "风险评估")
        constraints = [
            models.CheckConstraint(
                name="risk_assessment_that_is_signed_has_score_and_approval",
                condition=Q(state="draft", signed_at=None)
                | Q(state="waiting", signed_at=None, score__isnull=False, approval__isnull=False)
                | Q(
                    state="signed",
                    signed_at__isnull=False,
                    score__isnull=False,
                    approval__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="risk_assessment_is_of_what_its_kind_says",
                condition=Q(kind="customers", product=None)
                | Q(kind="products", product__isnull=False, book=None, unit=None)
                | Q(kind="market", product=None, book=None, unit=None),
            ),
            models.CheckConstraint(
                name="risk_assessment_looks_back",
                condition=Q(since__lt=models.F("until")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.until:%Y-%m-%d}"
