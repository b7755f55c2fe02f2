"""How long each part of a case took, measured from its facts, with the limit that it had."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.law import clock_words
from access.law.clocks import Book
from custodian import clock
from incidents.cases import playbooks
from incidents.models import Incident, IncidentTask, TimelineEntry

WORDS: Final[Mapping[str, Any]] = {
    "occurred": pgettext_lazy("事件", "发生"),
    "aware": pgettext_lazy("事件", "知悉"),
    "opened": pgettext_lazy("事件", "立案"),
    "contained": _("首次止住"),
    "assessed": pgettext_lazy("事件", "评定"),
    "reported": _("首次报告"),
    "handled": _("处置结束"),
}
FIRST_REPORT: Final = "first_report"


@dataclass(frozen=True)
class Milestone:
    """One moment; `limit` is when it should have come at the latest, where something says so."""

    code: str
    at: datetime | None
    limit: datetime | None = None

    @property
    def data(self) -> dict[str, str | None]:
        return {"code": self.code, "at": _iso(self.at), "limit": _iso(self.limit)}


@dataclass(frozen=True)
class Line:
    """A milestone as it is drawn: how long after the start, as a part of the longest."""

    label: Any
    at: datetime | None
    limit: datetime | None
    took: str
    allowed: str
    share: float
    tick: float | None
    late: bool


def of(incident: Incident) -> list[Milestone]:
    return [
        Milestone("occurred", incident.occurred_at),
        Milestone("aware", incident.aware_at),
        Milestone("opened", incident.opened_at),
        Milestone("contained", _contained(incident), _limit(incident, _containing())),
        Milestone("assessed", _assessed(incident), _limit(incident, {"assess"})),
        _reported(incident),
        Milestone("handled", incident.handled_at),
    ]


def read(said: Sequence[Mapping[str, str | None]]) -> list[Milestone]:
    """As they were kept in a review."""
    return [
        Milestone(str(each["code"]), _moment(each["at"]), _moment(each["limit"])) for each in said
    ]


def drawn(found: Sequence[Milestone]) -> list[Line]:
    """From the first moment that is known; a bar is as long as the time from there."""
    known = [each.at for each in found if each.at is not None]
    if not known:
        return []
    start = min(known)
    ends = [*known, *(each.limit for each in found if each.limit is not None)]
    whole = max(max(ends) - start, timedelta(seconds=1))
    return [_line(each, start, whole) for each in found]


def _line(each: Milestone, start: datetime, whole: timedelta) -> Line:
    gone = each.at - start if each.at is not None else None
    allowed = each.limit - start if each.limit is not None else None
    return Line(
        label=WORDS[each.code],
        at=each.at,
        limit=each.limit,
        took=clock_words.span(gone) if gone else "",
        allowed=clock_words.span(allowed) if allowed else "",
        share=gone / whole if gone else 0.0,
        tick=None if allowed is None else max(allowed / whole, 0.0),
        late=each.limit is not None and (each.at or clock.now()) > each.limit,
    )


def _containing() -> set[str]:
    return {each.code for each in playbooks.containing()}


def _contained(incident: Incident) -> datetime | None:
    """The first access that was cut, or the first step done that holds the harm where it is."""
    cut = incident.timeline.filter(what=TimelineEntry.What.CUT).values_list(
        "recorded_at", flat=True
    )
    steps = incident.tasks.filter(status=IncidentTask.Status.DONE, step__in=_containing())
    moments = [*cut, *(each.done_at for each in steps if each.done_at is not None)]
    return min(moments, default=None)


def _assessed(incident: Incident) -> datetime | None:
    first = incident.assessments.first()
    return first.made_at if first else None


def _reported(incident: Incident) -> Milestone:
    """Of the law's first reports the one that was done first, and the one that was due first."""
    book = Book()
    first = [
        each
        for each in incident.clocks.all()
        if book.of(each.rule, clock.local(each.started_at).date()).action == FIRST_REPORT
    ]
    done = [each.stopped_at for each in first if each.stopped_at is not None]
    # What is due at once has no moment by which it is late.
    due = [each.due_at for each in first if each.near_at != each.due_at]
    return Milestone("reported", min(done, default=None), min(due, default=None))


def _limit(incident: Incident, steps: set[str]) -> datetime | None:
    """Of the playbook's own steps; a task's day follows the moment of awareness."""
    due: Iterator[datetime] = (
        each.due_at for each in incident.tasks.filter(step__in=steps) if each.due_at is not None
    )
    return min(due, default=None)


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _moment(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None
