"""The calendar of this installation: the years of the product, and those that somebody here has entered."""

from __future__ import annotations

from datetime import date
from functools import partial

from django.conf import settings

from access.models import CalendarYear
from custodian.regimes import calendars
from custodian.regimes.calendars import Calendar, Holiday, Year
from custodian.regimes.rows import Mark


def calendar() -> Calendar:
    """A year that was entered takes the place of the product's."""
    rows = CalendarYear.objects.newest()
    return calendars.load(settings.CUSTODIAN_REGIME).with_years(year_of(each) for each in rows)


def year_of(row: CalendarYear) -> Year:
    read = partial(map, date.fromisoformat)
    return Year(
        number=row.year,
        regime=settings.CUSTODIAN_REGIME,
        published=True,
        holidays=tuple(
            Holiday(each["name"], each["name"], *read((each["first"], each["last"])))
            for each in row.holidays
        ),
        worked=tuple(read(row.worked)),
        mark=Mark(row.mark),
        source=row.source,
        source_en=row.source,
    )
