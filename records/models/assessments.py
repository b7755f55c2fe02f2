"""Impact assessments, version by version, and what was approved on a condition."""

from __future__ import annotations

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, User
from custodian import clock
from custodian.regimes.assessments import Occasion

LABELS = {
    Occasion.SENSITIVE.value: _("处理敏感个人信息"),
    Occasion.AUTOMATED.value: _("自动化决策"),
    Occasion.ENTRUST.value: _("委托处理"),
    Occasion.PROVIDE.value: _("提供给其他处理者"),
    Occasion.PUBLISH.value: pgettext_lazy("个人信息", "公开"),
    Occasion.EXPORT.value: _("向境外提供"),
    Occasion.OTHER.value: _("其他重大影响"),
}


class ImpactAssessmentQuerySet(models.QuerySet["ImpactAssessment"]):
    def approved(self) -> Self:
        return self.filter(stage=ImpactAssessment.Stage.APPROVED)


class ImpactAssessment(models.Model):
    """Once it is approved nothing of it changes; what becomes of it is reckoned from what it is about.

    `facts` are what the house knows of that: elements, looks, recipients and how many people; until it is put
    up they are as of the last writing.
    """

    class Stage(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("评估", "草稿")
        WAITING = "waiting", pgettext_lazy("评估", "待复核")
        RETURNED = "returned", pgettext_lazy("评估", "已退回")
        APPROVED = "approved", pgettext_lazy("评估", "已批准")

    class Conclusion(models.TextChoices):
        GO = "go", _("可以进行")
        CONDITIONS = "conditions", _("附条件进行")
        STOP = "stop", _("不得进行")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("评估编号"), max_length=16)  # IA-2026-003, of all its versions
    number = models.PositiveSmallIntegerField(_("版本"), default=1)
    occasion = models.CharField(_("评估情形"), max_length=10, choices=LABELS)
    kind = models.CharField(_("评估对象的种类"), max_length=10)  # of the ports that bring them
    about = models.CharField(_("评估对象"), max_length=40, blank=True)
    title = models.CharField(_("名称"), max_length=100)
    facts = models.JSONField(default=dict)
    answers = models.JSONField(default=dict)  # code of the question to words
    measures = models.CharField(_("保护措施"), max_length=1000, blank=True)
    conclusion = models.CharField(
        pgettext_lazy("评估", "结论"), max_length=10, choices=Conclusion, blank=True
    )
    conditions = models.JSONField(default=list)  # what, owner (reference and name), due
    review_on = models.DateField(_("复评日"), null=True)
    stage = models.CharField(_("状态"), max_length=8, choices=Stage, default=Stage.DRAFT)
    # From putting up on: the canonical text of everything that it says, and its SHA-256.
    body = models.TextField(blank=True)
    digest = models.CharField(_("指纹"), max_length=64, blank=True)
    approval = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(_("批准时间"), null=True)
    begun_at = models.DateTimeField(_("起草时间"), default=clock.now)
    begun_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("起草人"))

    objects = ImpactAssessmentQuerySet.as_manager()

    class Meta:
        ordering = ("-code", "-number")
        verbose_name = _("个人信息保护影响评估")
        verbose_name_plural = pgettext_lazy("列表", "影响评估")
        constraints = [
            models.UniqueConstraint(
                name="impact_assessment_version_comes_once", fields=["code", "number"]
            ),
            models.UniqueConstraint(
                name="impact_assessment_has_one_version_in_work",
                fields=["code"],
                condition=Q(stage__in=["draft", "waiting", "returned"]),
            ),
            models.CheckConstraint(
                name="impact_assessment_put_up_has_text_and_approval",
                condition=~Q(stage__in=["waiting", "approved"])
                | (
                    ~Q(body="")
                    & ~Q(digest="")
                    & ~Q(conclusion="")
                    & Q(approval__isnull=False, review_on__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="impact_assessment_approved_says_when",
                condition=Q(stage="approved", approved_at__isnull=False)
                | (~Q(stage="approved") & Q(approved_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}/{self.number}"


class AssessmentCondition(models.Model):
    """One condition of an approved assessment: somebody's, by a day, until it is done."""

    assessment = models.ForeignKey(ImpactAssessment, models.PROTECT, related_name="owed")
    number = models.PositiveSmallIntegerField()
    what = models.CharField(pgettext_lazy("评估", "条件"), max_length=200)
    owner = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("负责人"))
    due_on = models.DateField(_("期限"))
    done_at = models.DateTimeField(_("落实时间"), null=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    note = models.CharField(_("怎样落实的"), max_length=200, blank=True)

    class Meta:
        ordering = ("assessment", "number")
        constraints = [
            models.UniqueConstraint(
                name="assessment_condition_stands_once", fields=["assessment", "number"]
            ),
            models.CheckConstraint(
                name="assessment_condition_done_says_when_by_whom_and_how",
                condition=Q(done_at=None, done_by=None, note="")
                | (Q(done_at__isnull=False, done_by__isnull=False) & ~Q(note="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.number}"

    @property
    def is_late(self) -> bool:
        return self.done_at is None and self.due_on < clock.local().date()
