"""The sheets of the ledger that is also kept outside the database."""

from __future__ import annotations

from django.db import models

from custodian import clock


class LedgerSheet(models.Model):
    """One act of one transfer as it is kept outside: numbered without gaps, signed, bound to the one before.

    No foreign key: what is brought in after a restore may name a transfer that this database does not know.
    """

    class What(models.TextChoices):
        OPENED = "opened"
        SETTLED = "settled"  # both papers are signed, the moment is set
        CARRIED_OUT = "carried-out"  # the seller restricted, the buyer let live
        STOPPED = "stopped"

    number = models.PositiveIntegerField(primary_key=True)
    at = models.DateTimeField(default=clock.now)
    what = models.CharField(max_length=12, choices=What)
    transfer = models.UUIDField()
    release = models.CharField(
        max_length=64, blank=True
    )  # SHA-256 of the paper that sets the moment
    body = models.TextField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(
                fields=["transfer", "what", "release"], name="ledger_has_an_act_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number:08}"
