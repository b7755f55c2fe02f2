"""What follows from an incident: measures that outlive its handling, and what the group learned."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, User
from custodian import clock
from incidents.models.cases import Incident


class IncidentRemedy(models.Model):
    """One measure; its owner sees this row and nothing else of the case."""

    class Kind(models.TextChoices):
        TECHNICAL = "technical", _("技术措施")
        ORGANISATIONAL = "organise", _("制度与流程")
        TRAINING = "training", pgettext_lazy("整改", "培训")
        CONTRACT = "contract", _("合同与合作方")
        PERSON = "person", _("人员处理")
        CUSTOMER = "customer", _("帮助客户")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("整改", "办理中")
        DONE = "done", pgettext_lazy("整改", "已办结")
        DROPPED = "dropped", pgettext_lazy("整改", "不再办理")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="remedies")
    title = models.CharField(_("要做什么"), max_length=120)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    owner = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("负责人")
    )
    due_on = models.DateField(_("期限"), null=True)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.OPEN)
    proposed_at = models.DateTimeField(default=clock.now)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    result = models.CharField(_("办理结果"), max_length=300, blank=True)
    evidence = models.CharField(_("凭据"), max_length=100, blank=True)  # where it can be seen
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("due_on", "pk")
        verbose_name = pgettext_lazy("整改", "整改措施")
        verbose_name_plural = pgettext_lazy("整改列表", "整改措施")
        constraints = [
            models.CheckConstraint(
                name="incident_remedy_that_ended_says_when_by_whom_and_how",
                condition=Q(state="open", ended_at=None, ended_by=None, result="")
                | (
                    ~Q(state="open")
                    & Q(ended_at__isnull=False, ended_by__isnull=False)
                    & ~Q(result="")
                ),
            ),
            models.CheckConstraint(
                name="incident_remedy_is_verified_once_done_and_by_another",
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
        today = clock.local().date()
        return self.state == self.State.OPEN and self.due_on is not None and self.due_on < today

    @property
    def waits_for_second(self) -> bool:
        """It was done, and nobody has confirmed yet that it works."""
        return self.state == self.State.DONE and self.verified_at is None


class IncidentReview(models.Model):
    """What the group learned, as two of it approved it; rows are only added, one for each closing."""

    class Cause(models.TextChoices):
        INTENT = "intent", _("有人故意")
        MISTAKE = "mistake", _("操作失误")
        RIGHTS = "rights", _("权限过宽或未及时收回")
        PROCESS = "process", _("制度或流程有缺口")
        TECHNICAL = "technical", _("系统缺陷或配置错误")
        PARTNER = "partner", _("合作方的原因")
        ATTACK = "attack", _("外部攻击")
        UNKNOWN = "unknown", _("没有查明")

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="reviews")
    cause = models.CharField(_("根本原因"), max_length=10, choices=Cause)
    cause_text = models.CharField(_("原因说明"), max_length=1000)
    worked = models.CharField(_("哪些做得好"), max_length=1000)
    failed = models.CharField(_("哪些没有做好"), max_length=1000)
    lessons = models.CharField(_("教训"), max_length=1000)
    playbook = models.CharField(_("处置步骤怎样改"), max_length=1000, blank=True)  # empty: as it is
    measured = models.JSONField(
        default=list
    )  # the moments and limits as they were when it was asked for
    made_at = models.DateTimeField(_("复核时间"), default=clock.now)
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)
        verbose_name = _("事后复盘")
        verbose_name_plural = pgettext_lazy("列表", "事后复盘")

    def __str__(self) -> str:
        return f"{self.incident_id} {self.cause}"


class DueTelling(models.Model):
    """One note to one person that something of a case comes near or is late."""

    class Thing(models.TextChoices):
        CLOCK = "clock", _("法定时限")
        TASK = "task", _("任务")
        REMEDY = "remedy", pgettext_lazy("整改", "整改措施")

    class Step(models.TextChoices):
        """To whom it was told; each stands higher than the one before."""

        OWNER = "owner", _("负责人")
        LEAD = "lead", pgettext_lazy("工作组", "负责人")
        GROUP = "group", _("工作组")

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="tellings")
    thing = models.CharField(max_length=6, choices=Thing)
    number = models.BigIntegerField()  # of the clock, the task or the remedy
    due_at = models.DateTimeField()
    step = models.CharField(max_length=5, choices=Step)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                name="due_is_told_once", fields=["thing", "number", "due_at", "step", "user"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.thing} {self.step}"
