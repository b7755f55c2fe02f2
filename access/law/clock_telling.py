"""Clocks and years as the law library shows them: what holds, what is ahead, what each version changed."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from access.law import calendar_entering, clock_overriding, clock_words
from access.law.calendar_entering import differences
from access.law.calendar_years import calendar, year_of
from access.law.clock_book import Book, pack_rules
from access.law.telling import Changes, Version, state_of, yes
from access.law.words import english, mark_word
from access.models import Approval, CalendarYear, ClockOverride
from custodian.regimes import calendars
from custodian.regimes.calendars import Calendar, Holiday, Year
from custodian.regimes.clocks import COMPANY, ClockRule


@dataclass(frozen=True)
class ToldClock:
    """A clock as the pack has it, with what this insurer makes of it."""

    rule: ClockRule
    held: ClockRule  # what holds today
    override: ClockOverride | None
    ahead: ClockOverride | None
    waiting: Approval | None

    @property
    def name(self) -> str:
        return clock_words.name(self.rule)

    @property
    def to(self) -> str:
        return clock_words.to(self.rule)

    @property
    def note(self) -> str:
        return clock_words.note(self.rule)

    @property
    def counted(self) -> str:
        return clock_words.counted(self.rule)

    @property
    def source(self) -> str:
        """The clause, or the time itself where it is the company's own."""
        return self.rule.clause or clock_words.counted(self.rule)

    @property
    def extensions(self) -> list[str]:
        return [clock_words.extension(each) for each in self.rule.extensions]

    @property
    def is_company(self) -> bool:
        return self.rule.regime == COMPANY

    @property
    def ours(self) -> str:
        """This insurer's length where it is another one."""
        same = self.held.length == self.rule.length or self.held.length is None
        return "" if same or self.held.length is None else clock_words.length(self.held.length)

    @property
    def target(self) -> str:
        return clock_words.length(self.held.target) if self.held.target else ""

    @property
    def is_off(self) -> bool:
        return not self.held.enabled


def clocks(regime: str, on: date) -> list[ToldClock]:
    """Those of a legal order in force on the day, then the company's own."""
    book = Book()
    asked = {each.payload["rule"]: each
             for each in Approval.objects.waiting().filter(kind=clock_overriding.KIND)}  # fmt: skip
    known = [each for each in pack_rules(regime) if each.in_force(on)]
    return [told(each.code, on, book, asked.get(each.code)) for each in known]


def told(code: str, on: date, book: Book, waiting: Approval | None) -> ToldClock:
    coming = (each for each in book.overrides.get(code, ()) if each.since > on and not each.until)
    return ToldClock(
        rule=book.known(code, on),
        held=book.of(code, on),
        override=book.override(code, on),
        ahead=next(coming, None),
        waiting=waiting,
    )


def versions_of_clock(rule: ClockRule, on: date) -> list[Version]:
    """Newest first; the last one is the pack's, which has no row."""
    rows = list(
        ClockOverride.objects.filter(rule=rule.code)
        .order_by("version")
        .select_related("approval__requested_by", "approval__decided_by")
    )
    length, target = "", str(rule.target) if rule.target else ""
    enabled = rule.enabled
    whole = clock_overriding.turned
    first: Changes = [(_("时限长度"), "—", clock_words.counted(rule))]
    if target:
        first.append((_("本公司目标"), "—", whole(rule, target, target)))
    taken = any(state_of(each, on) == "now" for each in rows)
    found = [Version(None, first, "replaced" if taken else "now")]
    for row in rows:
        changes: Changes = []
        for label, was, becomes, none in (
            (_("时限长度"), length, row.length, ""),
            (_("本公司目标"), target, row.target, "—"),
        ):
            pair = [whole(rule, each, each, none=none) for each in (was, becomes)]
            if pair[0] != pair[1]:
                changes.append((label, pair[0], pair[1]))
        if row.enabled != enabled:
            changes.append((_("启用"), yes(enabled), yes(row.enabled)))
        found.append(Version(row, changes, state_of(row, on), row.reason))
        length, target, enabled = row.length, row.target, row.enabled
    return found[::-1]


@dataclass(frozen=True)
class ToldYear:
    """A year of the calendar: the product's, or as somebody here has entered it."""

    year: Year
    row: CalendarYear | None
    waiting: Approval | None

    @property
    def source(self) -> str:
        return self.year.source_en if english() else self.year.source

    @property
    def holidays(self) -> list[tuple[str, Holiday]]:
        return [(each.name_en if english() else each.name, each) for each in self.year.holidays]


@dataclass(frozen=True)
class Day:
    """`kind`: work, rest, off, worked, or nothing outside the month."""

    day: date | None
    kind: str = ""
    name: str = ""


def years() -> list[ToldYear]:
    known = calendar()
    rows = {each.year: each for each in CalendarYear.objects.newest().select_related("approval")}
    return [
        ToldYear(known.years[number], rows.get(number), calendar_entering.waiting(number))
        for number in sorted(known.years)
    ]


def year(number: int) -> ToldYear | None:
    return next((each for each in years() if each.year.number == number), None)


def months(number: int) -> Iterator[tuple[date, list[list[Day]]]]:
    """Each month by weeks, Monday first."""
    known = calendar()
    for month in range(1, 13):
        first = date(number, month, 1)
        days = [Day(None)] * first.weekday()
        days += [
            _day(known, date(number, month, each + 1))
            for each in range(monthrange(number, month)[1])
        ]
        days += [Day(None)] * (-len(days) % 7)
        yield first, [days[at : at + 7] for at in range(0, len(days), 7)]


def _day(known: Calendar, day: date) -> Day:
    holiday = known.holiday(day)
    if holiday is not None:
        return Day(day, "off", holiday.name_en if english() else holiday.name)
    weekend = day.weekday() >= calendars.SATURDAY
    if known.works(day):
        return Day(day, "worked" if weekend else "work")
    return Day(day, "rest")


def working_days(number: int) -> int:
    known = calendar()
    return sum(
        known.works(date(number, month, day + 1))
        for month in range(1, 13)
        for day in range(monthrange(number, month)[1])
    )


def versions_of_year(number: int, on: date) -> list[Version]:
    """Newest first; the last one is the product's, where it has the year."""
    rows = list(
        CalendarYear.objects.filter(year=number)
        .order_by("version")
        .select_related("approval__requested_by", "approval__decided_by")
    )
    before = calendars.load(calendar().regime).years.get(number)
    found = []
    if before is not None:
        said = before.source_en if english() else before.source
        state = "replaced" if rows else "now"
        found.append(Version(None, [(_("出处"), "—", said)], state))
    for row in rows:
        after = year_of(row)
        changes: Changes = [(_("日期"), "—", each) for each in differences(before, after)]
        mark = mark_word(before.mark) if before else "—"
        changes += [(_("标记"), mark, mark_word(after.mark)), (_("出处"), "—", after.source)]
        found.append(
            Version(row, [each for each in changes if each[1] != each[2]], state_of(row, on))
        )
        before = after
    return found[::-1]
