"""Dated versions that follow one another: the earlier ones keep what they say and get an end."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import QuerySet
from django.db.models.functions import Greatest

from access import proposals
from access.approvals import ContentChanged
from access.models import (
    CalendarYear,
    ClockOverride,
    Confirmation,
    CountOverride,
    PurposeOverride,
    RuleOverride,
)

Row = TypeVar(
    "Row", RuleOverride, Confirmation, ClockOverride, CountOverride, PurposeOverride, CalendarYear
)


def follow(row: Row, earlier: QuerySet[Row]) -> None:
    """Keep the row after its earlier versions, in the transaction that approved it.

    A version that would have begun later never comes to hold. Raises `ContentChanged` where the row does
    not follow the newest one.
    """
    proposals.lock(type(row))
    newest = earlier.order_by("-version").first()
    if row.version != (newest.version if newest else 0) + 1:
        raise ContentChanged
    still = earlier.exclude(until__lte=row.since)
    still.update(until=Greatest("since", row.since))
    row.save(force_insert=True)
