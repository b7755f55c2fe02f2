"""Which case lets its guests see a transfer."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, Case
from custodian import clock
from transfers.models.portfolio import Transfer


class TransferSight(models.Model):
    """For as long as the case is open."""

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="sights")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", verbose_name=_("案件"))
    since = models.DateTimeField(default=clock.now)
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("监管可见的转让")
        verbose_name_plural = pgettext_lazy("列表", "监管可见的转让")
        constraints = [
            models.UniqueConstraint(
                fields=["transfer", "case"], name="transfer_is_seen_once_by_a_case"
            )
        ]

    def __str__(self) -> str:
        return f"{self.transfer} {self.case}"
