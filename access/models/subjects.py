"""The register of subjects: access knows a customer by a number and a tag, and nothing else."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from access.models.people import Unit, User
from access.vocabulary import Reach
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
    registered_at = models.DateTimeField(default=clock.now)

    objects = SubjectQuerySet.as_manager()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"#{self.pk}"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def current(self) -> Self:
        now = clock.now()
        return self.filter(Q(until=None) | Q(until__gt=now), since__lte=now)


class Assignment(models.Model):
    """A customer is this person's own customer from `since` until `until`."""

    subject = models.ForeignKey(Subject, models.PROTECT)
    user = models.ForeignKey(User, models.PROTECT, verbose_name=_("人员"))
    since = models.DateTimeField(_("自"), default=clock.now)
    until = models.DateTimeField(_("至"), null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("指派")
        verbose_name_plural = _("指派")
        constraints = [
            models.CheckConstraint(
                name="assignment_ends_after_it_begins",
                condition=Q(until=None) | Q(until__gte=models.F("since")),
            )
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
    if actor.reach is Reach.UNIT:
        return Q(**{f"{prefix}unit_id__in": actor.unit_ids})
    if actor.reach is Reach.OWN and actor.id is not None:
        key = f"{prefix.removesuffix('__')}_id" if prefix else "pk"
        own = Assignment.objects.current().filter(user_id=actor.id, subject_id=OuterRef(key))
        return Q(Exists(own))
    return Q(pk__in=[])
