"""By when a correction must be answered: the law's time for requests, and the company's own within it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from access.law import clocks
from access.law.clocks import Book, Face
from custodian import clock
from custodian.clocked import ClockQuerySet
from records.models import Correction, CorrectionClock

TRIGGERS: Final = ("rights_request", "correction")


def start(correction: Correction, *, at: datetime) -> None:
    """They run from the moment at which it was handed in."""
    day = clock.local(at).date()
    for trigger in TRIGGERS:
        for rule in clocks.by_trigger(trigger, day):
            CorrectionClock(
                subject_id=correction.subject_id,
                correction=correction,
                rule=rule.code,
                started_at=at,
            ).save(force_insert=True)


def stop(correction: Correction, *, at: datetime) -> None:
    """Decided, one way or the other."""
    for each in running(correction):
        each.stopped_at = at
        each.save(update_fields=["stopped_at"])


def running(correction: Correction) -> ClockQuerySet:
    rows: ClockQuerySet = CorrectionClock.objects.filter(correction=correction)
    return rows.running()


def first_due(correction: Correction) -> datetime | None:
    """The earliest of them, which is what whoever handles it goes by."""
    return running(correction).order_by("due_at").values_list("due_at", flat=True).first()


def faces(
    correction: Correction, *, book: Book | None = None, for_customer: bool = False
) -> list[Face]:
    """As pages draw them; a customer sees the law's, and the company's where there is no other."""
    rows: Iterable[CorrectionClock] = CorrectionClock.objects.filter(correction=correction)
    known = list(rows)
    if for_customer:
        known = [each for each in known if not each.rule.startswith("CO-")] or known
    return [clocks.shown(each, book=book, for_customer=for_customer) for each in known]
