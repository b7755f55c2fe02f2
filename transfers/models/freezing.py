"""What each customer who moves had at the freeze: a fingerprint of everything, counts, and sums sealed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Subject, User
from custodian import clock
from custodian.jobs import Job, JobQuerySet
from records.models.holdings import ScopedQuerySet
from transfers.models.portfolio import Transfer


class Freeze(Job):
    """The job that writes a line for each customer. `cursor` is where it goes on: {"step": …, "after": …}.

    `holding` is whose key seals the sums; it is destroyed with the transfer's end.
    """

    transfer = models.OneToOneField(Transfer, models.PROTECT, related_name="freeze")
    at = models.DateTimeField(_("冻结时间"), default=clock.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("办理人"))
    cursor = models.JSONField(default=dict)
    holding = models.UUIDField(editable=False, unique=True)
    forgotten_at = models.DateTimeField(null=True)
    # When the lines were last compared with what is there now.
    compared_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()  # type: ignore[misc]  # a job's own kind of rows

    class Meta:
        ordering = ("-pk",)
        verbose_name = pgettext_lazy("业务转让", "冻结")
        verbose_name_plural = pgettext_lazy("列表", "业务转让冻结")

    def __str__(self) -> str:
        return f"{self.transfer_id} {self.status}"


class FrozenLine(models.Model):
    """One customer at the freeze. `parts`: sixteen bytes for each kind, in the order of `estates.KINDS`."""

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="+")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    ref = models.CharField(max_length=16)
    digest = models.BinaryField(max_length=32)
    parts = models.BinaryField(max_length=256)
    counts = models.JSONField()
    sums_sealed = models.BinaryField()
    read_at = models.DateTimeField(default=clock.now)
    # The kinds that differed when it was last compared, with blanks between.
    changed = models.CharField(max_length=160, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["transfer", "subject"], name="customer_is_frozen_once_in_a_transfer"
            )
        ]

    def __str__(self) -> str:
        return f"{self.ref}"


class StockTake(Job):
    """What is held of those who move or have come, and what of it is missing or wrong: numbers by code.

    `held` is by element, `missing` and `flaws` by code; the newest one of a transfer is shown and filed.
    """

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("办理人"))
    customers = models.PositiveBigIntegerField(default=0)
    cursor = models.JSONField(default=dict)
    held = models.JSONField(default=dict)
    missing = models.JSONField(default=dict)
    flaws = models.JSONField(default=dict)
    more = models.JSONField(default=dict)  # of a book that came: `hundred_days.counting`
    whole = models.PositiveBigIntegerField(
        default=0
    )  # customers of whom nothing is missing or wrong

    objects = JobQuerySet.as_manager()  # type: ignore[misc]  # a job's own kind of rows

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.transfer_id} {self.status}"
