"""Who moves: the rule that says so, who may not, and what came of it for each customer."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, Subject, User
from custodian import clock
from custodian.jobs import Job, JobQuerySet
from records.models.holdings import ScopedQuerySet
from transfers.models.portfolio import Transfer


class Reason(models.TextChoices):
    """Why a customer stays, the first that applies; `connected` is said of her who has none of her own."""

    DESTROYED = "destroyed", pgettext_lazy("不随转", "资料已销毁")
    HONEY = "honey", pgettext_lazy("不随转", "警戒客户")
    GONE = "gone", pgettext_lazy("不随转", "已由其他保险公司负责")
    HOLD = "hold", pgettext_lazy("不随转", "法律保留")
    BARRED = "barred", pgettext_lazy("不随转", "制裁或调查")
    OBJECTED = "objected", pgettext_lazy("不随转", "客户不同意")
    REQUEST = "request", pgettext_lazy("不随转", "申请或投诉未办结")
    CORRECTION = "correction", pgettext_lazy("不随转", "更正未办结")
    BEYOND = "beyond", pgettext_lazy("不随转", "与范围外的保单或客户相连")
    SILENT = "silent", pgettext_lazy("不随转", "期满未答复")
    CONNECTED = "connected", pgettext_lazy("不随转", "与不随转的客户相连")


class Selection(Job):
    """One run of a rule over the book, and its way through four eyes.

    `cursor` is where the run goes on: {"after": the last customer, "links": what it was begun with}.
    """

    class Stage(models.TextChoices):
        RUNNING = "running", pgettext_lazy("选定", "计算中")
        COUNTED = "counted", pgettext_lazy("选定", "已算出")
        WAITING = "waiting", _("待复核")
        APPROVED = "approved", _("已批准")
        RETURNED = "returned", _("已退回")
        REPLACED = "replaced", pgettext_lazy("选定", "已由新的代替")

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="selections")
    rule = models.JSONField()
    stage = models.CharField(_("阶段"), max_length=8, choices=Stage, default=Stage.RUNNING)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("提出人"))
    cursor = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)  # of every row, as it was put up
    approval = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(_("批准"), null=True)

    objects = JobQuerySet.as_manager()  # type: ignore[misc]  # a job's own kind of rows

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["transfer"],
                condition=Q(stage__in=("running", "counted", "waiting", "approved")),
                name="transfer_has_one_selection",
            ),
            models.CheckConstraint(
                name="selection_is_approved_by_an_approval",
                condition=~Q(stage__in=("waiting", "approved")) | Q(approval__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id} {self.stage}"


class Bar(models.Model):
    """An officer says that a customer stays, as for sanctions. Why, stands sealed in the log."""

    class Ground(models.TextChoices):
        SANCTIONS = "sanctions", pgettext_lazy("不随转", "涉及制裁名单")
        INVESTIGATION = "investigation", pgettext_lazy("不随转", "正在调查")
        DISPUTE = "dispute", pgettext_lazy("不随转", "诉讼或仲裁未结")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="+")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    ground = models.CharField(_("事由"), max_length=16, choices=Ground)
    at = models.DateTimeField(_("登记"), default=clock.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("登记人"))
    lifted_at = models.DateTimeField(_("解除"), null=True)
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["transfer", "subject"],
                condition=Q(lifted_at=None),
                name="customer_is_barred_once",
            ),
            models.CheckConstraint(
                name="bar_is_lifted_by_somebody",
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ground} #{self.subject_id}"


class Chosen(models.Model):
    """Whether one customer moves. `component`: the smallest ordinal of those who move or stay together."""

    class State(models.TextChoices):
        IN = "in", pgettext_lazy("选定", "随转")
        OUT = "out", pgettext_lazy("选定", "不随转")

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="+")
    selection = models.ForeignKey(Selection, models.PROTECT, related_name="+")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    component = models.BigIntegerField()
    state = models.CharField(max_length=3, choices=State)
    reason = models.CharField(max_length=10, choices=Reason, blank=True)
    decided_at = models.DateTimeField(default=clock.now)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["transfer", "subject"], name="customer_is_chosen_once_in_a_transfer"
            ),
            models.CheckConstraint(
                name="chosen_stays_for_a_reason",
                condition=Q(state="in", reason="") | (Q(state="out") & ~Q(reason="")),
            ),
        ]
        indexes = [
            models.Index(fields=["transfer", "component"], name="chosen_by_component"),
            models.Index(fields=["transfer", "state", "subject"], name="chosen_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.state} #{self.subject_id}"
