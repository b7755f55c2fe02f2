"""Whose access ended because a whole unit was cut in a case, so that exactly that can be given back."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Unit, User
from custodian import clock
from incidents.models.cases import Incident


class UnitCut(models.Model):
    """One person of a unit; who had no access when the unit was cut has no row, and gets none back."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="unit_cuts")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("机构"))
    person = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("人员"))
    cut_at = models.DateTimeField(_("停止时间"), default=clock.now)
    restored_at = models.DateTimeField(_("恢复时间"), null=True)

    class Meta:
        ordering = ("unit", "pk")
        verbose_name = _("停止访问")
        verbose_name_plural = pgettext_lazy("列表", "停止访问")
        constraints = [
            models.CheckConstraint(
                name="unit_cut_is_restored_after_it_was_cut",
                condition=Q(restored_at=None) | Q(restored_at__gte=F("cut_at")),
            ),
            models.UniqueConstraint(
                name="unit_cut_holds_a_person_once_in_a_case",
                fields=["incident", "person"],
                condition=Q(restored_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.person_id}"
