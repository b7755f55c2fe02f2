"""Risks of handling customer data, what became of each, and the actions that bring them down."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, Unit, User
from custodian import clock
from records.models import Product


class Risk(models.Model):
    """One risk as it stands; how it came to stand so is in its events, which are only added to."""

    class Kind(models.TextChoices):
        LEAK = "leak", pgettext_lazy("风险", "外泄与倒卖")
        ACCESS = "access", pgettext_lazy("风险", "越权与滥用")
        QUALITY = "quality", pgettext_lazy("风险", "信息不真实")
        LOSS = "loss", pgettext_lazy("风险", "丢失与中断")
        PARTNER = "partner", pgettext_lazy("风险", "合作方")
        LEGAL = "legal", pgettext_lazy("风险", "合规")
        PRODUCT = "product", pgettext_lazy("风险", "产品与销售")

    class Treatment(models.TextChoices):
        UNDECIDED = "undecided", pgettext_lazy("风险", "未定")
        ACCEPT = "accept", pgettext_lazy("风险", "接受")
        REDUCE = "reduce", pgettext_lazy("风险", "降低")
        AVOID = "avoid", pgettext_lazy("风险", "规避")
        TRANSFER = "transfer", pgettext_lazy("风险", "转移")

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("风险", "在册")
        CLOSED = "closed", pgettext_lazy("风险", "已销号")

    class Origin(models.TextChoices):
        OWN = "own", _("自行识别")
        INCIDENT = "incident", _("事件复盘")
        FINDING = "finding", _("审计发现")

    code = models.CharField(_("编号"), max_length=16, unique=True)
    title = models.CharField(pgettext_lazy("风险", "风险"), max_length=100)
    cause = models.CharField(_("原因"), max_length=300)
    consequence = models.CharField(_("后果"), max_length=300)
    kind = models.CharField(_("类别"), max_length=8, choices=Kind)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("机构")
    )
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, related_name="+", verbose_name=_("险种")
    )
    inherent_likelihood = models.PositiveSmallIntegerField()
    inherent_impact = models.PositiveSmallIntegerField()
    residual_likelihood = models.PositiveSmallIntegerField()
    residual_impact = models.PositiveSmallIntegerField()
    controls = ArrayField(models.CharField(max_length=24), default=list)  # codes of the library
    owner = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("风险", "负责人")
    )
    review_on = models.DateField(_("复查日"))
    treatment = models.CharField(
        _("应对"), max_length=10, choices=Treatment, default=Treatment.UNDECIDED
    )
    treatment_note = models.CharField(_("应对说明"), max_length=300, blank=True)
    acceptance = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")
    # Whence it was raised; a case is named here by its number and shown to its working group alone.
    origin = models.CharField(_("来源"), max_length=8, choices=Origin, default=Origin.OWN)
    origin_ref = models.CharField(max_length=40, blank=True)
    status = models.CharField(_("状态"), max_length=6, choices=Status, default=Status.OPEN)
    raised_at = models.DateTimeField(_("登记时间"), default=clock.now)
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)
        verbose_name = pgettext_lazy("风险", "风险")
        verbose_name_plural = pgettext_lazy("列表", "风险")
        constraints = [
            models.CheckConstraint(
                name="risk_is_weighed_from_one_to_five",
                condition=Q(
                    inherent_likelihood__range=(1, 5),
                    inherent_impact__range=(1, 5),
                    residual_likelihood__range=(1, 5),
                    residual_impact__range=(1, 5),
                ),
            ),
            models.CheckConstraint(
                name="risk_that_is_left_is_no_greater",
                condition=Q(
                    residual_likelihood__lte=F("inherent_likelihood"),
                    residual_impact__lte=F("inherent_impact"),
                ),
            ),
            models.CheckConstraint(
                name="risk_that_was_accepted_by_two_is_accepted",
                condition=Q(acceptance=None) | Q(treatment="accept"),
            ),
            models.CheckConstraint(
                name="risk_that_is_closed_says_when",
                condition=Q(status="open", closed_at=None)
                | Q(status="closed", closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def inherent(self) -> int:
        return self.inherent_likelihood * self.inherent_impact

    @property
    def residual(self) -> int:
        return self.residual_likelihood * self.residual_impact

    @property
    def is_due(self) -> bool:
        """Whether it is to be looked at again."""
        return self.status == self.Status.OPEN and self.review_on <= clock.local().date()


class RiskEvent(models.Model):
    """What became of a risk; rows are only added."""

    class What(models.TextChoices):
        RAISED = "raised", pgettext_lazy("风险", "登记")
        WEIGHED = "weighed", pgettext_lazy("风险", "重新评估")
        CONTROLS = "controls", pgettext_lazy("风险", "控制措施")
        OWNER = "owner", pgettext_lazy("风险", "负责人")
        REVIEWED = "reviewed", pgettext_lazy("风险", "复查")
        TREATED = "treated", pgettext_lazy("风险", "应对")
        ASKED = "asked", pgettext_lazy("风险", "申请接受")
        LAPSED = "lapsed", pgettext_lazy("风险", "接受失效")
        ACTION = "action", pgettext_lazy("风险", "整改措施")
        FAILED = "failed", pgettext_lazy("风险", "控制失效")
        CLOSED = "closed", pgettext_lazy("风险", "销号")
        REOPENED = "reopened", pgettext_lazy("风险", "重新在册")

    risk = models.ForeignKey(Risk, models.PROTECT, related_name="events")
    what = models.CharField(max_length=10, choices=What)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # none: the system
    text = models.CharField(max_length=300, blank=True)
    facts = models.JSONField(default=dict)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.risk_id} {self.what}"


class RiskAction(models.Model):
    """One measure of a risk, a control that failed, or an audit; its owner sees this row alone."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("整改", "办理中")
        DONE = "done", pgettext_lazy("整改", "已办结")
        DROPPED = "dropped", pgettext_lazy("整改", "不再办理")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    risk = models.ForeignKey(Risk, models.PROTECT, null=True, related_name="actions")
    check_row = models.ForeignKey(
        "incidents.ControlCheck", models.PROTECT, null=True, related_name="actions"
    )
    round = models.ForeignKey(
        "incidents.AuditRound", models.PROTECT, null=True, related_name="actions"
    )
    found = models.CharField(
        _("审计发现"), max_length=300, blank=True
    )  # of an audit: what it found
    title = models.CharField(_("要做什么"), max_length=120)
    owner = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("负责人")
    )
    due_on = models.DateField(_("期限"))
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(default=clock.now)
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    result = models.CharField(_("办理结果"), max_length=300, blank=True)
    evidence = models.CharField(_("凭据"), max_length=100, blank=True)
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("due_on", "pk")
        verbose_name = pgettext_lazy("整改", "整改措施")
        verbose_name_plural = pgettext_lazy("整改列表", "整改措施")
        constraints = [
            models.CheckConstraint(
                name="risk_action_is_of_one_thing",
                condition=Q(risk__isnull=False, check_row=None, round=None)
                | Q(risk=None, check_row__isnull=False, round=None)
                | Q(risk=None, check_row=None, round__isnull=False),
            ),
            models.CheckConstraint(
                name="risk_action_that_ended_says_when_by_whom_and_how",
                condition=Q(state="open", ended_at=None, ended_by=None, result="")
                | (
                    ~Q(state="open")
                    & Q(ended_at__isnull=False, ended_by__isnull=False)
                    & ~Q(result="")
                ),
            ),
            models.CheckConstraint(
                name="risk_action_is_verified_once_done_and_by_another",
                condition=Q(verified_at=None, verified_by=None)
                | (
                    Q(state="done", verified_at__isnull=False, verified_by__isnull=False)
                    & ~Q(verified_by=F("ended_by"))
                    & (Q(owner=None) | ~Q(verified_by=F("owner")))
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_late(self) -> bool:
        return self.state == self.State.OPEN and self.due_on < clock.local().date()

    @property
    def waits_for_second(self) -> bool:
        """It was done, and nobody has confirmed yet that it works."""
        return self.state == self.State.DONE and self.verified_at is None
