"""Fraud suspicion: signals that rules found, the case that looks at them, and who works on it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, Subject, User
from custodian import clock
from incidents.models.alerts import Alert
from records.models import Claim, Policy

if TYPE_CHECKING:
    from access.actors import Actor


class FraudCaseQuerySet(models.QuerySet["FraudCase"]):
    def visible_to(self, actor: Actor) -> Self:
        """Row-level security says the same: triage by officers, an investigation by its investigators."""
        if actor.id is None:
            return self
        inside = FraudMember.objects.now().filter(user=actor.id).values("case")
        triage = Q(state__in=FraudCase.TRIAGED) if actor.role == "compliance_officer" else Q()
        rows = self.exclude(kept_from__contains=[actor.id])
        return rows.filter(Q(pk__in=inside) | triage) if triage else rows.filter(pk__in=inside)

    def live(self) -> Self:
        return self.filter(state__in=FraudCase.LIVE)


class FraudCase(models.Model):
    """A suspicion and what became of it: about a customer, or about an operator whose customers claim."""

    class State(models.TextChoices):
        SUSPECTED = "suspected", pgettext_lazy("反欺诈", "待甄别")
        DISMISSED = "dismissed", pgettext_lazy("反欺诈", "甄别不成立")
        OPEN = "open", pgettext_lazy("反欺诈", "调查中")
        CONCLUDED = "concluded", pgettext_lazy("反欺诈", "已定论")
        CLOSED = "closed", pgettext_lazy("反欺诈", "已结案")

    class Outcome(models.TextChoices):
        UNFOUNDED = "unfounded", pgettext_lazy("反欺诈", "不成立")
        FOUNDED = "founded", pgettext_lazy("反欺诈", "成立")

    class Measure(models.TextChoices):
        """What a founded outcome asks for; each goes the way that the house has for it."""

        REFUSE = "refuse", _("建议不予给付")
        POLICE = "police", _("报案")
        INTERNAL = "internal", _("内部人员移交事件处置")

    # Those that whoever triages sees; an investigation is its investigators' alone.
    TRIAGED = ("suspected", "dismissed")
    LIVE = ("suspected", "open", "concluded")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("编号"), max_length=16, unique=True)
    holding = models.UUIDField(unique=True, editable=False)  # of the key of what was written in it
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.SUSPECTED)
    subject = models.ForeignKey(
        Subject, models.PROTECT, null=True, related_name="+", verbose_name=_("客户")
    )
    operator = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("操作人")
    )
    # Operators whom it is about: none of them sees it, whatever his office.
    kept_from = ArrayField(models.BigIntegerField(), default=list)
    score = models.PositiveSmallIntegerField(_("得分"), default=0)
    opened_at = models.DateTimeField(_("发现"), default=clock.now)
    triaged_at = models.DateTimeField(_("甄别"), null=True)
    triaged_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(_("结论"), max_length=10, choices=Outcome, blank=True)
    measures = ArrayField(models.CharField(max_length=8, choices=Measure), default=list)
    concluded_at = models.DateTimeField(_("定论"), null=True)
    conclusion = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(_("结案时间"), null=True)
    closing = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")
    alert = models.ForeignKey(Alert, models.PROTECT, null=True, related_name="+")

    objects = FraudCaseQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("欺诈疑点")
        verbose_name_plural = pgettext_lazy("列表", "欺诈疑点")
        constraints = [
            models.CheckConstraint(
                name="fraud_case_is_about_a_customer_or_an_operator",
                condition=Q(subject__isnull=False) | Q(operator__isnull=False),
            ),
            models.CheckConstraint(
                name="fraud_case_says_by_whom_it_was_triaged",
                condition=Q(state="suspected", triaged_at=None, triaged_by=None)
                | (
                    ~Q(state="suspected") & Q(triaged_at__isnull=False, triaged_by__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="fraud_case_is_concluded_by_an_approval",
                condition=Q(
                    state__in=("suspected", "dismissed", "open"),
                    outcome="", conclusion=None, concluded_at=None,
                )
                | (
                    Q(state__in=("concluded", "closed"))
                    & ~Q(outcome="")
                    & Q(conclusion__isnull=False, concluded_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="fraud_case_is_closed_by_an_approval",
                condition=(~Q(state="closed") & Q(closing=None, closed_at=None))
                | Q(state="closed", closing__isnull=False, closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="fraud_case_unfounded_has_no_measures",
                condition=Q(outcome="founded") | Q(measures=[]),
            ),
            models.UniqueConstraint(
                name="fraud_case_is_one_for_a_customer",
                fields=["subject"],
                condition=Q(state__in=("suspected", "open", "concluded"), subject__isnull=False),
            ),
            models.UniqueConstraint(
                name="fraud_case_is_one_for_an_operator",
                fields=["operator"],
                condition=Q(state__in=("suspected", "open", "concluded"), subject=None),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.code


class FraudMemberQuerySet(models.QuerySet["FraudMember"]):
    def now(self) -> Self:
        return self.filter(left_at=None)


class FraudMember(models.Model):
    """A person's time among the investigators of a case; a row ends, and is not deleted."""

    case = models.ForeignKey(FraudCase, models.PROTECT, related_name="members")
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("人员"))
    leads = models.BooleanField(default=False)
    joined_at = models.DateTimeField(_("加入"), default=clock.now)
    joined_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    left_at = models.DateTimeField(_("退出"), null=True)

    objects = FraudMemberQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                name="fraud_case_has_a_person_once",
                fields=["case", "user"],
                condition=Q(left_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.user_id}"


