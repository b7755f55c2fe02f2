"""That somebody was told of what waits on his own page: whom, of what, and when the mail went."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import User
from custodian import clock


class OwnTelling(models.Model):
    """`about` is the reference of the row on his page; not a word of it stands here, or in the mail."""

    class Thing(models.TextChoices):
        REMEDY = "remedy", pgettext_lazy("整改", "整改措施")
        ACTION = "action", pgettext_lazy("风险整改", "整改措施")
        LETTER = "letter", pgettext_lazy("追究", "函件")

    thing = models.CharField(max_length=6, choices=Thing)
    about = models.UUIDField(db_index=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(default=clock.now)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)
        verbose_name = _("告知本人")
        verbose_name_plural = pgettext_lazy("列表", "告知本人")
        constraints = [
            models.CheckConstraint(
                name="own_telling_is_mailed_after_it_was_noted",
                condition=Q(mailed_at=None) | Q(mailed_at__gte=F("noted_at")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.thing} {self.about}"
