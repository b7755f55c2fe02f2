"""Counterparties: whoever data may go to or come from."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from custodian import clock


class Counterparty(models.Model):
    class Kind(models.TextChoices):
        INSURER = "insurer", _("保险公司")
        INTERMEDIARY = "intermediary", _("中介机构")
        PROCESSOR = "processor", _("受托人")
        SERVICE = "service", _("服务机构")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("类型"), max_length=16, choices=Kind)
    name = models.CharField(_("名称"), max_length=100)
    since = models.DateTimeField(_("自"), default=clock.now)
    until = models.DateTimeField(_("至"), null=True, blank=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("合作方")
        verbose_name_plural = pgettext_lazy("列表", "合作方")

    def __str__(self) -> str:
        return self.name
