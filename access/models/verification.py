"""One check of the whole log, or of what was added since the last one, and what it found."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from custodian import clock


class VerificationQuerySet(models.QuerySet["Verification"]):
    def whole(self) -> Self:
        return self.filter(ok=True)

    def newest(self) -> Verification | None:
        return self.filter(finished_at__isnull=False).order_by("-pk").first()


class Verification(models.Model):
    """Entries from `since` to below `until` were computed anew. `sessions` lets the next one go on."""

    class Kind(models.TextChoices):
        FULL = "full", _("全量核验")
        INCREMENTAL = "incremental", _("增量核验")

    kind = models.CharField(_("核验"), max_length=12, choices=Kind)
    started_at = models.DateTimeField(_("开始时间"), default=clock.now)
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    since = models.BigIntegerField(default=0)
    until = models.BigIntegerField(_("核验至"), default=0)
    ok = models.BooleanField(null=True)
    first_bad = models.BigIntegerField(null=True)
    because = models.CharField(max_length=60, blank=True)
    sessions = models.JSONField(default=dict)
    resume = models.BigIntegerField(default=0)
    missing = models.BigIntegerField(default=0)

    objects = VerificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("日志核验")
        verbose_name_plural = _("日志核验")
        constraints = [
            models.CheckConstraint(
                name="verification_names_its_fault",
                condition=Q(ok=False, first_bad__isnull=False)
                | Q(ok=True, first_bad=None)
                | Q(ok=None, first_bad=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.since}-{self.until}"
