"""How much a hold covers. One that names people or policies is counted for the page; a whole book beforehand.

What is kept is only for reading: before anything is destroyed, holdings are asked anew (`covering.on`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db.models import Q

from access import actors, scopes
from custodian import clock
from records.legal_holds import covering
from records.legal_holds.covering import Draft, Extent
from records.models import HoldCount, LegalHold

KEPT: Final = (LegalHold.Scope.BOOK, LegalHold.Scope.QUERY)
FRESH: Final = timedelta(hours=24)
LATE: Final = timedelta(hours=1)  # whoever began to count and has not ended by then is gone


def extents(holds: Sequence[LegalHold]) -> dict[int, Extent]:
    """By the key of the hold; one that nobody has counted yet is not among them."""
    named = [each for each in holds if each.scope not in KEPT]
    found = covering.extents(named) if named else {}
    rows = HoldCount.objects.filter(hold__in=[each.pk for each in holds], counted_at__isnull=False)
    return found | {each.hold_id: _told(each) for each in rows}


def extent(hold: LegalHold) -> Extent:
    """Of one, with its first references where it names some; counted now if nobody has yet."""
    kept = HoldCount.objects.filter(hold=hold.pk, counted_at__isnull=False).first()
    return _told(kept) if kept else covering.preview(Draft(hold.scope, hold.selector))


def _told(kept: HoldCount) -> Extent:
    return Extent(kept.customers, kept.holdings, at=kept.counted_at)


def carry_out() -> int:
    """Count what nobody has counted for a day; how many. Of two clocks at once one counts a hold."""
    with scopes.acting(actors.system("legal-holds")):
        return sum(_count(each) for each in _due())


def _due() -> list[LegalHold]:
    before = clock.now() - FRESH
    old = Q(counted=None) | Q(counted__counted_at=None) | Q(counted__counted_at__lt=before)
    holds = LegalHold.objects.in_force().filter(old, scope__in=KEPT)
    return list(holds.order_by("pk"))


def _count(hold: LegalHold) -> bool:
    if not _claimed(hold):
        return False
    found = covering.extents([hold])[hold.pk]
    HoldCount.objects.filter(hold=hold.pk).update(
        customers=found.customers, holdings=found.holdings, counted_at=clock.now()
    )
    return True


def _claimed(hold: LegalHold) -> bool:
    """Whether it is this process's to count."""
    now = clock.now()
    if not HoldCount.objects.filter(hold=hold.pk).exists():
        HoldCount.objects.bulk_create(
            [HoldCount(hold=hold, claimed_at=now - 2 * LATE)], ignore_conflicts=True
        )
    free = HoldCount.objects.filter(hold=hold.pk, claimed_at__lt=now - LATE)
    return bool(free.update(claimed_at=now))
