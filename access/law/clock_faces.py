"""How a clock is shown: what is left of it in words, how much has gone, and by which law it runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from access.law import clock_words as words
from access.law.clock_book import Book
from custodian import clock
from custodian.clocked import Clock
from custodian.regimes.clocks import ClockRule
from custodian.regimes.deadlines import State

# The states of the component.
LOOKS: Final = {
    State.WAITING: "idle",
    State.RUNNING: "running",
    State.NEAR: "near",
    State.LATE: "late",
    State.DONE: "done",
}


@dataclass(frozen=True)
class Face:
    """What `{% clock %}` draws. `source` is the code of a clause, or the length where it is the company's."""

    name: str
    to: str
    left: str
    state: str  # idle, running, near, late, done, off
    state_text: str
    percent: float
    source: str
    mark: str
    start: datetime | None = None
    due: datetime | None = None
    earliest: datetime | None = None  # of a deadline that is provisional
    target: datetime | None = None


def shown(
    found: Clock,
    *,
    book: Book | None = None,
    for_customer: bool = False,
    at: datetime | None = None,
) -> Face:
    """A row as it stands now. With many of them, `book` saves reading the law for each."""
    at, book = at or clock.now(), book or Book()
    rule = book.of(found.rule, clock.local(found.started_at).date())
    state = found.state(at)
    left, text = _told(found, state, at, for_customer=for_customer)
    return Face(
        name=words.name(rule),
        to=words.to(rule),
        left=left,
        state="idle" if _stands(found) else LOOKS[state],
        state_text=text,
        percent=_gone(found, at),
        source=_source(rule),
        mark=rule.mark,
        start=found.started_at,
        due=found.due_at,
        earliest=_earliest(found, book) if found.provisional else None,
        target=found.target_at,
    )


def not_begun(code: str, why: str = "") -> Face:
    """A clock whose event has not happened yet, or is none of this case's; `why` says so."""
    text = why or _("起算的事项还没有发生")
    return _blank(code, "off" if why else "idle", _("未触发") if why else _("未开始"), text)


def not_needed(code: str, why: str) -> Face:
    """A clock from which the law exempts; `why` names its ground."""
    return _blank(code, "off", _("免于"), why)


def _blank(code: str, state: str, left: str, text: str) -> Face:
    rule = Book().of(code)
    return Face(words.name(rule), words.to(rule), left, state, text, 0, _source(rule), rule.mark)


def _source(rule: ClockRule) -> str:
    if rule.clause:
        return rule.clause
    return words.length(rule.length) if rule.length else words.counted(rule)


def _stands(found: Clock) -> bool:
    return found.stopped_at is None and found.paused_at is not None


def _told(found: Clock, state: State, at: datetime, *, for_customer: bool) -> tuple[str, str]:
    """What is left, and the word of the state."""
    if state is State.DONE:
        return _("已办"), _done(found)
    if state is State.WAITING:
        return _("未开始"), _("起算的事项还没有发生")
    if found.paused_at is not None:
        return words.span(max(found.due_at - found.paused_at, timedelta())), _("暂停计时")
    if state is State.LATE:
        return _late(found, at, for_customer=for_customer)
    return _left(found, state, at)


def _late(found: Clock, at: datetime, *, for_customer: bool) -> tuple[str, str]:
    """A customer is not told what her insurer's staff owe one another."""
    late = _("逾期 %(time)s") % {"time": words.span(at - found.due_at)}
    if for_customer:
        return late, _("已逾期")
    return late, _("已逾期，已写明原因") if found.late_reason else _("已逾期，须写明原因")


def _left(found: Clock, state: State, at: datetime) -> tuple[str, str]:
    if found.near_at == found.due_at:
        return pgettext("时限", "立即"), _("尚未办理")
    text = _("剩余 · 临近") if state is State.NEAR else _("剩余")
    return words.left(found.due_at - at), text


def _done(found: Clock) -> str:
    if found.on_time or found.stopped_at is None:
        return _("按时")
    return _("逾期 %(time)s") % {"time": words.span(found.stopped_at - found.due_at)}


def _gone(found: Clock, at: datetime) -> float:
    """The part of its time that has gone, in percent."""
    start = found.started_at + found.waited
    whole = (found.due_at - start).total_seconds()
    gone = ((found.stopped_at or found.paused_at or at) - start).total_seconds()
    return round(100 * min(max(gone / whole, 0), 1), 1) if whole > 0 else 100.0


def _earliest(found: Clock, book: Book) -> datetime:
    return book.deadline(
        found.rule,
        found.started_at,
        waited=found.waited,
        extended=found.extended,
        term=found.term(),
    ).earliest
