"""Recertification: campaigns in which every right is confirmed or removed, one row per person and right."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models.approvals import Approval
from access.models.people import Unit, User
from access.vocabulary import Role
from custodian import clock

if TYPE_CHECKING:
    from access.actors import Actor


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def open(self) -> Self:
        return self.filter(status=Campaign.Status.OPEN)

    def due(self, at: datetime | None = None) -> Self:
        """Past their date, and not through with what nobody confirmed."""
        return self.open().filter(due_at__lte=at or clock.now())


class Campaign(models.Model):
    """Whose rights are reviewed, and by when; what is not confirmed by then is removed."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("待复核")
        OPEN = "open", _("进行中")
        CLOSED = "closed", _("已结束")
        RETURNED = "returned", _("已退回")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("名称"), max_length=60)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("机构")
    )
    # Empty: every role.
    roles = ArrayField(models.CharField(max_length=24), default=list, verbose_name=_("岗位"))
    due_at = models.DateTimeField(_("截止"))
    repeat_months = models.PositiveSmallIntegerField(_("每几个月一次"), null=True)
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.WAITING)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("提出人"))
    opened_at = models.DateTimeField(_("提出"), default=clock.now)
    started_at = models.DateTimeField(_("开始"), null=True)
    closed_at = models.DateTimeField(_("结束"), null=True)
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ("-opened_at",)
        verbose_name = _("权限复核")
        verbose_name_plural = pgettext_lazy("列表", "权限复核")
        constraints = [
            models.CheckConstraint(
                name="campaign_is_due_after_it_starts",
                condition=Q(started_at=None) | Q(due_at__gt=F("started_at")),
            ),
            models.CheckConstraint(
                name="campaign_repeats_within_two_years",
                condition=Q(repeat_months=None) | Q(repeat_months__gte=1, repeat_months__lte=24),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class HeldRightQuerySet(models.QuerySet["HeldRight"]):
    def undecided(self) -> Self:
        return self.filter(decision="")

    def waiting(self) -> Self:
        """What somebody can decide now: before the date, or kept back from removal at the date."""
        running = Q(decision="", campaign__status="open", campaign__due_at__gt=clock.now())
        return self.filter(running | Q(decision=HeldRight.Decision.SPARED))

    def for_reviewer(self, actor: Actor) -> Self:
        """Those that lie with this person: as the manager, or as an officer for those without one."""
        pool = Q(reviewer=None) if actor.role is Role.COMPLIANCE_OFFICER else Q(pk__in=[])
        return self.filter(Q(reviewer_id=actor.id or 0) | pool).exclude(person_id=actor.id or 0)


class HeldRight(models.Model):
    """One right of one person when the campaign began, and what became of it."""

    class Kind(models.TextChoices):
        ROLE = "role", _("岗位")
        GRANT = "grant", _("临时授权")
        PORTFOLIO = "portfolio", _("名下客户")
        TOKEN = "token", _("接口令牌")
        CASE = "case", _("案件人员")

    class Decision(models.TextChoices):
        KEEP = "keep", _("已保留")
        REMOVE = "remove", _("已取消")
        LAPSED = "lapsed", _("到期取消")
        SPARED = "spared", _("到期未取消")
        GONE = "gone", _("已先行结束")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="rights")
    person = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("人员"))
    kind = models.CharField(_("权限"), max_length=10, choices=Kind)
    target = models.CharField(max_length=40)
    # Codes and counts that describe it; no customer's value.
    facts = models.JSONField(default=dict)
    # None: the compliance officers, whoever of them is not meant himself.
    reviewer = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("复核人")
    )
    decision = models.CharField(_("决定"), max_length=6, choices=Decision, blank=True, default="")
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("决定人")
    )
    decided_at = models.DateTimeField(_("决定时间"), null=True)
    # When the right had ended; only of what was removed, and of what had ended before.
    ended_at = models.DateTimeField(null=True)
    because = models.CharField(max_length=30, blank=True, default="")

    objects = HeldRightQuerySet.as_manager()

    class Meta:
        ordering = ("person__staff_no", "pk")
        verbose_name = _("待复核权限")
        verbose_name_plural = _("待复核权限")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "person", "kind", "target"], name="right_is_reviewed_once"
            ),
            models.CheckConstraint(
                name="right_is_never_decided_by_its_holder",
                condition=(Q(decided_by=None) | ~Q(decided_by=F("person")))
                & (Q(reviewer=None) | ~Q(reviewer=F("person"))),
            ),
            models.CheckConstraint(
                name="right_decision_is_whole",
                condition=Q(decision="", decided_at=None, decided_by=None)
                | Q(
                    decision__in=("keep", "remove"),
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                )
                | Q(
                    decision__in=("lapsed", "spared", "gone"),
                    decided_at__isnull=False,
                    decided_by=None,
                ),
            ),
            models.CheckConstraint(
                name="right_that_was_removed_has_ended",
                condition=Q(decision__in=("remove", "lapsed", "gone"), ended_at__isnull=False)
                | (~Q(decision__in=("remove", "lapsed", "gone")) & Q(ended_at=None)),
            ),
        ]
        indexes = [models.Index(fields=["reviewer", "decision"])]

    def __str__(self) -> str:
        return f"{self.kind} {str(self.ref)[:8]}"
