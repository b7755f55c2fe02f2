"""Traces of lists that got out: what was asked, and the answer in numbers. Nothing of a list is kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import User
from custodian import clock
from custodian.jobs import Job, JobQuerySet
from incidents.models.cases import Incident
from records.models import ImportFile


class LeakTrace(Job):
    """`answer` is what `telling.stored` makes of a trace. The sealed upload goes with its key at the end."""

    label = models.CharField(_("名单的来由"), max_length=80)
    requested_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("提交人")
    )
    since = models.DateField(_("起日"), null=True)
    until = models.DateField(_("止日"), null=True)
    file = models.OneToOneField(ImportFile, models.SET_NULL, null=True, related_name="+")
    size = models.PositiveBigIntegerField(_("大小"), default=0)
    answer = models.JSONField(null=True)
    # The case that it is traced for, which then keeps who is on the list.
    incident = models.ForeignKey(Incident, models.PROTECT, null=True, related_name="traces")
    entry = models.BigIntegerField(null=True)  # of the query log

    objects = JobQuerySet.as_manager()  # type: ignore[misc]  # a job's own kind of rows

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("泄露溯源")
        verbose_name_plural = pgettext_lazy("列表", "泄露溯源")
        constraints = [
            models.CheckConstraint(
                name="leak_trace_that_is_done_keeps_no_file",
                condition=~Q(status="done") | Q(file=None, answer__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        return f"L-{self.created_at:%Y}-{self.pk:03}"


class TraceTaking(models.Model):
    """An evidence pack that left: for whom, by whom, and its fingerprint. The pack itself is not kept."""

    # Goes with its trace when that one's time is over; the log keeps that it was taken.
    trace = models.ForeignKey(LeakTrace, models.CASCADE, related_name="takings")
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    to = models.CharField(_("交给谁"), max_length=100)
    sha256 = models.CharField(_("指纹"), max_length=64)
    size = models.PositiveBigIntegerField(_("大小"))

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                name="trace_taking_says_to_whom", condition=~Q(to="") & ~Q(sha256="")
            )
        ]

    def __str__(self) -> str:
        return f"{self.trace_id} {self.to}"
