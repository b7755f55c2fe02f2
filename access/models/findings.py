"""What audits, integrity checks and the log's verification found."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db import models
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

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("发现"), max_length=40)
    severity = models.CharField(_("级别"), max_length=8, choices=Severity)
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.OPEN)
    summary = models.CharField(_("说明"), max_length=300, blank=True)
    facts = models.JSONField(default=dict)
    operator = models.ForeignKey(User, models.PROTECT, null=True, verbose_name=_("操作人"))
    entries = models.JSONField(_("证据条目"), default=list)
    found_at = models.DateTimeField(_("发现时间"), default=clock.now)

    class Meta:
        ordering = ("-found_at",)
        verbose_name = _("审计发现")
        verbose_name_plural = pgettext_lazy("列表", "审计发现")

    def __str__(self) -> str:
        return str(_("审计发现 %(ref)s") % {"ref": str(self.ref)[:8]})

    @property
    def words(self) -> str:
        """What was found; holds no value of a customer."""
        teller = TELLERS.get(self.kind)
        return teller(self.facts) if teller and self.facts else self.summary
