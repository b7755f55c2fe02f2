"""Counting: the day of the event out, the last day whole, working days as published, doubt shown."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custodian import clock
from custodian.regimes import calendars, deadlines
from custodian.regimes.calendars import DAY, Calendar
from custodian.regimes.deadlines import State
from custodian.regimes.lengths import EXACT, Length, Unit
from custodian.regimes.packs import company_clocks, load, regimes

CHINA = calendars.load("cn")
NONE = Calendar("xx")
MOMENTS = st.datetimes(
    min_value=datetime(2025, 1, 1), max_value=datetime(2027, 11, 30), timezones=st.just(UTC)
)  # fmt: skip
# How long a machine takes to think of a moment says nothing about counting.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
LENGTHS = st.builds(Length, st.integers(0, 60), st.sampled_from(list(Unit)))


def local(*parts):
    return datetime(*parts, tzinfo=clock.OFFICE)


def due(start, length, calendar=CHINA):
    return deadlines.due(start, Length.read(length), calendar)


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        # Hours run to the second, over any holiday.
        (local(2026, 9, 30, 23, 30, 5), "2h", local(2026, 10, 1, 1, 30, 5)),
        (local(2026, 9, 30, 23, 30), "30min", local(2026, 10, 1)),
        (local(2026, 11, 23, 9), "0h", local(2026, 11, 23, 9)),
        # Days: the day of the event is not counted, the last one ends at 24:00.
        (local(2026, 11, 23, 0, 0), "3d", local(2026, 11, 27)),
        (local(2026, 11, 23, 23, 59), "3d", local(2026, 11, 27)),
        (local(2026, 2, 10, 9), "30d", local(2026, 3, 13)),
        # A month ends on the same number, or on its last day.
        (local(2026, 1, 31, 9), "1mo", local(2026, 3, 1)),
        (local(2028, 1, 31, 9), "1mo", local(2028, 3, 1)),
        (local(2026, 1, 15, 9), "1mo", local(2026, 2, 16)),
        (local(2026, 11, 30, 9), "3mo", local(2027, 3, 1)),
        (local(2024, 2, 29, 9), "24mo", local(2026, 3, 1)),
        # Working days, as the State Council has them.
        (local(2026, 9, 30, 9), "1wd", local(2026, 10, 9)),
        (local(2026, 9, 30, 9), "3wd", local(2026, 10, 11)),  # Saturday the 10th is worked
        (local(2026, 2, 13, 9), "1wd", local(2026, 2, 15)),
        (local(2026, 2, 14, 9), "1wd", local(2026, 2, 25)),
        (local(2025, 1, 24, 18), "2wd", local(2025, 1, 28)),
        (local(2026, 9, 24, 9), "5wd", local(2026, 10, 10)),
        (local(2026, 11, 28, 9), "15wd", local(2026, 12, 19)),  # begun on a Saturday
    ],
)
def test_it_is_due_when_the_office_says(start, length, end):
    found = due(start, length)
    assert (found.due_at, found.earliest, found.provisional) == (end, end, False)
    assert found.due_at.tzinfo is UTC


def test_the_office_decides_which_day_it_is():
    late_in_london = datetime(2026, 11, 23, 17, tzinfo=UTC)  # 24 November in Shanghai
    assert due(late_in_london, "1d").due_at == local(2026, 11, 26)


def test_a_year_that_is_not_published_gives_both_dates():
    found = due(local(2027, 1, 29, 9), "10wd")
    assert found.provisional
    assert deadlines.last_day(found.earliest) == date(2027, 2, 12)  # Monday to Friday
    assert deadlines.last_day(found.due_at) == date(2027, 2, 22)  # without Spring Festival


def test_a_year_of_which_nothing_is_known_is_provisional():
    found = due(local(2029, 1, 2, 9), "5wd")
    assert found.provisional
    assert found.due_at == found.earliest == local(2029, 1, 10)


def test_only_working_days_are_ever_provisional():
    assert [
        each for each in ("40h", "400d", "40mo") if due(local(2026, 12, 1), each).provisional
    ] == []


def test_a_yearly_day_is_the_next_one():
    for start, end in (
        (local(2026, 1, 14, 9), local(2026, 1, 16)),
        (local(2026, 1, 15, 9), local(2027, 1, 16)),
    ):
        assert deadlines.yearly(start, "01-15").due_at == end


def test_midnight_belongs_to_the_day_that_ends_with_it():
    assert deadlines.last_day(local(2026, 11, 27)) == date(2026, 11, 26)
    assert deadlines.last_day(local(2026, 11, 27, 9)) == date(2026, 11, 27)
    assert deadlines.ends_a_day(local(2026, 11, 27))
    assert not deadlines.ends_a_day(local(2026, 11, 27, 9))


@unhurried
@given(MOMENTS, MOMENTS, LENGTHS)
def test_what_begins_later_is_never_due_earlier(one, other, length):
    first, last = sorted((one, other))
    early, late = (deadlines.due(each, length, CHINA) for each in (first, last))
    assert early.due_at <= late.due_at
    assert early.earliest <= late.earliest


@unhurried
@given(MOMENTS, LENGTHS, st.integers(0, 40))
def test_a_longer_time_never_ends_earlier(start, length, more):
    longer = Length(length.number + more, length.unit)
    short, long = (deadlines.due(start, each, CHINA) for each in (length, longer))
    assert start <= short.due_at <= long.due_at
    assert short.earliest <= long.earliest


@unhurried
@given(MOMENTS, st.integers(1, 60), st.sampled_from([CHINA, NONE]))
def test_working_days_end_on_a_working_day_and_are_counted_right(start, number, calendar):
    found = deadlines.due(start, Length(number, Unit.WORKING_DAY), calendar)
    last, first = deadlines.last_day(found.due_at), clock.local(start).date() + DAY
    days = [first + each * DAY for each in range((last - first).days + 1)]
    assert calendar.works(last)
    assert calendar.may_work(deadlines.last_day(found.earliest))
    assert sum(map(calendar.works, days)) == number
    assert found.earliest <= found.due_at
    assert found.provisional or found.earliest == found.due_at
    assert found.provisional == (
        not all(calendar.is_published(day.year) for day in (days[0], last))
    )


@unhurried
@given(MOMENTS, LENGTHS)
def test_everything_but_hours_ends_with_a_day_at_the_office(start, length):
    found = deadlines.due(start, length, CHINA).due_at
    if length.at_once or length.unit in EXACT:
        assert found - start == deadlines.due(start, length, NONE).due_at - start
    else:
        assert deadlines.ends_a_day(found)
        assert deadlines.last_day(found) > clock.local(start).date()


RULES = [
    *(each for regime in regimes() for each in load(regime).clocks.values()),
    *company_clocks().values(),
]


@unhurried
@given(MOMENTS, st.sampled_from([each for each in RULES if each.extensions]), st.data())
def test_an_extension_never_shortens(start, rule, data):
    codes = [each.code for each in rule.extensions]
    count = data.draw(st.integers(1, len(codes)))
    before, after = (
        rule.deadline(start, CHINA, extended=codes[:each]).due_at for each in (count - 1, count)
    )
    assert before < after


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("length", "after", "state"),
    [
        ("30d", -HOUR, State.WAITING),
        ("30d", timedelta(0), State.RUNNING),
        ("30d", 22 * DAY, State.RUNNING),
        ("30d", 24 * DAY, State.NEAR),  # the last quarter
        ("30d", 32 * DAY, State.LATE),
        ("4h", HOUR, State.RUNNING),
        ("4h", 2 * HOUR, State.NEAR),  # the last two hours
        ("4h", 4 * HOUR, State.NEAR),  # to the second is in time
        ("4h", 4 * HOUR + timedelta(seconds=1), State.LATE),
        ("2h", timedelta(0), State.NEAR),
        ("0h", 99 * DAY, State.NEAR),  # at once: near until it is done, never late
    ],
)
def test_a_state_is_told_from_the_facts(length, after, state):
    start = local(2026, 11, 2, 9)
    found = due(start, length).due_at
    assert deadlines.state(start, found, start + after) is state
    done = deadlines.state(start, found, start + after, stopped_at=start)
    assert done is State.DONE
