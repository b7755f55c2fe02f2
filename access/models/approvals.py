"""Approvals: somebody asks, somebody else says yes to exactly what was asked, by a rule of the house."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Final, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models.people import User
from custodian import clock

if TYPE_CHECKING:
    from access.actors import Actor

# Of kinds that only a few may know of: the name in the payload, and which of its values the actor knows.
Known = Callable[["Actor"], Collection[str]]
_for_few: Final[dict[str, tuple[str, Known]]] = {}


def keep_to_few(kind: str, key: str, known: Known) -> None:
    """Apps to the right say of which approvals nobody else may learn that they are there."""
    _for_few[kind] = (key, known)


class ApprovalRuleQuerySet(models.QuerySet["ApprovalRule"]):
    def in_force(self) -> Self:
        now = clock.now()
        return self.filter(Q(until=None) | Q(until__gt=now), since__lte=now)


class ApprovalRule(models.Model):
    """For one kind of act: who may ask, who may say yes, and who of these may not this time.

    A change is a new row; an approval keeps the rule under which it was asked for.
    """

    class Relation(models.TextChoices):
        """Kept from approving besides whoever asked, who never may."""

        LINE = "line", _("申请人的上级或下级")
        TARGET = "target", _("事项所涉的人员")
        TARGET_LINE = "target-line", _("所涉人员的上级或下级")

    kind = models.CharField(_("事项"), max_length=40)
    version = models.PositiveIntegerField(_("版本"), default=1)
    requesters = ArrayField(models.CharField(max_length=24), verbose_name=_("可申请的岗位"))
    approvers = ArrayField(models.CharField(max_length=24), verbose_name=_("可复核的岗位"))
    excluded = ArrayField(
        models.CharField(max_length=12), verbose_name=_("须回避"), default=list, blank=True
    )
    needed = models.PositiveSmallIntegerField(_("需要几人复核"), default=1)
    step_up = models.BooleanField(_("须二次验证"), default=True)
    cooling_days = models.PositiveSmallIntegerField(_("任职满几天方可复核"), default=3)
    since = models.DateTimeField(_("生效"), default=clock.now)
    until = models.DateTimeField(_("失效"), null=True, blank=True)
    # None for the rules that an installation begins with.
    approval = models.OneToOneField("Approval", models.PROTECT, null=True, related_name="+")

    objects = ApprovalRuleQuerySet.as_manager()

    class Meta:
        ordering = ("kind", "-version")
        verbose_name = _("复核规则")
        verbose_name_plural = pgettext_lazy("列表", "复核规则")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "version"], name="approval_rule_version_is_unique"
            ),
            models.CheckConstraint(
                name="approval_rule_needs_somebody", condition=Q(needed__gte=1, needed__lte=5)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} v{self.version}"


class ApprovalQuerySet(models.QuerySet["Approval"]):
    def waiting(self) -> Self:
        return self.filter(status=Approval.Status.WAITING)

    def visible_to(self, actor: Actor) -> Self:
        """Without those of kinds that only a few may know of, unless the actor is one of them."""
        rows = self
        told: dict[tuple[str, Known], list[str]] = {}
        for kind, (key, known) in _for_few.items():
            if (key, known) not in told:
                told[key, known] = list(known(actor))
            rows = rows.filter(~Q(kind=kind) | Q(**{f"payload__{key}__in": told[key, known]}))
        return rows


class Approval(models.Model):
    """`digest` is the hash of `payload`; what was approved is the digest, and another payload is not."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("待复核")
        APPROVED = "approved", _("已批准")
        RETURNED = "returned", _("已退回")
        VOID = "void", _("已作废")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("事项"), max_length=40)
    payload = models.JSONField()
    digest = models.CharField(_("内容指纹"), max_length=64)
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.WAITING)
    requested_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("申请人")
    )
    requested_at = models.DateTimeField(_("申请时间"), default=clock.now)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("复核人")
    )
    decided_at = models.DateTimeField(_("复核时间"), null=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    rule = models.ForeignKey(ApprovalRule, models.PROTECT, related_name="+")
    # Over everything above and the decisions below: whoever edits the row by hand cannot make it.
    mac = models.BinaryField(default=b"")

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        ordering = ("-requested_at",)
        verbose_name = _("授权与审批")
        verbose_name_plural = pgettext_lazy("列表", "授权与审批")
        constraints = [
            models.CheckConstraint(
                name="approval_is_by_somebody_else",
                condition=Q(decided_by=None) | ~Q(decided_by=F("requested_by")),
            ),
            models.CheckConstraint(
                name="approval_is_dated_when_decided",
                condition=Q(status="waiting", decided_at=None, decided_by=None)
                | Q(status="void")
                | Q(status__in=("approved", "returned"), decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)[:8]


class ApprovalDecision(models.Model):
    """One person's yes or no to the content under `digest`."""

    approval = models.ForeignKey(Approval, models.PROTECT, related_name="decisions")
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("复核人"))
    decided_at = models.DateTimeField(_("复核时间"), default=clock.now)
    approves = models.BooleanField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("decided_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["approval", "decided_by"], name="approval_is_decided_once_by_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.approval} {self.decided_by}"
