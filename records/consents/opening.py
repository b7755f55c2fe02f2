"""Keeps what the gate knows true: which purposes and elements are open or shut for a customer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time
from typing import Final

from access.models import Choice
from custodian import clock
from custodian.regimes.purposes import EVERYTHING, ProcessingPurpose, Who
from records.consents import asking
from records.consents.standing import GIVEN
from records.models import Consent, Customer

Key = tuple[str, str, bool]
WRITER: Final = "consents"


def project(customers: Iterable[Customer]) -> None:
    """Write the choices that follow from the last word on each purpose; in the writer's own reach."""
    known = {each.pk: each for each in customers}
    rows = Consent.objects.filter(subject__in=list(known))
    last = rows.order_by("subject_id", "purpose", "-pk").distinct("subject_id", "purpose")
    wanted: dict[int, dict[Key, datetime | None]] = {pk: {} for pk in known}
    for each in last:
        purpose = asking.find(each.purpose)
        if purpose is not None:
            until = _until(purpose, known[each.subject_id])
            wanted[each.subject_id].update(dict.fromkeys(following(purpose, each.said), until))
    Choice.objects.filter(subject__in=list(known)).delete()
    Choice.objects.bulk_create(
        Choice(subject_id=subject, purpose=look, element=element, agreed=agreed, until=until)
        for subject, keys in wanted.items()
        for (look, element, agreed), until in keys.items()
    )


def following(purpose: ProcessingPurpose, said: str) -> Iterator[Key]:
    """What one word opens or shuts. Nothing follows from a yes to what the contract needs: it is open."""
    agreed = said == GIVEN
    if purpose.optional:
        yield from ((look, "", agreed) for look in purpose.looks)
    elif not agreed:
        elements = ("",) if EVERYTHING in purpose.elements else purpose.elements
        yield from ((look, element, False) for look in purpose.looks for element in elements)


def _until(purpose: ProcessingPurpose, customer: Customer) -> datetime | None:
    """From fourteen on her data are as other people's."""
    if purpose.who is Who.CHILD and customer.minor_until is not None:
        return datetime.combine(customer.minor_until, time(), clock.OFFICE)
    return None
