"""When something is due, from when it began, how long the law gives, and the calendar. Pure.

The day of the event is not counted; days, working days and months end at 24:00 of their last day at the
office, so that a deadline is the first moment after it. A month that lacks the day ends on its last one.
A last day that is a holiday is not moved: counting without that grace can only be early, never late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from custodian import clock
from custodian.regimes.calendars import DAY, Calendar
from custodian.regimes.lengths import EXACT, Length, Unit
from custodian.regimes.periods import Period

# A clock is near in the last quarter of its time, and in any case in the last two hours.
NEAR: Final = timedelta(hours=2)


class State(StrEnum):
    WAITING = "waiting"  # not begun
    RUNNING = "running"
    NEAR = "near"
    LATE = "late"
    DONE = "done"


@dataclass(frozen=True)
class Deadline:
    """Provisional: a year it needs is not published; then it lies between `earliest` and `due_at`.

    `earliest` counts Monday to Friday there, `due_at` leaves out the holidays that are to be expected.
    """

    due_at: datetime
    earliest: datetime
    provisional: bool = False


def due(start: datetime, length: Length, calendar: Calendar) -> Deadline:
    """`start` with a zone, the answer in UTC."""
    if length.at_once or length.unit in EXACT:
        minutes = length.number * (60 if length.unit is Unit.HOUR else 1)
        return _certain(start + timedelta(minutes=minutes))
    day = clock.local(start).date()
    if length.unit is Unit.WORKING_DAY:
        return _working(day, length.number, calendar)
    if length.unit is Unit.MONTH:
        return _certain(end_of(Period(months=length.number).after(day)))
    return _certain(end_of(day + length.number * DAY))


def yearly(start: datetime, on: str) -> Deadline:
    """The first day `MM-DD` after the day of the start."""
    day = clock.local(start).date()
    month, number = (int(part) for part in on.split("-"))
    this = date(day.year, month, number)
    return _certain(end_of(this if this > day else date(day.year + 1, month, number)))


def _certain(moment: datetime) -> Deadline:
    moment = moment.astimezone(UTC)
    return Deadline(moment, moment)


def _working(day: date, number: int, calendar: Calendar) -> Deadline:
    latest, earliest, provisional = day, day, False
    for _each in range(number):
        latest += DAY
        while not calendar.works(latest):
            latest += DAY
        earliest += DAY
        while not calendar.may_work(earliest):
            earliest += DAY
        provisional = provisional or not calendar.is_published(latest.year)
    return Deadline(end_of(latest), end_of(earliest), provisional)


def end_of(day: date) -> datetime:
    """24:00 of the day at the office."""
    return datetime.combine(day + DAY, time(), clock.OFFICE).astimezone(UTC)


def last_day(due_at: datetime) -> date:
    """The day on whose clock it is due: midnight belongs to the day that ends with it."""
    return clock.local(due_at - timedelta(microseconds=1)).date()


def ends_a_day(due_at: datetime) -> bool:
    return clock.local(due_at).time() == time()


def near_from(start: datetime, due_at: datetime) -> datetime:
    """From when on the clock is near; what is to be done at once is so from the beginning."""
    quarter = start + (due_at - start) * 3 / 4
    return max(start, min(quarter, due_at - NEAR))


def state(
    start: datetime,
    due_at: datetime,
    now: datetime,
    *,
    near_at: datetime | None = None,
    stopped_at: datetime | None = None,
) -> State:
    """What the law wants at once is near until it is done, never late."""
    if stopped_at is not None:
        return State.DONE
    if now < start:
        return State.WAITING
    if now > due_at > start:
        return State.LATE
    return State.NEAR if now >= (near_at or near_from(start, due_at)) else State.RUNNING
