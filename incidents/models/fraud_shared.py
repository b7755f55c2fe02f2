"""The register of fraud data that came from, or went to, an industry platform or another insurer."""

from __future__ import annotations

import uuid
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import User
from custodian import clock
from incidents.models.fraud import FraudCase
from transfers.models import Counterparty, Share


class FraudSharedQuerySet(models.QuerySet["FraudShared"]):
    def held(self) -> Self:
        return self.filter(state=FraudShared.State.HELD)

    def over(self) -> Self:
        """Beyond their last day and still there."""
        return self.held().filter(use_by__lt=clock.local().date())


class FraudShared(models.Model):
    """One list that was received or given: what, why, on which ground, until when, and its end."""

    class Way(models.TextChoices):
        RECEIVED = "received", pgettext_lazy("共享", "收到")
        GIVEN = "given", pgettext_lazy("共享", "提供")

    class State(models.TextChoices):
        HELD = "held", pgettext_lazy("共享", "使用期内")
        ENDED = "ended", pgettext_lazy("共享", "已删除")
        DROPPED = "dropped", pgettext_lazy("共享", "未提供")

    class Purpose(models.TextChoices):
        PREVENT = "prevent", _("识别和防范保险欺诈")
        VERIFY = "verify", _("核实赔案")
        INVESTIGATE = "investigate", _("协助欺诈调查")

    class Ground(models.TextChoices):
        DUTY = "duty", _("履行法定职责或者法定义务（个保法第十三条第三项）")
        CONTRACT = "contract", _("订立、履行保险合同所必需（个保法第十三条第二项）")
        CONSENT = "consent", _("个人单独同意（个保法第十三条第一项）")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("编号"), max_length=16, unique=True)
    holding = models.UUIDField(unique=True, editable=False)  # of the key of its values
    way = models.CharField(_("方向"), max_length=8, choices=Way)
    partner = models.ForeignKey(
        Counterparty, models.PROTECT, related_name="+", verbose_name=_("对方")
    )
    elements = ArrayField(models.CharField(max_length=60), verbose_name=_("信息项"))
    purpose = models.CharField(_("用途"), max_length=12, choices=Purpose)
    ground = models.CharField(_("合法性基础"), max_length=10, choices=Ground)
    at_on = models.DateField(_("日期"))
    use_by = models.DateField(_("使用至"))
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.HELD)
    noted_at = models.DateTimeField(default=clock.now)
    noted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    sha256 = models.CharField(_("文件指纹"), max_length=64, blank=True)
    total = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)
    case = models.ForeignKey(FraudCase, models.PROTECT, null=True, related_name="shared")
    share = models.OneToOneField(Share, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(_("删除"), null=True)
    proof = models.JSONField(default=dict)  # what was looked at after the end, and what was found

    objects = FraudSharedQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("反欺诈共享资料")
        verbose_name_plural = pgettext_lazy("列表", "反欺诈共享资料")
        constraints = [
            models.CheckConstraint(
                name="fraud_shared_counts_add_up",
                condition=Q(total=F("kept") + F("quarantined")),
            ),
            models.CheckConstraint(
                name="fraud_shared_ends_with_proof",
                condition=(~Q(state="ended") & Q(ended_at=None))
                | (Q(state="ended", ended_at__isnull=False) & ~Q(proof={})),
            ),
            models.CheckConstraint(
                name="fraud_shared_is_used_after_it_came",
                condition=Q(use_by__gte=F("at_on")),
            ),
            models.CheckConstraint(
                name="fraud_shared_that_is_given_is_a_share",
                condition=Q(way="received", share=None) | Q(way="given", share__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class FraudSharedRow(models.Model):
    """One row of a list that came; its values are sealed under the list's own key."""

    shared = models.ForeignKey(FraudShared, models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField()
    values_sealed = models.BinaryField()

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(
                name="fraud_shared_row_has_a_number", fields=["shared", "number"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.shared_id}/{self.number}"


class FraudSharedIndex(models.Model):
    """The fingerprint by which a value of a row meets the customers'."""

    shared = models.ForeignKey(FraudShared, models.PROTECT, related_name="indexes")
    element = models.CharField(max_length=60)
    digest = models.BinaryField(max_length=16)
    version = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["element", "digest"], name="fraud_shared_index_lookup"),
        ]

    def __str__(self) -> str:
        return f"{self.shared_id} {self.element}"


class FraudSharedBad(models.Model):
    """A row that was set aside, and why; nothing of it is kept."""

    class Why(models.TextChoices):
        EMPTY = "empty", _("没有可用的值")
        COLUMNS = "columns", _("列数与表头不符")
        ID_NUMBER = "id_number", _("证件号码不正确")
        MOBILE = "mobile", _("手机号码不正确")
        ACCOUNT = "account", _("银行账号不正确")
        DOUBLE = "double", _("与前面的行重复")

    shared = models.ForeignKey(FraudShared, models.PROTECT, related_name="bad")
    number = models.PositiveIntegerField()
    why = models.CharField(max_length=10, choices=Why)

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.shared_id}/{self.number} {self.why}"
