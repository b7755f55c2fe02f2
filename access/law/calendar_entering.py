"""Entering a year of the calendar when it is published or changes: by four eyes, and clocks follow it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate, proposals, scopes
from access.actions import Action
from access.actors import Actor
from access.law import words
from access.law.calendar_years import calendar, year_of
from access.law.reading import today
from access.law.versions import follow
from access.models import Approval, CalendarYear
from access.vocabulary import Channel
from custodian import clocked
from custodian.errors import CustodianError
from custodian.regimes import calendars, deadlines
from custodian.regimes.calendars import DAY, Holiday, Year
from custodian.regimes.rows import CONFIRMED, Mark

KIND: Final = "law-calendar"
AHEAD: Final = 2  # years; nothing is published for later ones


class BadYear(CustodianError):
    """A year that says too little, or too much: `message` tells what."""

    code = "calendar-year-wrong"


class NotRead(CustodianError):
    """Where it was read is missing, or the day lies ahead."""

    code = "calendar-year-not-read"
    message = _("请写明在哪里读到，核对日期不能晚于今天")


class Unchanged(CustodianError):
    """The proposal says what holds already."""

    code = "calendar-year-unchanged"
    message = _("与现行日历没有不同，请修改后再试")


class Pending(CustodianError):
    """The same year waits for its approval already."""

    code = "calendar-year-pending"
    status = 409
    message = _("这一年已有一项日历待复核")


ERRORS = (BadYear, NotRead, Unchanged, Pending)
FAULTS: Final[Mapping[str, Any]] = {
    "has a day of another year": _("有不属于这一年的日期；元旦可从上一年十二月起"),
    "has no holidays": _("至少要有一个节假日"),
    "has a holiday that ends before it begins": _("节假日的最后一天不能早于第一天"),
    "has a day that is both off and worked": _("同一天不能既放假又上班"),
    "has a worked day that is no Saturday or Sunday": _("调休上班的日期须是星期六或星期日"),
}


def may_enter(year: int) -> bool:
    """Years that are over are what they were."""
    return today().year <= year <= today().year + AHEAD


def propose_year(
    year: int,
    *,
    holidays: Sequence[Holiday],
    worked: Sequence[date],
    mark: Mark,
    source: str,
    read_on: date,
    actor: Actor,
) -> Approval:
    """Put up a year as somebody has read it. Raises one of `ERRORS`."""
    source = source.strip()[:200]
    if not source or read_on > today():
        raise NotRead
    newest = CalendarYear.objects.filter(year=year).first()
    payload = {
        "year": str(year),
        "base": newest.version if newest else 0,
        "holidays": [
            {"name": each.name, "first": each.first.isoformat(), "last": each.last.isoformat()}
            for each in sorted(holidays, key=lambda each: each.first)
        ],
        "worked": [each.isoformat() for each in sorted(set(worked))],
        "mark": mark.value,
        "source": source,
        "read_on": read_on.isoformat(),
    }
    _check(year, _row(payload))
    if newest is not None and _same(newest, payload):
        raise Unchanged
    return proposals.propose(
        KIND,
        payload,
        of="year",
        table=CalendarYear,
        pending=Pending,
        action=Action.LAW_PROPOSE,
        facts={"law-year": str(year)},
        actor=actor,
    )


def waiting(year: int) -> Approval | None:
    return proposals.waiting(KIND, year=str(year))


def _check(year: int, row: CalendarYear) -> None:
    if not may_enter(year):
        raise BadYear(_("只能登记今年至后年"))
    if Mark(row.mark) not in CONFIRMED:
        raise BadYear(_("请说明读的是原文还是转引"))
    if wrong := calendars.fault(year_of(row)):
        raise BadYear(FAULTS[wrong])


def _row(said: Mapping[str, Any]) -> CalendarYear:
    return CalendarYear(
        year=int(said["year"]),
        version=said["base"] + 1,
        holidays=said["holidays"],
        worked=said["worked"],
        mark=said["mark"],
        source=said["source"],
        read_on=date.fromisoformat(said["read_on"]),
        since=today(),
    )


def _same(newest: CalendarYear, said: Mapping[str, Any]) -> bool:
    names = ("holidays", "worked", "mark", "source")
    return all(getattr(newest, name) == said[name] for name in names)


class _Kind:
    action = Action.LAW_APPROVE
    label = _("工作日历的年份")

    def place(self, payload: Mapping[str, Any]) -> str:
        """The year's page; one that nobody knows yet has none."""
        if int(payload["year"]) not in calendar().years:
            return reverse("admin:law_calendar")
        return reverse("admin:law_calendar_year", args=[payload["year"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """A year is about everybody."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        said = year_of(_row(payload))
        so_far = calendar().years.get(said.number)
        return [
            (_("年份"), [str(said.number)]),
            (_("节假日"), [f"{each.name} {days(each)}" for each in said.holidays]),
            (_("调休上班"), [each.isoformat() for each in said.worked] or ["—"]),
            (_("与此前的不同"), differences(so_far, said) or ["—"]),
            (_("标记"), [words.mark_word(payload["mark"])]),
            (_("出处"), [payload["source"]]),
            (_("核对日期"), [payload["read_on"]]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        """Deadlines that the year moves are reckoned anew in the same transaction."""
        row = _row(approval.payload)
        _check(row.year, row)
        row.approval = approval
        follow(row, CalendarYear.objects.filter(year=row.year))
        reckon_again()

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """Nothing was begun."""


def days(found: Holiday) -> str:
    return found.first.isoformat() + (
        "" if found.first == found.last else f" – {found.last.isoformat()}"
    )


def differences(before: Year | None, after: Year) -> list[str]:
    """Days that become free, or are worked, otherwise than it was published or expected."""
    was = calendars.Calendar(after.regime, {after.number: before} if before else {})
    now = was.with_years([after])
    first = date(after.number - 1, 12, 1)
    told = []
    for count in range((date(after.number, 12, 31) - first).days + 1):
        day = first + count * DAY
        if was.works(day) != now.works(day):
            said = _("上班") if now.works(day) else _("放假")
            told.append(f"{day.isoformat()} {said}")
    return told


def reckon_again() -> int:
    """Clocks that stand otherwise than their facts tell by now: open, provisional, or due since this year."""
    year = deadlines.end_of(date(today().year - 1, 11, 30))
    concerned = Q(stopped_at=None) | Q(provisional=True) | Q(due_at__gte=year)
    timekeeper = actors.system("timekeeper")
    with scopes.acting(timekeeper):
        count = clocked.reckon_again(lambda rows: rows.filter(concerned))
        if count:
            gate.authorise(
                timekeeper, Action.CLOCK_RECKON, channel=Channel.TASK, facts={"clocks": count}
            )
    return count


approvals.register(KIND, _Kind())