class FraudSignal(models.Model):
    """What one rule found about one claim, once for its facts; numbers and references, and no value."""

    rule = models.CharField(_("规则"), max_length=24)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="+", verbose_name=_("赔案"))
    policy = models.ForeignKey(Policy, models.PROTECT, null=True, related_name="+")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    operator = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    case = models.ForeignKey(FraudCase, models.PROTECT, null=True, related_name="signals")
    facts = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)  # of what makes it the same signal again
    weight = models.PositiveSmallIntegerField(_("分值"))
    found_at = models.DateTimeField(_("发现"), default=clock.now)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                name="fraud_signal_is_raised_once_for_its_facts",
                fields=["rule", "claim", "digest"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.claim_id}"


class FraudSuppression(models.Model):
    """A rule that says nothing of one customer for some time, and why."""

    rule = models.CharField(_("规则"), max_length=24)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    case = models.ForeignKey(FraudCase, models.PROTECT, related_name="suppressions")
    reason = models.CharField(_("理由"), max_length=200)
    until = models.DateField(_("至"))
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(name="fraud_suppression_says_why", condition=~Q(reason=""))
        ]

    def __str__(self) -> str:
        return f"{self.rule} #{self.subject_id}"


class FraudTask(models.Model):
    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("任务", "待办")
        DONE = "done", _("已办")
        NOT_NEEDED = "not_needed", _("不需要")

    case = models.ForeignKey(FraudCase, models.PROTECT, related_name="tasks")
    title = models.CharField(_("要做什么"), max_length=120)
    owner = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("负责人")
    )
    due_on = models.DateField(_("期限"), null=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.OPEN)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    added_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(_("办结时间"), null=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("due_on", "pk")
        constraints = [
            models.CheckConstraint(
                name="fraud_task_over_says_when_and_by_whom",
                condition=Q(status="open", done_at=None, done_by=None)
                | (~Q(status="open") & Q(done_at__isnull=False, done_by__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return self.title


class FraudEntry(models.Model):
    """One line of what happened in a case; what somebody wrote is sealed. Rows are only added."""

    class What(models.TextChoices):
        OPENED = "opened", pgettext_lazy("反欺诈", "疑点提出")
        SIGNAL = "signal", pgettext_lazy("反欺诈", "新的信号")
        TAKEN = "taken", pgettext_lazy("反欺诈", "已转入调查")
        DISMISSED = "dismissed", pgettext_lazy("反欺诈", "甄别不成立")
        JOINED = "joined", pgettext_lazy("反欺诈", "加入调查")
        LEFT = "left", pgettext_lazy("反欺诈", "退出调查")
        TASK = "task", _("任务")
        NOTE = "note", pgettext_lazy("反欺诈", "调查记录")
        EVIDENCE = "evidence", _("证据归档")
        LINK = "link", _("关联")
        ASKED = "asked", pgettext_lazy("反欺诈", "向理赔人员核实")
        PROPOSED = "proposed", pgettext_lazy("反欺诈", "已建议不予给付")
        ANSWERED = "answered", pgettext_lazy("反欺诈", "理赔人员答复")
        SUPPRESSED = "suppressed", pgettext_lazy("反欺诈", "信号暂停")
        CONCLUDED = "concluded", pgettext_lazy("反欺诈", "定论")
        INTERNAL = "internal", pgettext_lazy("反欺诈", "移交事件处置")
        REFERRED = "referred", pgettext_lazy("反欺诈", "取出报案材料")
        SHARED = "shared", pgettext_lazy("反欺诈", "提供共享资料")
        CLOSED = "closed", pgettext_lazy("反欺诈", "结案")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(FraudCase, models.PROTECT, related_name="entries")
    what = models.CharField(_("事项"), max_length=10, choices=What)
    at = models.DateTimeField(_("时间"), default=clock.now)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    facts = models.JSONField(default=dict)
    text_sealed = models.BinaryField(null=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.case_id} {self.what}"


class FraudLink(models.Model):
    """What a case is about besides its signals: exactly one thing of the house."""

    case = models.ForeignKey(FraudCase, models.PROTECT, related_name="links")
    claim = models.ForeignKey(Claim, models.PROTECT, null=True, related_name="+")
    policy = models.ForeignKey(Policy, models.PROTECT, null=True, related_name="+")
    customer = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+")
    operator = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    linked_at = models.DateTimeField(default=clock.now)
    linked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                name="fraud_link_names_one_thing",
                condition=Q(claim__isnull=False, policy=None, customer=None, operator=None)
                | Q(claim=None, policy__isnull=False, customer=None, operator=None)
                | Q(claim=None, policy=None, customer__isnull=False, operator=None)
                | Q(claim=None, policy=None, customer=None, operator__isnull=False),
            ),
            *(
                models.UniqueConstraint(
                    name=f"fraud_case_has_a_{thing}_once",
                    fields=["case", thing],
                    condition=Q(**{f"{thing}__isnull": False}),
                )
                for thing in ("claim", "policy", "customer", "operator")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.pk}"
