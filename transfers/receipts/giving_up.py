"""A transfer is given up: no job of it goes on, no package of it opens any more, and its files are gone.

Customers who were loaded already stay hidden from everybody, and are destroyed by the sweep.
"""

from __future__ import annotations

from typing import Any, Final

from access import actors, scopes
from custodian.jobs import OPEN, JobStatus
from records.models import ImportRun
from transfers.models import Arrival, HandOver, Load, Transfer
from transfers.packages import one_time
from transfers.receipts import ending

NOTE: Final = "transfer-over"
_UNDER_WAY: Final = (*OPEN, JobStatus.FAILED, JobStatus.PAUSED)


def carry_out(transfer: Transfer, **_signal: Any) -> None:
    """In the transaction that gives it up: whoever is at a job loses its lease."""
    actor = actors.system(ending.SELLER if transfer.is_sellers else ending.BUYER)
    with scopes.acting(actor), scopes.arrivals():
        for job in (HandOver, Arrival, Load):
            _end(job.objects.filter(transfer=transfer))
        _end(ImportRun.objects.filter(arriving=transfer.ref))
        _forget_secrets(transfer)
        ending.forget_packages(transfer)
        ending.remove_packages(transfer)


def _end(jobs: Any) -> None:
    jobs.filter(status__in=_UNDER_WAY).update(
        status=JobStatus.REFUSED, note=NOTE, leased_by=None, leased_until=None
    )


def _forget_secrets(transfer: Transfer) -> None:
    """Of packages that were half made."""
    for job in transfer.hand_overs.filter(secret_sealed__isnull=False):
        HandOver.objects.filter(pk=job.pk).update(secret_sealed=None)
        if job.holding:
            one_time.forget(job.holding)
