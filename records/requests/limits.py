"""How many requests one person may have open, and send in a day: brakes against floods, no judgement.

Company defaults. What must not be lost is taken all the same, and sorted by somebody before it is handled.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings

from custodian import clock
from records.models import CustomerRequest

DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Limits:
    """The most that may be open, and the most in a day."""

    open: int
    daily: int


def current() -> Limits:
    return Limits(settings.CUSTODIAN_REQUESTS_OPEN, settings.CUSTODIAN_REQUESTS_DAILY)


def exceeded(subject: int) -> bool:
    """Whether one more is one too many; asked under a lock on the subject."""
    limits = current()
    hers = CustomerRequest.objects.filter(subject=subject)
    lately = hers.filter(received_at__gt=clock.now() - DAY)
    return hers.open().count() >= limits.open or lately.count() >= limits.daily
