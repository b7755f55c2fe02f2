"""Incidents: one case of what went wrong, who works on it, and what there is to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, User
from custodian import clock

if TYPE_CHECKING:
    from access.actors import Actor


class Kind(models.TextChoices):
    """What happened; each has a playbook."""

    INSIDER = "insider", _("内部人员泄露或倒卖")
    DEVICE = "device", _("设备或存储介质遗失")
    PARTNER = "partner", _("合作方平台泄露")
    MISDIRECTED = "misdirected", _("误发")
    RANSOMWARE = "ransomware", _("勒索软件")
    INTRUSION = "intrusion", _("系统入侵")
    TAMPERING = "tampering", _("资料或日志被篡改")
    LOSS = "loss", _("资料丢失或损坏")
    FRAUD_CALL = "fraud_call", _("冒充公司的诈骗来电")
    OTHER = "other", _("其他")


class IncidentQuerySet(models.QuerySet["Incident"]):
    def visible_to(self, actor: Actor) -> Self:
        """Only to those who are in its working group now; a piece of the house sees them all."""
        if actor.id is None:
            return self
        groups = Member.objects.now().filter(user=actor.id)
        return self.filter(pk__in=groups.values("incident"))


class Incident(models.Model):
    class Status(models.TextChoices):
        OPEN = "open", _("处置中")
        HANDLED = "handled", _("已处置，待结案")
        CLOSED = "closed", _("已结案")

    code = models.CharField(_("编号"), max_length=16, unique=True)
    kind = models.CharField(_("类型"), max_length=12, choices=Kind)
    title = models.CharField(_("事由"), max_length=100)
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.OPEN)
    # From these moments the clocks of the law are reckoned; when it happened may not be known.
    occurred_at = models.DateTimeField(_("发生时间"), null=True)
    aware_at = models.DateTimeField(_("知悉时间"))
    opened_at = models.DateTimeField(_("立案时间"), default=clock.now)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("立案人"))
    handled_at = models.DateTimeField(_("处置结束"), null=True)
    closed_at = models.DateTimeField(_("结案时间"), null=True)
    closing = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")
    exercise = models.BooleanField(
        pgettext_lazy("事件", "演练"), default=False
    )  # nothing of it goes out, nothing is cut

    objects = IncidentQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("事件")
        verbose_name_plural = pgettext_lazy("列表", "事件")
        constraints = [
            models.CheckConstraint(
                name="incident_says_when_it_was_handled_and_closed",
                condition=Q(status="open", handled_at=None, closed_at=None)
                | Q(status="handled", handled_at__isnull=False, closed_at=None)
                | Q(status="closed", handled_at__isnull=False, closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="incident_is_known_after_it_happened",
                condition=Q(occurred_at=None) | Q(occurred_at__lte=F("aware_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class MemberQuerySet(models.QuerySet["Member"]):
    def now(self) -> Self:
        return self.filter(left_at=None)


class Member(models.Model):
    """A person's time in the working group of an incident; a row ends, and is not deleted."""

    class Part(models.TextChoices):
        LEAD = "lead", pgettext_lazy("工作组", "负责人")
        MEMBER = "member", _("成员")
        OBSERVER = "observer", _("列席")

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="members")
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("人员"))
    part = models.CharField(_("角色"), max_length=8, choices=Part)
    joined_at = models.DateTimeField(_("加入"), default=clock.now)
    joined_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    left_at = models.DateTimeField(_("退出"), null=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        verbose_name = _("工作组成员")
        verbose_name_plural = pgettext_lazy("列表", "工作组成员")
        constraints = [
            models.UniqueConstraint(
                name="incident_has_a_person_once",
                fields=["incident", "user"],
                condition=Q(left_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.user_id}"


class IncidentTask(models.Model):
    """One thing to do: of the playbook, or one that the working group adds."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("任务", "待办")
        DONE = "done", _("已办")
        NOT_NEEDED = "not_needed", _("不需要")

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="tasks")
    step = models.CharField(max_length=40, blank=True)  # of the playbook
    title = models.CharField(_("要做什么"), max_length=120, blank=True)  # of one that is added
    added_at = models.DateTimeField(default=clock.now)
    owner = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("负责人")
    )
    due_at = models.DateTimeField(_("期限"), null=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.OPEN)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    done_at = models.DateTimeField(_("办结时间"), null=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("due_at", "pk")
        verbose_name = _("处置任务")
        verbose_name_plural = pgettext_lazy("列表", "处置任务")
        constraints = [
            models.CheckConstraint(
                name="incident_task_is_a_step_or_has_a_title",
                condition=(Q(step="") & ~Q(title="")) | (~Q(step="") & Q(title="")),
            ),
            models.CheckConstraint(
                name="incident_task_over_says_when_and_by_whom",
                condition=Q(status="open", done_at=None, done_by=None)
                | (~Q(status="open") & Q(done_at__isnull=False, done_by__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.step or self.title
