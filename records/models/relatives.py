"""What relatives of a deceased customer ask, who are no customers: sealed, looked up, kept a short time."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Subject, User
from access.vocabulary import Reach
from custodian import clock
from custodian.jobs import Job, JobQuerySet

if TYPE_CHECKING:
    from access.actors import Actor


class RelativeQuerySet(JobQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Of nobody's portfolio: only offices that reach all."""
        return self if actor.reach is Reach.ALL else self.none()


class RelativeAsk(Job):
    """One ask. The job is the look-up; whether anybody was found, whoever asked is never told."""

    class State(models.TextChoices):
        RECEIVED = "received", _("正在查找")
        FOUND = "found", _("找到客户，待办理")
        NOBODY = "nobody", _("查无此人")
        CLOSED = "closed", _("已办结")

    class Relation(models.TextChoices):
        SPOUSE = "spouse", _("配偶")
        CHILD = "child", _("子女")
        PARENT = "parent", _("父母")
        SIBLING = "sibling", _("兄弟姐妹")
        OTHER = "other", _("其他近亲属")

    class Wants(models.TextChoices):
        ACCESS = "access", pgettext_lazy("客户申请", "查阅")
        COPY = "copy", pgettext_lazy("客户申请", "复制")
        CORRECTION = "correction", pgettext_lazy("客户申请", "更正")
        DELETION = "deletion", pgettext_lazy("客户申请", "删除")

    class Outcome(models.TextChoices):
        GRANTED = "granted", _("已登记或已办理")
        REFUSED = "refused", _("不予办理")
        NOBODY = "nobody", _("查无此人")

    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.RECEIVED)
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+")
    relation = models.CharField(_("与客户的关系"), max_length=8, choices=Relation)
    wants = models.CharField(_("申请什么"), max_length=10, choices=Wants)
    contact = models.CharField(max_length=6)  # its kind: mobile or email
    person = models.BinaryField(max_length=16)  # keyed digest of it
    language = models.CharField(max_length=8, default="zh-hans")
    # Name, contact, both numbers and his words, as JSON under a key that goes with the row.
    said_sealed = models.BinaryField()
    holding = models.UUIDField(unique=True, editable=False)  # of that key
    outcome = models.CharField(_("结果"), max_length=8, choices=Outcome, blank=True)
    closed_at = models.DateTimeField(_("办结"), null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # Telling him that there is an answer: when, and how often that was tried.
    told_at = models.DateTimeField(null=True)
    turns = models.PositiveSmallIntegerField(default=0)
    tell_after = models.DateTimeField(null=True)

    objects = RelativeQuerySet.as_manager()  # type: ignore[misc]  # a job's own kind of rows

    class Meta:
        ordering = ("created_at", "pk")
        verbose_name = _("亲属申请")
        verbose_name_plural = _("亲属申请")
        constraints = [
            models.CheckConstraint(
                name="relative_ask_is_closed_with_an_outcome",
                condition=Q(closed_at=None, outcome="")
                | Q(closed_at__isnull=False) & ~Q(outcome=""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)[:8]

    @property
    def open(self) -> bool:
        return self.closed_at is None


class PaperQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        return self if actor.reach is Reach.ALL else self.none()


class RelativePaper(models.Model):
    """A paper that came with it: drawn anew and sealed in a file under a key of its own."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    ask = models.ForeignKey(RelativeAsk, models.CASCADE, related_name="papers")
    number = models.PositiveSmallIntegerField()
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    pages = models.PositiveSmallIntegerField()
    name_sealed = models.BinaryField()
    holding = models.UUIDField(unique=True, editable=False)  # of the key of its file
    added_at = models.DateTimeField(default=clock.now)
    # The document that it became in the customer's file.
    document = models.OneToOneField(
        "records.Document", models.SET_NULL, null=True, related_name="+"
    )

    objects = PaperQuerySet.as_manager()

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(
                fields=["ask", "number"], name="relative_paper_number_is_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.ask_id}/{self.number}"
