"""The times of the law that run for a case, side by side; each follows from facts, nobody sets one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access import gate
from access.actions import Action
from access.actors import Actor
from access.law import clocks as law
from access.law.clocks import Book, ClockRule, Face
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from custodian.regimes.clocks import Occasion, Start
from incidents.cases import timeline
from incidents.cases.standing import held, require_work
from incidents.models import Assessment, Incident, IncidentClock, Kind, Severity, TimelineEntry

What = TimelineEntry.What
# What a kind of incident counts as until two people have assessed it: rather once too often.
PRESUMED: Final = (Occasion.DATA_INCIDENT, Occasion.PI_BREACH)
_OF_SYSTEMS: Final = frozenset({Kind.RANSOMWARE, Kind.INTRUSION, Kind.TAMPERING})


class OwesReason(CustodianError):
    """What is late says why."""

    code = "incident-clock-owes-reason"
    message = _("已经逾期，请写明原因")


class NotRunning(CustodianError):
    """It was reported already, or has not begun."""

    code = "incident-clock-not-running"
    status = 409
    message = _("这项时限没有在计时，请刷新后再看")


class BeforeItBegan(CustodianError):
    """Nothing is reported before it happened, nor before the report that it follows."""

    code = "incident-clock-before-it-began"
    message = _("报送时间不能早于起算时间，请核对")


class Reckoned:
    """One case with the law of today, read once."""

    def __init__(self, incident: Incident) -> None:
        self.incident, self.book = incident, Book()
        self.assessments = list(incident.assessments.all())
        self.rows = list(incident.clocks.order_by("number"))

    @property
    def assessment(self) -> Assessment | None:
        return self.assessments[-1] if self.assessments else None

    @property
    def occasions(self) -> list[str]:
        if self.assessment is not None:
            return self.assessment.occasions
        more = (Occasion.CYBER_INCIDENT,) if self.incident.kind in _OF_SYSTEMS else ()
        return [each.value for each in (*PRESUMED, *more)]

    def rules(self) -> Iterator[ClockRule]:
        for occasion in self.occasions:
            yield from self.book.by_trigger(occasion)

    def applies(self, rule: ClockRule) -> bool | None:
        """Whether its conditions hold; None while somebody still has to say."""
        if "reported_to" in rule.when and not self._was_reported(rule):
            return False
        if not set(rule.when) - {"reported_to"}:
            return True
        return None if self.assessment is None else _hold(rule, self.assessment)

    def _was_reported(self, rule: ClockRule) -> bool:
        """A first report on the same occasion has gone out."""
        done = {each.rule for each in self.rows if each.stopped_at}
        first = (each for each in self.rules() if each.action == "first_report")
        return any(each.trigger is rule.trigger and each.code in done for each in first)

    def start(self, rule: ClockRule) -> datetime | None:
        """The moment from which it runs, as far as it is known."""
        of = self.incident
        if rule.repeats and of.handled_at is not None:
            return None
        # Of several assessments the first under which it runs: another one gives nobody more time.
        made = next((each.made_at for each in self.assessments if _hold(rule, each)), None)
        moments = {
            Start.OCCURRED: of.occurred_at or of.aware_at,
            Start.AWARE: of.aware_at,
            Start.CLASSIFIED: made,
            Start.DETERMINED: made,
            Start.CLOSED: of.handled_at,
            Start.PREVIOUS: made,
        }
        return moments.get(rule.start)


def _hold(rule: ClockRule, said: Assessment) -> bool:
    answers = {
        "severity": said.severity,
        "level": "" if said.level == Severity.ORDINARY else "significant_or_more",
        "operator": said.operator,
    }
    asked = {name: value for name, value in rule.when.items() if name != "reported_to"}
    return all(answers.get(name) == value for name, value in asked.items())


def sync(incident: Incident) -> None:
    """Begin what begins, move what runs, end what does not apply; in the transaction of the changed fact."""
    case = Reckoned(incident)
    live = {}
    for rule in case.rules():
        start = case.start(rule)
        if start is not None and case.applies(rule):
            live[rule.code] = start
            _keep_running(case, rule, start)
    for row in case.rows:
        if row.stopped_at is None and row.rule not in live:
            row.delete()


def _keep_running(case: Reckoned, rule: ClockRule, start: datetime) -> None:
    """The first runs from the fact; what repeats runs anew from the last one that was met."""
    last = next((each for each in reversed(case.rows) if each.rule == rule.code), None)
    if last is None:
        IncidentClock.objects.create(incident=case.incident, rule=rule.code, started_at=start)
    elif last.stopped_at is None and last.number == 1 and last.started_at != start:
        last.started_at = start
        last.save()
    elif last.stopped_at is not None and rule.repeats:
        IncidentClock.objects.create(
            incident=case.incident,
            rule=rule.code,
            number=last.number + 1,
            started_at=last.stopped_at,
        )


def report(
    row: IncidentClock, *, at: datetime | None, reference: str, why_late: str, actor: Actor
) -> None:
    """It was done; of a late one, why. Raises `OwesReason`, `NotRunning`, `NotYet`, `BeforeItBegan`, …"""
    moment = at or clock.now()
    if moment > clock.now():
        raise timeline.NotYet
    with held(row.incident) as case:
        require_work(case, actor)
        found = case.clocks.select_for_update().filter(pk=row.pk, stopped_at=None).first()
        if found is None:
            raise NotRunning
        if moment < found.started_at:
            raise BeforeItBegan
        found.stopped_at, found.reference = moment, reference
        if not found.on_time and not why_late.strip():
            raise OwesReason
        found.why_late, found.late_reason = why_late, bool(why_late.strip())
        facts = {"incident": case.code, "clock": found.rule, "on-time": int(found.on_time)}
        gate.authorise(
            actor, Action.INCIDENT_WORK, channel=Channel.ADMIN, facts=facts, reason=why_late
        )
        found.save()
        said = {"rule": found.rule, "number": found.number, "on_time": found.on_time}
        timeline.write(
            case,
            What.REPORTED,
            actor=actor,
            at=moment,
            text=" · ".join(filter(None, (reference, why_late))),
            facts=said,
        )
        sync(case)


def faces(incident: Incident) -> list[tuple[IncidentClock | None, Face]]:
    """All that run or are done, and those that may still begin, each with why it does not run."""
    case = Reckoned(incident)
    shown = [(row, law.shown(row, book=case.book)) for row in incident.clocks.all()]
    there = {row.rule for row, _face in shown if row is not None}
    idle = [(None, not_running(case, rule)) for rule in case.rules() if rule.code not in there]
    return [*shown, *idle]


def not_running(case: Reckoned, rule: ClockRule) -> Face:
    """Of one that does not run, and why not."""
    applies = case.applies(rule)
    if applies is None:
        return law.not_begun(rule.code, gettext("要看评定的结果"))
    if not applies:
        return law.not_begun(rule.code, gettext("按评定的结果不适用"))
    return law.not_begun(rule.code)


def running(incident: Incident) -> int:
    return incident.clocks.filter(stopped_at=None).count()
