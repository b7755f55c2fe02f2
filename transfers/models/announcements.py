"""The public announcement of a transfer, version by version as it was approved."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, User
from custodian import clock
from transfers.models.portfolio import Transfer


class TransferAnnouncement(models.Model):
    """What stands on this insurer's public page; rows are only added, and the newest one is shown."""

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="announcements")
    number = models.PositiveIntegerField(_("版本"))
    content = models.JSONField()  # title and each part, in zh and en
    answer_by = models.DateField(_("答复期限"), null=True)
    published_at = models.DateTimeField(_("发布"), default=clock.now)
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("transfer", "-number")
        verbose_name = _("转让公告")
        verbose_name_plural = pgettext_lazy("列表", "转让公告")
        constraints = [
            models.UniqueConstraint(
                fields=["transfer", "number"], name="transfer_announcement_version_is_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.transfer} v{self.number}"
