"""What this insurer says about the law: other periods than the pack's, and texts that somebody has read."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models.approvals import Approval

SINCE_TO_UNTIL = Q(until=None) | Q(until__gte=F("since"))


def _holds(on: date) -> Q:
    return Q(since__lte=on) & (Q(until=None) | Q(until__gt=on))


class RuleOverrideQuerySet(models.QuerySet["RuleOverride"]):
    def in_force(self, on: date) -> Self:
        return self.filter(_holds(on))


class ConfirmationQuerySet(models.QuerySet["Confirmation"]):
    def in_force(self, on: date) -> Self:
        return self.filter(_holds(on))


class ClockOverrideQuerySet(models.QuerySet["ClockOverride"]):
    def in_force(self, on: date) -> Self:
        return self.filter(_holds(on))


class CountOverrideQuerySet(models.QuerySet["CountOverride"]):
    def in_force(self, on: date) -> Self:
        return self.filter(_holds(on))


class CalendarYearQuerySet(models.QuerySet["CalendarYear"]):
    def newest(self) -> Self:
        """The one of each year that holds; a calendar has no past: it is as it was last published."""
        return self.filter(until=None)


class RuleOverride(models.Model):
    """Another period for a rule of the pack, or a rule of this insurer's own; each change is a new row."""

    rule = models.CharField(_("保存规则"), max_length=40)
    version = models.PositiveIntegerField(_("版本"))
    enabled = models.BooleanField(_("启用"), default=True)
    period = models.CharField(_("保存期限"), max_length=8)
    # Of a rule that no pack has: about, trigger, when, clause.
    own = models.JSONField(null=True)
    since = models.DateField(_("自"))
    until = models.DateField(_("至"), null=True)  # the first day without it
    reason = models.CharField(_("理由"), max_length=200)
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")

    objects = RuleOverrideQuerySet.as_manager()

    class Meta:
        ordering = ("rule", "-version")
        verbose_name = _("保存期限的改动")
        verbose_name_plural = pgettext_lazy("列表", "保存期限的改动")
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "version"], name="rule_override_version_is_unique"
            ),
            models.CheckConstraint(
                name="rule_override_ends_after_it_begins", condition=SINCE_TO_UNTIL
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} v{self.version}"


class Confirmation(models.Model):
    """Somebody has read the text of a clause: where, when, how sure; `text` is what was confirmed."""

    clause = models.CharField(_("条款"), max_length=24)
    version = models.PositiveIntegerField(_("版本"))
    mark = models.CharField(_("标记"), max_length=2)
    source = models.CharField(_("出处"), max_length=200)
    read_on = models.DateField(_("核对日期"))
    text = models.JSONField()
    since = models.DateField(_("自"))
    until = models.DateField(_("至"), null=True)
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        ordering = ("clause", "-version")
        verbose_name = _("条款核对")
        verbose_name_plural = pgettext_lazy("列表", "条款核对")
        constraints = [
            models.UniqueConstraint(
                fields=["clause", "version"], name="confirmation_version_is_unique"
            ),
            models.CheckConstraint(
                name="confirmation_ends_after_it_begins", condition=SINCE_TO_UNTIL
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clause} v{self.version}"


class ClockOverride(models.Model):
    """Another length of a clock, or this company's own target; each change is a new row.

    It holds for what begins from the day `since` on: what runs already keeps its time.
    """

    rule = models.CharField(_("时限"), max_length=24)
    version = models.PositiveIntegerField(_("版本"))
    enabled = models.BooleanField(_("启用"), default=True)
    length = models.CharField(_("时限长度"), max_length=8, blank=True)  # empty: as the pack says
    target = models.CharField(_("本公司目标"), max_length=8, blank=True)  # empty: none
    since = models.DateField(_("自"))
    until = models.DateField(_("至"), null=True)  # the first day without it
    reason = models.CharField(_("理由"), max_length=200)
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")

    objects = ClockOverrideQuerySet.as_manager()

    class Meta:
        ordering = ("rule", "-version")
        verbose_name = _("时限的改动")
        verbose_name_plural = pgettext_lazy("列表", "时限的改动")
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "version"], name="clock_override_version_is_unique"
            ),
            models.CheckConstraint(
                name="clock_override_ends_after_it_begins", condition=SINCE_TO_UNTIL
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} v{self.version}"


class CountOverride(models.Model):
    """How often this company does what a pack has a number for; each change is a new row."""

    rule = models.CharField(_("次数"), max_length=24)
    version = models.PositiveIntegerField(_("版本"))
    number = models.PositiveSmallIntegerField(_("次数"))
    since = models.DateField(_("自"))
    until = models.DateField(_("至"), null=True)  # the first day without it
    reason = models.CharField(_("理由"), max_length=200)
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")

    objects = CountOverrideQuerySet.as_manager()

    class Meta:
        ordering = ("rule", "-version")
        verbose_name = _("次数的改动")
        verbose_name_plural = pgettext_lazy("列表", "次数的改动")
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "version"], name="count_override_version_is_unique"
            ),
            models.CheckConstraint(
                name="count_override_ends_after_it_begins", condition=SINCE_TO_UNTIL
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} v{self.version}"


class PurposeOverride(models.Model):
    """A processing purpose as this company has it from a day on, whole; each change is a new row.

    `terms` are those of `custodian.regimes.purposes.CHANGEABLE`.
    """

    purpose = models.CharField(_("用途"), max_length=20)
    version = models.PositiveIntegerField(_("版本"))
    terms = models.JSONField()
    since = models.DateField(_("自"))
    until = models.DateField(_("至"), null=True)  # the first day without it
    reason = models.CharField(_("理由"), max_length=200)
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("purpose", "-version")
        verbose_name = _("处理目的的改动")
        verbose_name_plural = pgettext_lazy("列表", "处理目的的改动")
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "version"], name="purpose_override_version_is_unique"
            ),
            models.CheckConstraint(
                name="purpose_override_ends_after_it_begins", condition=SINCE_TO_UNTIL
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} v{self.version}"


class CalendarYear(models.Model):
    """The public holidays of a year as somebody here has read them; each change is a new row."""

    year = models.PositiveSmallIntegerField(_("年份"))
    version = models.PositiveIntegerField(_("版本"))
    holidays = models.JSONField()  # each with name, first, last
    worked = models.JSONField()  # Saturdays and Sundays, as dates
    mark = models.CharField(_("标记"), max_length=2)
    source = models.CharField(_("出处"), max_length=200)
    read_on = models.DateField(_("核对日期"))
    since = models.DateField(_("自"))
    until = models.DateField(_("至"), null=True)
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")

    objects = CalendarYearQuerySet.as_manager()

    class Meta:
        ordering = ("year", "-version")
        verbose_name = _("工作日历的年份")
        verbose_name_plural = pgettext_lazy("列表", "工作日历的年份")
        constraints = [
            models.UniqueConstraint(
                fields=["year", "version"], name="calendar_year_version_is_unique"
            ),
            models.UniqueConstraint(
                fields=["year"], condition=Q(until=None), name="calendar_year_has_one_that_holds"
            ),
            models.CheckConstraint(
                name="calendar_year_ends_after_it_begins", condition=SINCE_TO_UNTIL
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} v{self.version}"
