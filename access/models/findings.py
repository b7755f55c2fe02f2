"""What audits, integrity checks and the log's verification found."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models.people import User
from custodian import clock

# By kind: what was found, in the reader's language.
TELLERS: Final[dict[str, Callable[[Mapping[str, Any]], str]]] = {}


class Finding(models.Model):
    """`facts` are told by the teller of the kind; `summary` holds words that somebody wrote."""

    class Severity(models.TextChoices):
        URGENT = "urgent", _("紧急")
        HIGH = "high", _("高")
        MEDIUM = "medium", _("中")
        LOW = "low", _("低")

    class Status(models.TextChoices):
        OPEN = "open", _("待处理")
        CLOSED = "closed", _("已定性")

    class Verdict(models.TextChoices):
        JUSTIFIED = "justified", _("正当")
        WARNING = "warning", _("提醒")
        SANCTION = "sanction", _("追究责任")
        RULE_TOO_BROAD = "rule-too-broad", _("规则过宽")
        SETTLED = "settled", _("原因已消除")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("发现"), max_length=40)
    severity = models.CharField(_("级别"), max_length=8, choices=Severity)
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.OPEN)
    summary = models.CharField(_("说明"), max_length=300, blank=True)
    facts = models.JSONField(default=dict)
    operator = models.ForeignKey(User, models.PROTECT, null=True, verbose_name=_("操作人"))
    entries = models.JSONField(_("证据条目"), default=list)
    found_at = models.DateTimeField(_("发现时间"), default=clock.now)
    run = models.ForeignKey("AuditRun", models.PROTECT, null=True, related_name="findings")
    # How often the same rule found the same person within the time that counts, this one included.
    times = models.PositiveIntegerField(_("第几次"), default=1)
    owner = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("负责人")
    )
    due_at = models.DateTimeField(_("处理期限"), null=True)
    # When the person was asked, and what he says to it in his own words.
    asked_at = models.DateTimeField(_("请本人说明"), null=True)
    answer = models.CharField(_("本人说明"), max_length=500, blank=True)
    answered_at = models.DateTimeField(_("说明时间"), null=True)
    verdict = models.CharField(_("定性"), max_length=16, choices=Verdict, blank=True)
    verdict_note = models.CharField(_("定性说明"), max_length=300, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("定性人")
    )
    decided_at = models.DateTimeField(_("定性时间"), null=True)

    class Meta:
        ordering = ("-found_at",)
        verbose_name = _("审计发现")
        verbose_name_plural = pgettext_lazy("列表", "审计发现")
        indexes = [models.Index(fields=["kind", "operator", "found_at"], name="finding_again")]
        constraints = [
            models.CheckConstraint(
                name="finding_is_closed_by_a_verdict",
                condition=Q(status="open", verdict="", decided_at=None)
                | (Q(status="closed", decided_at__isnull=False) & ~Q(verdict="")),
            ),
            # Kinds that name a cause tell of it once while nobody has judged it; others name none.
            models.UniqueConstraint(
                F("kind"),
                KeyTextTransform("cause", "facts"),
                condition=Q(status="open"),
                name="finding_of_a_cause_is_open_once",
            ),
            models.CheckConstraint(
                name="nobody_judges_himself",
                condition=Q(decided_by=None) | Q(operator=None) | ~Q(decided_by=F("operator")),
            ),
        ]

    def __str__(self) -> str:
        return str(_("审计发现 %(ref)s") % {"ref": str(self.ref)[:8]})

    @property
    def words(self) -> str:
        """What was found; holds no value of a customer."""
        teller = TELLERS.get(self.kind)
        return teller(self.facts) if teller and self.facts else self.summary
