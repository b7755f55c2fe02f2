"""What falls due next: the clocks, tasks and remedies of cases, in the order in which their time ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from access.actors import Actor
from access.law import clock_words
from access.law import clocks as law
from access.models import User
from custodian import clock
from incidents.cases import todo
from incidents.models import (
    DueTelling,
    Incident,
    IncidentClock,
    IncidentRemedy,
    IncidentTask,
    Member,
)

Thing = DueTelling.Thing
PLACES = {Thing.CLOCK: "clocks", Thing.TASK: "tasks", Thing.REMEDY: "remedies"}


@dataclass(frozen=True)
class Due:
    """One thing with a time; `row` is what it is read from, in whichever language is active."""

    thing: Thing
    row: IncidentClock | IncidentTask | IncidentRemedy
    case: Incident
    since: datetime
    at: datetime
    owner: User | None

    @property
    def number(self) -> int:
        return int(self.row.pk)

    @property
    def title(self) -> str:
        """For the working group alone."""
        if isinstance(self.row, IncidentTask):
            return todo.title(self.row)
        return self.row.title if isinstance(self.row, IncidentRemedy) else _law(self.row)

    @property
    def public(self) -> str:
        """What stands in a letter: steps of the playbook and of the law, and nothing that the group wrote."""
        if isinstance(self.row, IncidentTask) and not self.row.step:
            return _("一项任务")
        return _("一项整改措施") if isinstance(self.row, IncidentRemedy) else self.title

    @property
    def place(self) -> str:
        return PLACES[self.thing]

    @property
    def label(self) -> Any:
        return self.thing.label

    @property
    def at_once(self) -> bool:
        """It has no length: near until it is done, and never late."""
        return self.at <= self.since

    def late(self, now: datetime | None = None) -> bool:
        return not self.at_once and self.at < (now or clock.now())

    def passed(self, now: datetime) -> float:
        """The part of its time that has gone; above one it is late."""
        return 1.0 if self.at_once else (now - self.since) / (self.at - self.since)

    @property
    def left(self) -> str:
        now = clock.now()
        if self.at_once:
            return pgettext("时限", "立即")
        if self.late(now):
            return _("逾期 %(time)s") % {"time": clock_words.span(now - self.at)}
        return clock_words.left(self.at - now)


def of(actor: Actor) -> list[Due]:
    """Of the cases that the actor works on; remedies also of those that are closed."""
    works = Member.objects.now().filter(
        user=actor.id or 0, part__in=[Member.Part.LEAD, Member.Part.MEMBER]
    )
    return everything(Incident.objects.filter(pk__in=works.values("incident")))


def everything(cases: QuerySet[Incident]) -> list[Due]:
    """What was due first comes first, which puts what is late on top.

    Clocks and tasks of an exercise count nowhere; what has to change because of one is real.
    """
    real = cases.filter(exercise=False)
    found = [*_clocks(real), *_tasks(real), *_remedies(cases)]
    return sorted(found, key=lambda each: (each.at, each.thing, each.number))


def _law(row: IncidentClock) -> str:
    return clock_words.name(law.of(row.rule, clock.local(row.started_at).date()))


def _clocks(cases: QuerySet[Incident]) -> Iterator[Due]:
    rows = IncidentClock.objects.ticking().filter(incident__in=cases)
    for row in rows.select_related("incident"):
        since = row.due_at if row.near_at == row.due_at else row.started_at + row.waited
        yield Due(Thing.CLOCK, row, row.incident, since, row.due_at, None)


def _tasks(cases: QuerySet[Incident]) -> Iterator[Due]:
    """A step of the playbook has its time from awareness; what was added, since it was."""
    rows = IncidentTask.objects.filter(status=IncidentTask.Status.OPEN, incident__in=cases)
    for row in rows.select_related("incident", "owner"):
        if row.due_at is not None:
            since = row.incident.aware_at if row.step else row.added_at
            yield Due(Thing.TASK, row, row.incident, since, row.due_at, row.owner)


def _remedies(cases: QuerySet[Incident]) -> Iterator[Due]:
    rows = IncidentRemedy.objects.filter(state=IncidentRemedy.State.OPEN, incident__in=cases)
    for row in rows.select_related("incident", "owner"):
        if row.due_on is not None:
            at = end_of(row.due_on)
            yield Due(Thing.REMEDY, row, row.incident, row.proposed_at, at, row.owner)


def end_of(day: date) -> datetime:
    """The midnight that ends it, in the office's time."""
    first = datetime(day.year, day.month, day.day, tzinfo=clock.OFFICE)
    return first + timedelta(days=1)
