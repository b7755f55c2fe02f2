"""A book that comes as files, from an insurer without this system: its paper list, and what stands here."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import User
from custodian import clock
from custodian.jobs import Job, JobQuerySet
from transfers.models.evidence import TransferPaper
from transfers.models.portfolio import Transfer


class SellerList(models.Model):
    """What the seller's signed paper says that it gives. A corrected paper is a new row; the newest counts.

    Premium and cover by product class are sealed: of few policies a sum would tell what somebody pays.
    """

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="seller_lists")
    number = models.PositiveSmallIntegerField(_("序号"))
    paper = models.OneToOneField(TransferPaper, models.PROTECT, related_name="+")
    counts = models.JSONField()  # {"customers": 1200, "policies": 1500, …}
    holding = models.UUIDField()
    sums_sealed = models.BinaryField()
    sums_digest = models.CharField(max_length=64)  # keyed, of the sums: what two people accept
    entered_at = models.DateTimeField(_("录入时间"), default=clock.now)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("录入人"))

    class Meta:
        ordering = ("-number",)
        verbose_name = _("转出方清单")
        verbose_name_plural = pgettext_lazy("列表", "转出方清单")
        constraints = [
            models.UniqueConstraint(fields=["transfer", "number"], name="seller_lists_are_counted")
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id}/{self.number}"


class ArrivedSums(Job):
    """Premium and cover of what has been loaded, added up from the tables by the machine."""

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="arrived_sums")
    policies = models.PositiveBigIntegerField(default=0)  # as many as were there
    holding = models.UUIDField(null=True)
    sums_sealed = models.BinaryField(default=b"")

    objects = JobQuerySet.as_manager()  # type: ignore[misc]  # a job's own kind of rows

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.transfer_id}"


class FilesLoad(models.Model):
    """Two people let a rehearsed run of files be loaded; which run does it."""

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="files_loads")
    run = models.OneToOneField("records.ImportRun", models.PROTECT, related_name="+")
    approval = models.OneToOneField("access.Approval", models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.transfer_id}"
