"""What every sealed row has, and the blind indexes that let sealed values be found."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Self

from django.db import models

from access.models import Subject
from access.models.subjects import in_scope
from custodian import clock

if TYPE_CHECKING:
    from access.actors import Actor


class ScopedQuerySet(models.QuerySet[Any]):
    """Rows that hang on a subject: reached only through `visible_to`, and by row-level security again."""

    def visible_to(self, actor: Actor) -> Self:
        return self.filter(in_scope(actor, prefix="subject__"))


class Holding(models.Model):
    """Sealed values under one key. `epoch` counts changes; `state_mac` covers all values at that epoch."""

    holding = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    epoch = models.PositiveIntegerField(default=0, editable=False)
    state_mac = models.BinaryField(default=b"")
    # Whence and when, codes and dates only: {"identity.mobile": ["import", "2019-06-12"]}.
    origins = models.JSONField(default=dict, editable=False)

    class Meta:
        abstract = True


class BlindIndexQuerySet(models.QuerySet["BlindIndex"]):
    def current(self) -> Self:
        return self.filter(until=None)


class BlindIndex(models.Model):
    """A keyed fingerprint of one value, dated so that a leaked old value still finds its holder."""

    element = models.CharField(max_length=60)
    digest = models.BinaryField(max_length=16)
    # Of the index root behind it; two stand side by side while a rotation is under way.
    version = models.PositiveSmallIntegerField(default=1, db_default=1)
    subject = models.ForeignKey(Subject, models.PROTECT)
    holding = models.UUIDField()
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True)

    objects = BlindIndexQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["element", "digest"], name="blind_index_lookup"),
            models.Index(fields=["holding"], name="blind_index_holding"),
        ]

    def __str__(self) -> str:
        return f"{self.element} #{self.subject_id}"
