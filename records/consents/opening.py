"""Keeps what the gate knows true: which purposes and elements are open or shut for a customer.

Each word is written as it was meant on its day; what the register came to ask for since is held against it
at the gate (`access.choices`), so nothing has to be written anew when a purpose is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Final

from access import purpose_versions
from access.choices import Held
from access.models import Choice
from custodian import clock
from custodian.regimes.purposes import ProcessingPurpose, Who, processing_purposes
from records.consents.standing import GIVEN, said_on
from records.models import Consent, Customer

Key = tuple[str, str, bool]
WRITER: Final = "consents"


def project(customers: Iterable[Customer]) -> None:
    """Write the choices that follow from the last word on each purpose; in the writer's own reach."""
    known = {each.pk: each for each in customers}
    rows = Consent.objects.filter(subject__in=list(known))
    last = rows.order_by("subject_id", "purpose", "-pk").distinct("subject_id", "purpose")
    versions = purpose_versions.changed()
    wanted = [each for row in last for each in _choices(row, known[row.subject_id], versions)]
    Choice.objects.filter(subject__in=list(known)).delete()
    Choice.objects.bulk_create(wanted)


def _choices(
    row: Consent, customer: Customer, versions: purpose_versions.Versions
) -> Iterator[Choice]:
    on = said_on(row)
    held = _meant(row, on, versions)
    if held is None:
        return
    until = _until(held.purpose, customer)
    exact = held.since is not None
    for look, element, agreed in following(held.purpose, row.said, exact=exact):
        yield Choice(
            subject_id=row.subject_id,
            consent=row.purpose,
            said_on=on,
            purpose=look,
            element=element,
            agreed=agreed,
            until=until,
        )


def _meant(row: Consent, on: date, versions: purpose_versions.Versions) -> Held | None:
    """What the word was about: the version of its day, or of its note if nobody was asked before."""
    if row.purpose not in processing_purposes():
        return None
    days = (on, clock.local(row.noted_at).date())
    found = (purpose_versions.held(row.purpose, day, versions) for day in days)
    return next((each for each in found if each.purpose.asks), None)


def following(purpose: ProcessingPurpose, said: str, *, exact: bool = False) -> Iterator[Key]:
    """What one word opens or shuts. Nothing follows from a yes to what the contract needs: it is open.

    A yes to the register's file opens a look whole, one to a purpose that was changed no more than it names.
    """
    if said != GIVEN:
        yield from ((look, element, False) for look, element in purpose.shuts)
    elif purpose.optional and purpose.asks:
        opens = purpose.named if exact else purpose.shuts
        yield from ((look, element, True) for look, element in opens)


def _until(purpose: ProcessingPurpose, customer: Customer) -> datetime | None:
    """From fourteen on her data are as other people's."""
    if purpose.who is Who.CHILD and customer.minor_until is not None:
        return datetime.combine(customer.minor_until, time(), clock.OFFICE)
    return None
