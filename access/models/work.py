"""Work items: reasons to look at a customer that the business gave, with the time for which they hold."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models.people import Unit, User
from access.models.subjects import Subject, in_scope
from custodian import clock

if TYPE_CHECKING:
    from access.actors import Actor


class WorkItemQuerySet(models.QuerySet["WorkItem"]):
    def open(self) -> Self:
        """What is to be done now; what another system plans for later is not yet among it."""
        return self.filter(closed_at=None, opened_at__lte=clock.now())

    def of(self, actor: Actor) -> Self:
        """One's own work, and what one opened for others."""
        return self.filter(Q(user_id=actor.id or 0) | Q(opened_by_id=actor.id or 0))

    def waiting_for(self, actor: Actor) -> Self:
        """What whoever takes it first is to do, in one's unit or above it, for customers within reach."""
        mine = self.open().filter(user=None, unit__in=Unit.objects.over(actor.unit))
        return mine.filter(in_scope(actor, prefix="subject__"))


class WorkItem(models.Model):
    """Something to be done for a customer by a person, or by whoever of a unit takes it."""

    class Kind(models.TextChoices):
        FOLLOW_UP = "follow_up", _("回访任务")
        POLICY_SERVICE = "policy_service", _("保全申请")
        UNDERWRITING = "underwriting", _("核保任务")
        CLAIM = "claim", _("赔案")
        PAYMENT = "payment", _("给付任务")
        COMPLAINT = "complaint", _("投诉")
        CORRECTION = "correction", _("更正")
        REQUEST = "request", _("客户申请")
        CONTACT = "contact", _("来电来访")

    class Source(models.TextChoices):
        DESK = "desk", _("业务台")
        IMPORT = "import", _("导入")
        API = "api", _("接口")
        PORTAL = "portal", _("客户服务")

    class Outcome(models.TextChoices):
        DONE = "done", _("已办结")
        WITHDRAWN = "withdrawn", _("已撤销")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # What it is called in the system that it comes from; blank for what the desk opened.
    number = models.CharField(_("编号"), max_length=40, blank=True)
    kind = models.CharField(_("事项"), max_length=16, choices=Kind)
    source = models.CharField(_("来源"), max_length=8, choices=Source)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="work_items")
    user = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("经办人")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("经办机构")
    )
    # None: another system did.
    opened_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("登记人")
    )
    opened_at = models.DateTimeField(_("登记"), default=clock.now)
    due_at = models.DateTimeField(_("期限"), null=True, blank=True)
    closed_at = models.DateTimeField(_("办结"), null=True)
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome, blank=True)

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        ordering = ("-opened_at", "-pk")
        verbose_name = _("工作事项")
        verbose_name_plural = pgettext_lazy("列表", "工作事项")
        indexes = [
            models.Index(fields=["subject", "opened_at"], name="work_item_of_subject"),
            models.Index(fields=["user", "closed_at"], name="work_item_of_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "number"],
                condition=~Q(number=""),
                name="work_item_number_is_unique_in_its_source",
            ),
            models.CheckConstraint(
                name="work_item_is_somebodys", condition=~Q(user=None, unit=None)
            ),
            models.CheckConstraint(
                name="work_item_closes_with_an_outcome",
                condition=Q(closed_at=None, outcome="")
                | (Q(closed_at__isnull=False) & ~Q(outcome="")),
            ),
            models.CheckConstraint(
                name="work_item_closes_after_it_opens",
                condition=Q(closed_at=None) | Q(closed_at__gte=models.F("opened_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(self.ref)[:8]
