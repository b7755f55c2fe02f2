"""How long somebody has to wait before asking again; never because of what others ask about her."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from custodian import clock
from custodian.jobs import OPEN
from records.models import SignInCode
from records.relatives import limits as relatives
from records.sign_in import entrances, limits

_COUNTS = """
SELECT max(created_at) FILTER (WHERE browser = %(browser)s),
       count(*) FILTER (WHERE browser = %(browser)s),
       min(created_at) FILTER (WHERE browser = %(browser)s),
       count(*) FILTER (WHERE address = %(address)s AND person = %(person)s),
       min(created_at) FILTER (WHERE address = %(address)s AND person = %(person)s),
       count(*) FILTER (WHERE address = %(address)s),
       coalesce(sum(tries) FILTER (WHERE address = %(address)s), 0),
       min(created_at) FILTER (WHERE address = %(address)s)
FROM records_signincode
WHERE created_at > %(since)s AND purpose = %(purpose)s
  AND (browser = %(browser)s OR address = %(address)s)
"""


def seconds(
    *, person: bytes, address: bytes, browser: bytes, purpose: str = SignInCode.For.SIGN_IN
) -> int:
    """0 for whoever may ask now."""
    now = clock.now()
    values: dict[str, Any] = {
        "person": person,
        "address": address,
        "browser": browser,
        "purpose": str(purpose),
        "since": now - limits.WINDOW,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, values)
        row = cursor.fetchone()
    most = (
        relatives.OF_ADDRESS
        if purpose == SignInCode.For.RELATIVE
        else limits.wide(limits.OF_ADDRESS)
    )
    return max(0, *(math.ceil(each.total_seconds()) for each in _waits(row, now, most)))


def _waits(row: Any, now: datetime, most: int) -> list[timedelta]:
    last, of_browser, browser_since, of_person, person_since, of_address, wrong, address_since = row
    waits = [last + limits.PAUSE - now] if last else []
    for much, since in (
        (of_browser >= limits.OF_BROWSER, browser_since),
        (of_person >= limits.wide(limits.OF_PERSON_THERE), person_since),
        (of_address >= most, address_since),
        (wrong >= limits.WRONG_THERE, address_since),
    ):
        if much:
            waits.append(since + limits.WINDOW - now)
    return waits or [timedelta()]


def too_many_to_contact(code: SignInCode) -> bool:
    """Whether enough went to this telephone or letter box today, whoever asked for it."""
    earlier = SignInCode.objects.filter(
        person=bytes(code.person), purpose=code.purpose, pk__lt=code.pk
    ).filter(Q(sent_at__isnull=False) | Q(status__in=OPEN))
    now = clock.now()
    return bool(
        earlier.filter(created_at__gt=now - timedelta(hours=1)).count() >= relatives.AN_HOUR
        or earlier.filter(created_at__gt=now - timedelta(days=1)).count() >= relatives.A_DAY
    )


def too_many_sent(code: SignInCode, *, known: bool) -> bool:
    """Whether enough went to this person, or is on its way: counted apart for browsers that she knows.

    So a stranger who asks and asks uses up the strangers' share, and never hers.
    """
    earlier = SignInCode.objects.filter(
        subject=code.subject_id, purpose=code.purpose, pk__lt=code.pk
    ).filter(Q(sent_at__isnull=False) | Q(status__in=OPEN))
    if known:
        mine = earlier.filter(known_by=code.known_by)
    else:
        mine = earlier.exclude(known_by__in=entrances.marks_of(code.subject_id))
    now = clock.now()
    return bool(
        mine.filter(created_at__gt=now - timedelta(hours=1)).count() >= limits.wide(limits.AN_HOUR)
        or mine.filter(created_at__gt=now - timedelta(days=1)).count() >= limits.wide(limits.A_DAY)
    )
