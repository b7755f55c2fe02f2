"""Who answers for a customer: one insurer at any moment, and the same one at both ends."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from custodian import clock
from transfers.models import Responsible, Transfer


def of(subject: int, *, at: datetime | None = None) -> str:
    """The code of the insurer that answers for her at that moment."""
    rows = Responsible.objects.filter(subject=subject).order_by("since")
    over = rows.filter(since__lte=at or clock.now()).last()
    if over is not None:
        return str(over.after)
    first = rows.first()
    return str(first.before if first else settings.CUSTODIAN_INSURER)


def counts(transfer: Transfer, *, at: datetime | None = None) -> dict[str, int]:
    """How many customers of a transfer each insurer answers for."""
    found: dict[str, int] = {}
    moment = at or clock.now()
    for before, after, since in transfer.responsibilities.values_list("before", "after", "since"):
        code = after if moment >= since else before
        found[code] = found.get(code, 0) + 1
    return found
