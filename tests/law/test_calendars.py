"""The calendar: as published, refused by its year where something is wrong, careful where nothing is known."""

from __future__ import annotations

from datetime import date

import pytest

from custodian.regimes import calendars
from custodian.regimes.calendars import DAY, Calendar
from custodian.regimes.rows import CONFIRMED, BadPack, Mark

YEAR = """
2031:
  published: true
  mark: V1
  source: 通知
  source_en: the notice
  holidays:
  - {name: 元旦, name_en: New Year, from: 2030-12-31, to: 2031-01-02}
  - {name: 春节, name_en: Spring Festival, from: 2031-01-22, to: 2031-01-29}
  worked: [2031-01-18]
"""


def test_a_year_reads_and_reaches_into_the_december_before():
    found = calendars.read(YEAR, "xx")
    days = {
        day: found.works(day) for day in (date(2030, 12, 31), date(2031, 1, 3), date(2031, 1, 18))
    }
    assert list(days.values()) == [False, True, True]
    assert found.holiday(date(2031, 1, 25)).name_en == "Spring Festival"
    assert found.holiday(date(2031, 1, 18)) is None


@pytest.mark.parametrize(
    ("before", "after", "wrong"),
    [
        ("2031:", "next:", "next: is no year"),
        ("mark: V1", "mark: V7", "2031: V7 is no mark"),
        ("  source_en: the notice\n", "", "2031: lacks source_en"),
        ("published: true", "published: true\n  page: 3", "2031: has unknown page"),
        ("name: 元旦, ", "", "2031: lacks name"),
        ("to: 2031-01-02", "to: 2031-01-02, weekday: 3", "2031: has unknown weekday"),
        ("to: 2031-01-02", "to: soon", "2031: has a day that is no date"),
        ("from: 2030-12-31", "from: 2030-11-30", "2031: has a day of another year"),
        ("to: 2031-01-29", "to: 2031-01-20", "ends before it begins"),
        ("[2031-01-18]", "[2031-01-25]", "both off and worked"),
        ("[2031-01-18]", "[2031-01-17]", "no Saturday or Sunday"),
        ("published: true", "published: false", "before anything is published"),
        ("published: true", "published: [", "no YAML"),
    ],
)
def test_a_year_that_is_wrong_is_refused(before, after, wrong):
    assert before in YEAR
    with pytest.raises(BadPack, match=r"xx\.yaml") as found:
        calendars.read(YEAR.replace(before, after), "xx")
    assert wrong in str(found.value)


def test_china_has_the_years_that_are_published():
    china = calendars.load("cn")
    assert {year: china.is_published(year) for year in (2024, 2025, 2026, 2027, 2028)} == {
        2024: False, 2025: True, 2026: True, 2027: False, 2028: False,
    }  # fmt: skip
    for year in china.years.values():
        # What is published was read somewhere; what is expected is nobody's word.
        assert (year.mark in CONFIRMED) is year.published, year.number
        assert year.source
        assert year.source_en


@pytest.mark.parametrize(("year", "working"), [(2025, 248), (2026, 248)])
def test_a_published_year_has_as_many_working_days_as_it_should(year, working):
    """Thirteen public holidays since 2025; where one falls on a weekend, a weekday is given for it."""
    china = calendars.load("cn")
    days = [date(year, 1, 1) + each * DAY for each in range(365)]
    weekdays = sum(day.weekday() < 5 for day in days)
    assert sum(map(china.works, days)) == working == weekdays - 13


def test_what_is_not_published_takes_no_day_off_for_whoever_counts_carefully():
    china = calendars.load("cn")
    eve = date(2027, 2, 5)
    assert not china.works(eve)
    assert china.may_work(eve)
    published = date(2026, 2, 16)
    assert not china.works(published)
    assert not china.may_work(published)


def test_another_order_has_monday_to_friday_and_says_that_it_knows_no_more():
    found = calendars.load("eu")
    assert found == Calendar("eu")
    assert not found.is_published(2026)
    assert [found.works(date(2026, 11, day)) for day in (27, 28, 29, 30)] == [
        True,
        False,
        False,
        True,
    ]


def test_a_year_that_is_entered_takes_the_place_of_the_one_that_was_expected():
    china = calendars.load("cn")
    entered = calendars.read(YEAR.replace("2031", "2027").replace("2030", "2026")
                             .replace("2027-01-18", "2027-01-17"), "cn")  # fmt: skip
    found = china.with_years(entered.years.values())
    assert found.is_published(2027)
    assert found.works(date(2027, 2, 5))
    assert found.years[2026] == china.years[2026]
    assert found.years[2027].mark is Mark.READ
