"""The register of subjects: access knows a customer by a number and a tag, and nothing else."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models.approvals import Approval
from access.models.emergencies import BreakGlass
from access.models.people import Unit, User
from access.vocabulary import Purpose, Reach
from custodian import clock

if TYPE_CHECKING:
    from access.actors import Actor


class SubjectQuerySet(models.QuerySet["Subject"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(in_scope(actor, prefix=""))


class Subject(models.Model):
    """`id` is the ordinal, never used again; `uid` is what log entries are tagged by."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("正常")
        RESTRICTED = "restricted", _("限制处理")
        DESTROYED = "destroyed", _("已销毁")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    status = models.CharField(max_length=12, choices=Status, default=Status.ACTIVE)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("服务机构"))
    honey = models.BooleanField(default=False)
    # Whom people look up out of curiosity; a look that nothing explains is reported.
    vip = models.BooleanField(default=False, db_default=False)
    registered_at = models.DateTimeField(default=clock.now)

    objects = SubjectQuerySet.as_manager()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"#{self.pk}"


class Arriving(models.Model):
    """A subject of a book that is on its way in: nobody sees anything of hers until the row goes.

    `arrival` is the transfer that brings her. Row-level security hides her and all that hangs on her.
    """

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True)
    arrival = models.UUIDField(db_index=True)

    def __str__(self) -> str:
        return f"#{self.subject_id}"


class Restriction(models.Model):
    """One holding of a customer that is stored and protected, and not used for anything else (PIPL art. 47).

    `kind` is the first word of the codes of the elements in it. Who wrote the row takes it away again.
    """

    class Because(models.TextChoices):
        RETENTION = "retention", _("处理目的已结束，法定保存期未满")
        DELETION = "deletion", _("客户要求删除，法定保存期未满")
        REQUEST = "request", _("客户要求限制处理")

    holding = models.UUIDField()
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="restrictions")
    kind = models.CharField(max_length=12)
    because = models.CharField(max_length=12, choices=Because, default=Because.RETENTION)
    since = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "holding", "because"], name="restriction_is_once_for_each_reason"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.subject_id}"


class Objection(models.Model):
    """A purpose that a customer does not want hers used for, and somebody agreed (PIPL art. 44).

    Nothing of hers is opened for it; who wrote the row takes it away again.
    """

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="objections")
    purpose = models.CharField(max_length=20, choices=Purpose)
    since = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "purpose"], name="objection_is_once_for_each_purpose"
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} #{self.subject_id}"


class Choice(models.Model):
    """What a customer agreed to, or does not, as far as it decides looks (PIPL art. 13 to 16, 29).

    `element` is empty for the purpose as a whole. A purpose that nothing but consent allows is open by a row
    that agrees; any other is shut, or one element of it, by a row that does not. Who wrote it keeps it true.
    `consent` is the processing purpose whose word of the day `said_on` this follows from: what is changed
    there later is held against it when she is found.
    """

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="choices")
    purpose = models.CharField(max_length=20, choices=Purpose)
    element = models.CharField(max_length=60, blank=True)
    agreed = models.BooleanField()
    consent = models.CharField(max_length=20, default="", db_default="")
    said_on = models.DateField(null=True)
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True)  # such as a child's fourteenth birthday

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "consent", "purpose", "element"],
                name="choice_is_once_for_each_consent",
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} #{self.subject_id}"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def current(self) -> Self:
        now = clock.now()
        return self.filter(Q(until=None) | Q(until__gt=now), since__lte=now)


class Grant(models.Model):
    """Some customers within a person's reach, for one purpose and until a moment; it begins when approved."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("待复核")
        OPEN = "open", _("已批准")
        RETURNED = "returned", _("已退回")
        ENDED = "ended", _("已结束")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("人员"))
    # The work for which it is asked: then its customer is lent, and no longer than the work lasts.
    item = models.ForeignKey(
        "access.WorkItem", models.PROTECT, null=True, related_name="+", verbose_name=_("事项")
    )
    # As they were typed: whoever asks is not told which of them exist.
    customers = ArrayField(models.CharField(max_length=20), verbose_name=_("客户编号"))
    purpose = models.CharField(_("用途"), max_length=20, choices=Purpose)
    reason = models.CharField(_("理由"), max_length=200)
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.WAITING)
    asked_at = models.DateTimeField(_("申请"), default=clock.now)
    until = models.DateTimeField(_("至"))
    ended_at = models.DateTimeField(_("结束"), null=True)
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-asked_at",)
        verbose_name = _("临时授权")
        verbose_name_plural = pgettext_lazy("列表", "临时授权")
        constraints = [
            models.CheckConstraint(
                name="grant_is_for_customers_or_for_work",
                condition=Q(item=None, customers__len__gt=0)
                | Q(item__isnull=False, customers__len=0),
            )
        ]

    def __str__(self) -> str:
        return str(self.ref)[:8]


class Assignment(models.Model):
    """A customer is this person's own from `since` until `until`, or lent by a grant or a window."""

    subject = models.ForeignKey(Subject, models.PROTECT)
    user = models.ForeignKey(User, models.PROTECT, verbose_name=_("人员"))
    since = models.DateTimeField(_("自"), default=clock.now)
    until = models.DateTimeField(_("至"), null=True, blank=True)
    grant = models.ForeignKey(Grant, models.PROTECT, null=True, related_name="assignments")
    window = models.ForeignKey(BreakGlass, models.PROTECT, null=True, related_name="assignments")
    purpose = models.CharField(max_length=20, blank=True, db_default="")  # of grant or window

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("指派")
        verbose_name_plural = _("指派")
        constraints = [
            models.CheckConstraint(
                name="assignment_ends_after_it_begins",
                condition=Q(until=None) | Q(until__gte=models.F("since")),
            ),
            models.CheckConstraint(
                name="assignment_that_is_lent_is_dated_and_for_a_purpose",
                condition=Q(grant=None, window=None, purpose="")
                | (Q(until__isnull=False) & ~Q(purpose="")),
            ),
        ]
        indexes = [
            models.Index(fields=["user", "subject"]),
            models.Index(fields=["subject", "user"]),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} → #{self.subject_id}"


def in_scope(actor: Actor, *, prefix: str) -> Q:
    """The actor's rows, where `prefix` leads to the subject (`"subject__"`, or nothing on Subject)."""
    if actor.reach is Reach.ALL:
        return Q()
    key = f"{prefix.removesuffix('__')}_id" if prefix else "pk"
    if actor.subjects:
        return Q(**{f"{key}__in": actor.subjects})
    if actor.reach is Reach.NONE or actor.id is None:
        return Q(pk__in=[])
    own = Assignment.objects.current().filter(user_id=actor.id, subject_id=OuterRef(key))
    if actor.reach is Reach.UNIT:
        return Q(**{f"{prefix}unit_id__in": actor.unit_ids}) | Q(Exists(own))
    return Q(Exists(own))
