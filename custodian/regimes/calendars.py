"""Working days: public holidays and weekends that are worked, year by year as they are published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

import yaml

from custodian import data_files
from custodian.regimes.rows import BadPack, Mark, has, made, mark_of

FOLDER: Final = Path(__file__).parent / "calendars"
DAY: Final = timedelta(days=1)
SATURDAY: Final = 5


@dataclass(frozen=True)
class Holiday:
    """From its first to its last day, weekends among them included."""

    name: str
    name_en: str
    first: date
    last: date

    def days(self) -> Iterator[date]:
        for count in range((self.last - self.first).days + 1):
            yield self.first + count * DAY


@dataclass(frozen=True)
class Year:
    """What one year's notice says. Before it is published: what is to be expected, without `worked`."""

    number: int
    regime: str
    published: bool
    holidays: tuple[Holiday, ...]
    mark: Mark
    source: str
    source_en: str
    worked: tuple[date, ...] = ()  # Saturdays and Sundays

    @property
    def off(self) -> frozenset[date]:
        return frozenset(day for each in self.holidays for day in each.days())


@dataclass(frozen=True)
class Calendar:
    """The working days of one legal order; Monday to Friday where nothing else is known."""

    regime: str
    years: Mapping[int, Year] = field(default_factory=dict)

    @cached_property
    def _off(self) -> frozenset[date]:
        return frozenset(day for each in self.years.values() for day in each.off)

    @cached_property
    def _worked(self) -> frozenset[date]:
        return frozenset(day for each in self.years.values() for day in each.worked)

    def is_published(self, year: int) -> bool:
        return year in self.years and self.years[year].published

    def works(self, day: date) -> bool:
        """Whether it is a working day as published; in a year that is not, as far as can be expected."""
        return day in self._worked or (day.weekday() < SATURDAY and day not in self._off)

    def may_work(self, day: date) -> bool:
        """The same for whoever counts carefully: what is not published takes no day off."""
        return self.works(day) if self.is_published(day.year) else day.weekday() < SATURDAY

    def holiday(self, day: date) -> Holiday | None:
        found = (each for year in self.years.values() for each in year.holidays)
        return next((each for each in found if each.first <= day <= each.last), None)

    def with_years(self, years: Iterable[Year]) -> Calendar:
        return replace(self, years={**self.years, **{each.number: each for each in years}})


@cache
def load(regime: str) -> Calendar:
    """The calendar of a legal order, without any year where it has no file; raises `BadPack`."""
    path = FOLDER / f"{regime}.yaml"
    return read(path.read_text("utf-8"), regime) if path.exists() else Calendar(regime)


def read(text: str, regime: str) -> Calendar:
    """The calendar that the text of a file says; raises `BadPack` with the year where it is wrong."""
    try:
        content = data_files.parse(text)
    except yaml.YAMLError as error:
        raise BadPack(regime, "file", f"is no YAML: {error}") from error
    if not isinstance(content, Mapping):
        raise BadPack(regime, "file", "has no years")
    years = [_year(number, row, regime) for number, row in content.items()]
    return Calendar(regime, {each.number: each for each in years})


def _year(number: Any, row: Any, regime: str) -> Year:
    if type(number) is not int or not isinstance(row, Mapping):
        raise BadPack(regime, number, "is no year")
    rows = row.get("holidays") or ()
    found: Year = made(
        Year,
        {
            **row,
            "number": number,
            "regime": regime,
            "mark": mark_of({**row, "code": number}, regime),
            "holidays": tuple(_holiday(each, number, regime) for each in rows),
            "worked": tuple(row.get("worked") or ()),
        },
        str(number),
    )
    if wrong := fault(found):
        raise BadPack(regime, number, wrong)
    return found


def _holiday(row: Any, number: int, regime: str) -> Holiday:
    has(row, {"name", "name_en", "from", "to"}, regime=regime, code=number)
    return Holiday(row["name"], row["name_en"], row["from"], row["to"])


def fault(year: Year) -> str:
    """What is wrong with the year, or nothing."""
    days = [day for each in year.holidays for day in (each.first, each.last)] + [*year.worked]
    if any(type(day) is not date for day in days):
        return "has a day that is no date"
    faults = {
        "has a day of another year": not all(_belongs(day, year.number) for day in days),
        "has no holidays": not year.holidays,
        "has a holiday that ends before it begins": any(
            each.first > each.last for each in year.holidays
        ),
        "has a day that is both off and worked": year.off.intersection(year.worked),
        "has a worked day that is no Saturday or Sunday": any(
            day.weekday() < SATURDAY for day in year.worked
        ),
        "has worked days before anything is published": year.worked and not year.published,
    }
    return next((said for said, wrong in faults.items() if wrong), "")


def _belongs(day: date, year: int) -> bool:
    """New Year may begin in the December before."""
    return day.year == year or (day.year == year - 1 and day.month == 12)
