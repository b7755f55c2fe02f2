"""Sanctions: a matter against one person, who works on it, and what was served, said and decided in it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, User
from custodian import clock
from incidents.models.cases import Incident
from records.models import Intermediary

if TYPE_CHECKING:
    from access.actors import Actor


class SanctionCaseQuerySet(models.QuerySet["SanctionCase"]):
    def visible_to(self, actor: Actor) -> Self:
        """Only to those who are in its working group now; a piece of the house sees them all."""
        if actor.id is None:
            return self
        groups = SanctionMember.objects.filter(user=actor.id, left_at=None)
        return self.filter(pk__in=groups.values("matter"))


class SanctionCase(models.Model):
    """One matter against one person. Who it is, and what he is said to have done, lie sealed."""

    class Kind(models.TextChoices):
        EMPLOYEE = "employee", _("本公司员工")
        AGENT = "agent", _("本公司代理人")
        OUTSIDE = "outside", _("中介机构人员")

    class Stage(models.TextChoices):
        INVESTIGATION = "investigation", _("调查")
        NOTICED = "noticed", _("告知与申辩")
        HEARD = "heard", _("审议决定")
        DECIDED = "decided", _("决定送达")
        SERVED = "served", _("申诉期")
        APPEALED = "appealed", _("申诉审理")
        SETTLED = "settled", _("申诉答复")
        CLOSED = "closed", _("已结案")

    class Heard(models.TextChoices):
        HELD = "held", _("已申辩")
        WAIVED = "waived", _("放弃申辩")
        SILENT = "silent", _("逾期未答复")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("编号"), max_length=16, unique=True)
    holding = models.UUIDField(unique=True, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    intermediary = models.ForeignKey(Intermediary, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(_("人员类别"), max_length=8, choices=Kind)
    acts = ArrayField(models.CharField(max_length=12), verbose_name=_("行为"))
    stage = models.CharField(_("阶段"), max_length=13, choices=Stage, default=Stage.INVESTIGATION)
    who_sealed = models.BinaryField()
    summary_sealed = models.BinaryField()
    findings_sealed = models.BinaryField(null=True)
    opened_at = models.DateTimeField(_("立案时间"), default=clock.now)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("立案人"))
    heard = models.CharField(_("申辩"), max_length=6, choices=Heard, blank=True)
    hearing_until = models.DateField(_("申辩期限"), null=True)
    appeal_until = models.DateField(_("申诉期限"), null=True)
    closed_at = models.DateTimeField(_("结案时间"), null=True)

    objects = SanctionCaseQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("责任追究")
        verbose_name_plural = pgettext_lazy("列表", "责任追究")
        constraints = [
            models.CheckConstraint(
                name="sanction_is_against_one_of_the_house_or_of_an_intermediary",
                condition=Q(kind="outside", person=None, intermediary__isnull=False)
                | (Q(kind__in=("employee", "agent"), person__isnull=False, intermediary=None)),
            ),
            models.CheckConstraint(
                name="sanction_gives_time_for_a_hearing_before_it_goes_on",
                condition=Q(stage="investigation", hearing_until=None, heard="")
                | Q(stage="noticed", hearing_until__isnull=False, heard="")
                | (
                    ~Q(stage__in=("investigation", "noticed"))
                    & Q(hearing_until__isnull=False)
                    & ~Q(heard="")
                ),
            ),
            models.CheckConstraint(
                name="sanction_gives_time_for_an_appeal_before_it_is_closed",
                condition=Q(
                    stage__in=("investigation", "noticed", "heard", "decided"), appeal_until=None
                )
                | Q(
                    stage__in=("served", "appealed", "settled", "closed"),
                    appeal_until__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="sanction_that_is_closed_says_when",
                condition=Q(stage="closed", closed_at__isnull=False)
                | (~Q(stage="closed") & Q(closed_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class SanctionMember(models.Model):
    """A person's time in the group of a matter; each sees but his own rows."""

    class Part(models.TextChoices):
        LEAD = "lead", pgettext_lazy("工作组", "负责人")
        MEMBER = "member", _("成员")

    matter = models.ForeignKey(SanctionCase, models.PROTECT, related_name="members")
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("人员"))
    part = models.CharField(_("角色"), max_length=8, choices=Part)
    joined_at = models.DateTimeField(_("加入"), default=clock.now)
    joined_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    left_at = models.DateTimeField(_("退出"), null=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                name="sanction_has_a_person_once",
                fields=["matter", "user"],
                condition=Q(left_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.user_id}"


class SanctionEntry(models.Model):
    """One line of what happened; rows are only added, and words lie sealed."""

    class What(models.TextChoices):
        OPENED = "opened", pgettext_lazy("追究时间", "立案")
        JOINED = "joined", _("加入工作组")
        LEFT = "left", _("退出工作组")
        NOTE = "note", pgettext_lazy("追究", "调查记录")
        EVIDENCE = "evidence", _("证据索引")
        ACTS = "acts", _("行为认定")
        IDENTITY = "identity", _("补登证件号码")
        SUPERVISOR = "supervisor", _("管理责任认定")
        ISSUED = "issued", _("函件制作")
        SERVED = "served", _("函件送达")
        ANSWER = "answer", _("本人答复")
        HEARD = "heard", _("申辩")
        PROPOSED = "proposed", _("提交复核")
        WITHDRAWN = "withdrawn", _("撤回提交")
        DECIDED = "decided", _("决定")
        EFFECT = "effect", _("决定执行")
        APPEALED = "appealed", _("申诉")
        SETTLED = "settled", _("申诉决定")
        CLOSED = "closed", _("结案")

    matter = models.ForeignKey(SanctionCase, models.PROTECT, related_name="entries")
    what = models.CharField(max_length=10, choices=What)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    facts = models.JSONField(default=dict)  # codes and dates, never words
    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    text_sealed = models.BinaryField(null=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.matter_id} {self.what}"


class SanctionPaper(models.Model):
    """A letter as it was made; once it is served, the person sees it, and nothing else of the matter."""

    class Kind(models.TextChoices):
        FINDINGS = "findings", _("调查结果告知书")
        DECISION = "decision", _("处理决定书")
        APPEAL = "appeal", _("申诉答复书")
        REFERRAL = "referral", _("移送函")

    class How(models.TextChoices):
        IN_HAND = "in_hand", _("当面送达")
        POST = "post", _("邮寄送达")
        OWN_PAGE = "own_page", _("在本人页面送达")
        AUTHORITY = "authority", _("送交机关")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    matter = models.ForeignKey(SanctionCase, models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=8, choices=Kind)
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    body_sealed = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField(default=clock.now)
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    served_on = models.DateField(_("送达日期"), null=True)
    served_how = models.CharField(_("送达方式"), max_length=9, choices=How, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                name="sanction_has_one_letter_of_a_kind", fields=["matter", "kind"]
            ),
            models.CheckConstraint(
                name="sanction_letter_that_was_served_says_how",
                condition=Q(served_on=None, served_how="")
                | (Q(served_on__isnull=False) & ~Q(served_how="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.kind}"


class SanctionAnswer(models.Model):
    """What the person said: to the findings, or against the decision. Only added."""

    class Kind(models.TextChoices):
        STATEMENT = "statement", _("陈述与申辩")
        WAIVER = "waiver", _("放弃申辩")
        APPEAL = "appeal", pgettext_lazy("追究", "申诉")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    matter = models.ForeignKey(SanctionCase, models.PROTECT, related_name="answers")
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind)
    text_sealed = models.BinaryField()
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")  # himself, or who put it down

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.matter_id} {self.kind}"


class SanctionSupervisor(models.Model):
    """Of one who stands above the person: whether he answers for it, and why."""

    class Verdict(models.TextChoices):
        RELEASED = "released", _("没有管理责任")
        REMINDED = "reminded", _("提醒谈话")
        MATTER = "matter", _("另行立案追究")

    matter = models.ForeignKey(SanctionCase, models.PROTECT, related_name="supervisors")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    verdict = models.CharField(_("认定"), max_length=8, choices=Verdict)
    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reason_sealed = models.BinaryField()
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                name="sanction_judges_a_supervisor_once", fields=["matter", "user"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.verdict}"


class SanctionRuling(models.Model):
    """What was put up to be decided, in the first place or on appeal; in force once another one said yes."""

    class Instance(models.TextChoices):
        FIRST = "first", _("处理决定")
        APPEAL = "appeal", _("申诉决定")

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("维持")
        CHANGED = "changed", _("变更")
        REVOKED = "revoked", _("撤销")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    matter = models.ForeignKey(SanctionCase, models.PROTECT, related_name="rulings")
    instance = models.CharField(max_length=6, choices=Instance)
    outcome = models.CharField(max_length=7, choices=Outcome, blank=True)
    measures = ArrayField(models.CharField(max_length=12))
    text_sealed = models.BinaryField()
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    in_force_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                name="sanction_is_decided_once_in_each_instance",
                fields=["matter", "instance"],
                condition=Q(in_force_at__isnull=False),
            ),
            models.CheckConstraint(
                name="sanction_is_decided_by_two",
                condition=Q(in_force_at=None, decided_by=None)
                | (
                    Q(in_force_at__isnull=False, decided_by__isnull=False)
                    & ~Q(decided_by=models.F("proposed_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.instance}"
