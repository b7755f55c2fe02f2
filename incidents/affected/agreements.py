"""Through which agreements a partner came to hold whom a list names: what it was given, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min

from incidents.affected.reading import EARLIEST
from incidents.models import AffectedList
from transfers.models import Agreement, SharedCopy


@dataclass(frozen=True)
class Given:
    """Customers of one agreement on the list; who is given by two is counted with both."""

    agreement: Agreement
    customers: int
    first: datetime
    last: datetime


def given_by(row: AffectedList) -> Sequence[Given]:
    """Most customers first; nothing for a list that was not reckoned from a partner's copies."""
    if row.by != AffectedList.By.PARTNER:
        return ()
    copies = SharedCopy.objects.filter(
        counterparty__code=row.about,
        given_at__gte=row.since or EARLIEST,
        given_at__lt=row.until or row.created_at,
    )
    counted = copies.values("share__agreement").annotate(
        customers=Count("subject", distinct=True), first=Min("given_at"), last=Max("given_at")
    )
    rows = Agreement.objects.in_bulk([each["share__agreement"] for each in counted])
    told = [
        Given(rows[each["share__agreement"]], each["customers"], each["first"], each["last"])
        for each in counted
    ]
    return sorted(told, key=lambda each: (-each.customers, each.agreement.code))
