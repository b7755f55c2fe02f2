"""The countersigned receipt of a transfer, and the ledger of who answers for each customer."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, Subject
from custodian.jobs import Job, JobQuerySet
from records.models.holdings import ScopedQuerySet
from transfers.models.portfolio import Transfer


class Receipt(models.Model):
    """Four people of two insurers: the buyer's two accept what came, the seller's two let it go from then on.

    Both papers are kept as they were signed; each party has both in the end.
    """

    transfer = models.OneToOneField(Transfer, models.PROTECT, related_name="receipt")
    acceptance = models.BinaryField()
    accepted_at = models.DateTimeField(_("接收方确认"))
    acceptance_approval = models.OneToOneField(
        Approval, models.PROTECT, null=True, related_name="+"
    )
    release = models.BinaryField(default=b"")
    released_at = models.DateTimeField(_("转出方确认"), null=True)
    release_approval = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")
    live_at = models.DateTimeField(_("交接时点"), null=True)
    ended_at = models.DateTimeField(null=True)  # the seller restricted, the buyer let live

    class Meta:
        verbose_name = _("交接回执")
        verbose_name_plural = pgettext_lazy("列表", "交接回执")
        constraints = [
            models.CheckConstraint(
                name="receipt_is_released_from_a_moment_on",
                condition=Q(release=b"", live_at=None, released_at=None)
                | (~Q(release=b"") & Q(live_at__isnull=False, released_at__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id}"


class Ending(Job):
    """At the seller from the moment on: everything of theirs is stored only, and dated for its end."""

    transfer = models.OneToOneField(Transfer, models.PROTECT, related_name="ending")
    after = models.BigIntegerField(default=0)

    objects = JobQuerySet.as_manager()  # type: ignore[misc]  # a job's own kind of rows

    def __str__(self) -> str:
        return f"{self.transfer_id}"


class Responsible(models.Model):
    """Which insurer answers for a customer from `since` on, instead of the one that holds this register.

    Before that it is the one of the row before, and for whoever has no row the one that holds this register:
    at the seller the seller, and at the buyer the seller until the same moment. So there is always one, and
    the same one at both, however often a book is sold on.
    """

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="responsible")
    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="responsibilities")
    before = models.CharField(max_length=20)  # an insurer's code
    after = models.CharField(max_length=20)
    since = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="responsibility_passes_to_another",
                condition=~Q(before=models.F("after")),
            ),
            models.UniqueConstraint(
                fields=["subject", "transfer"], name="responsibility_passes_once_in_a_transfer"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.subject_id} {self.before} → {self.after}"
