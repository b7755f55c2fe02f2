"""Which audits and reports fall due when: from the law packs, what was done last, and what is counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from access import actors, scopes
from access.actors import Actor
from access.law.clocks import Book
from access.law.reading import today
from access.models import Subject
from custodian import clock
from custodian.regimes import deadlines
from custodian.regimes.clocks import ClockRule, Occasion, Start
from custodian.regimes.rows import CONFIRMED, Mark
from incidents.cases.standing import ACTOR
from incidents.models import Assessment, AuditRound, Incident, RiskAction
from incidents.risks import facts
from incidents.risks.facts import Answer
from records.models import Customer

OCCASIONS: Final = (Occasion.SCHEDULE, Occasion.CRYPTOGRAPHY)
SPECIAL: Final = "CO-AUDIT-SPECIAL"
RECTIFIED: Final = "CN-AUDIT-FIX"
MAJOR: Final = frozenset({"major", "critical"})
State = AuditRound.State


@dataclass(frozen=True)
class Duty:
    """One audit or report as it stands today; `about` is the case that a special audit follows."""

    rule: ClockRule
    applies: Answer
    since: date | None  # from when it is reckoned where nothing was ever done
    due_on: date
    last: AuditRound | None = None
    now: AuditRound | None = None
    about: str = ""

    @property
    def is_late(self) -> bool:
        return self.due_on < today()

    @property
    def is_soon(self) -> bool:
        return self.due_on <= today() + timedelta(days=facts.house().soon_days)

    @property
    def is_sure(self) -> bool:
        """Whether the law that asks for it was read, and it is known to be this company's."""
        return self.rule.mark in {*CONFIRMED, Mark.DEFAULT} and self.applies is Answer.YES

    @property
    def state(self) -> str:
        """late, under_way, planned, soon or later."""
        if self.is_late:
            return "late"
        if self.now is not None:
            return self.now.state
        return "soon" if self.is_soon else "later"


def next_due(
    rule: ClockRule, *, last: AuditRound | None, since: date | None, book: Book, on: date
) -> date:
    """A yearly one follows the date that was settled, however late or early; others the day it was done.

    What was never done is reckoned from when it began to be asked for; where nobody knows when, it is due.
    """
    begun = (last.due_on if rule.yearly else last.done_on) if last is not None else since
    if begun is None:
        return on
    found = rule.deadline(_noon(begun), book.calendar)
    return deadlines.last_day(found.due_at)


def duties(actor: Actor) -> list[Duty]:
    """Those that are, or may be, this company's, what falls due first on top."""
    found = [each for each in everything(actor) if each.applies is not Answer.NO]
    return sorted(found, key=lambda each: (each.due_on, each.rule.code))


def everything(actor: Actor) -> Iterator[Duty]:
    """Also those that are not, each once; special audits only of cases that the actor is in."""
    book, people, on = Book(), people_counted(), today()
    rounds = list(AuditRound.objects.select_related("lead"))
    for occasion in OCCASIONS:
        for rule in book.by_trigger(occasion, on):
            if rule.start is Start.PREVIOUS:
                mine = [each for each in rounds if each.rule == rule.code]
                yield _duty(rule, mine, people, book, on)
    yield from _special(actor, rounds, book)


def _duty(rule: ClockRule, rounds: Sequence[AuditRound], people: int, book: Book, on: date) -> Duty:
    done = [each for each in rounds if each.state == State.REPORTED]
    last = max(done, key=lambda each: each.due_on if rule.yearly else _done(each), default=None)
    since = since_of(rule, book, on)
    due = next_due(rule, last=last, since=since, book=book, on=on)
    now = next((each for each in rounds if each.state != State.REPORTED), None)
    applies = facts.applies(rule.when, people=people, known=facts.house())
    return Duty(rule, applies, since, due, last, now)


def _done(row: AuditRound) -> date:
    return row.done_on or row.due_on


def since_of(rule: ClockRule, book: Book, on: date) -> date | None:
    """From its own date, else from that of its clause."""
    if rule.since is not None or not rule.clause:
        return rule.since
    clause = book.clauses(rule.clause.partition("-")[0].lower(), on).get(rule.clause)
    return clause.since if clause is not None else None


def _special(actor: Actor, rounds: Sequence[AuditRound], book: Book) -> Iterator[Duty]:
    """After each major incident, once it is closed; nobody outside its group sees that there is one."""
    rule = next((each for each in book.by_trigger(Occasion.SCHEDULE) if each.code == SPECIAL), None)
    if rule is None:
        return
    cases = Incident.objects.visible_to(actor).filter(exercise=False, status=Incident.Status.CLOSED)
    for case in cases:
        judged = Assessment.objects.filter(incident=case).last()
        if judged is None or not {judged.severity, judged.level} & MAJOR or not case.closed_at:
            continue
        mine = [each for each in rounds if each.about == case.code]
        if any(each.state == State.REPORTED for each in mine):
            continue
        due = deadlines.last_day(rule.deadline(case.closed_at, book.calendar).due_at)
        since = clock.local(case.closed_at).date()
        yield Duty(rule, Answer.YES, since, due, None, mine[0] if mine else None, case.code)


def rectification_due(row: AuditRound) -> date | None:
    """Of an ordered audit, once all that it found is put right; the law gives so many working days."""
    if not row.ordered or row.state != State.REPORTED or row.rectified_filed_on is not None:
        return None
    kept = row.actions.exclude(state=RiskAction.State.DROPPED)
    moments = list(kept.values_list("verified_at", flat=True))
    if not moments or None in moments:
        return None
    last = max(each for each in moments if each is not None)
    return deadlines.last_day(Book().deadline(RECTIFIED, last).due_at)


def people_counted() -> int:
    """Natural persons of whom something is kept, invented ones left out."""
    with scopes.acting(actors.system(ACTOR)):
        there = Subject.objects.filter(honey=False).exclude(status=Subject.Status.DESTROYED)
        persons = Customer.objects.filter(kind=Customer.Kind.PERSON)
        return persons.filter(subject__in=there.values("pk")).count()


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), clock.OFFICE)
