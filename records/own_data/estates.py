"""What is or was each customer's own, by kind and time, for the list of looks at her."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from access.ports import Owned
from custodian import clock
from records.models import Account, Claim, Document, Finances, Identity, Policy, Tombstone

_ALWAYS = (("identity", Identity), ("policy", Policy), ("document", Document))


class Estates:
    """The port through which the list of looks asks; policies are the policyholder's alone."""

    def of(self, subject: int) -> Iterator[Owned]:
        for kind, model in _ALWAYS:
            if model._default_manager.filter(subject_id=subject).exists():
                yield Owned(kind)
        if (
            Finances.objects.filter(subject_id=subject).exists()
            or Account.objects.filter(subject_id=subject).exists()
        ):
            yield Owned("financial")
        claims = Claim.objects.filter(subject_id=subject)
        for reported, decided, created in claims.values_list(
            "reported_on", "decided_on", "created_at"
        ):
            yield Owned("claim", reported or _day(created), decided)
        stones = Tombstone.objects.filter(subject_id=subject).values_list("kind", flat=True)
        # Of what is destroyed nobody knows the days: it is over.
        for kind in stones.distinct():
            yield Owned(kind, until=date.min)


def _day(moment: datetime) -> date:
    return clock.local(moment).date()
