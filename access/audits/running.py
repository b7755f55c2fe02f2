"""The audits as jobs: one row per day of the office, done in the order of the days, missed ones caught up.

Any number of clocks may ring: the day is unique, and whoever holds a run's lease does it alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, exposure, findings, gate, scopes
from access.actions import Action
from access.audits import reading, thresholds
from access.audits.day import Day, Hit, Past
from access.audits.engine import AT_ONCE, RULES, Outcome, audit
from access.audits.words import kind_of
from access.models import AuditRule, AuditRun, Entry, Exposure, Finding, Measure, User
from access.vocabulary import Channel
from custodian import clock, failpoints
from custodian.errors import CustodianError
from custodian.jobs import JOB, JobStatus
from custodian.workflow import IllegalMove, Workflow

# A day is audited from this hour of the next one on: what the night hands in still explains it.
HOUR: Final = 2
RETRY: Final = timedelta(minutes=10)
AGAIN: Final = Workflow({"again": (frozenset({JobStatus.DONE.value}), JobStatus.QUEUED.value)})
_log = structlog.get_logger("access")


def due_days() -> list[date]:
    """The days that are over and were not audited yet, oldest first."""
    now = clock.local()
    last = now.date() - timedelta(days=1 if now.hour >= HOUR else 2)
    begun = _first_day()
    if begun is None:
        return []
    done = set(AuditRun.objects.values_list("day", flat=True))
    days = (begun + timedelta(days=n) for n in range((last - begun).days + 1))
    return [day for day in days if day not in done]


def schedule() -> int:
    """A row for each day that is due, of two clocks at once one; and another try of what failed."""
    days = due_days()
    AuditRun.objects.bulk_create([AuditRun(day=day) for day in days], ignore_conflicts=True)
    late = clock.now() - RETRY
    for run in AuditRun.objects.filter(status=JobStatus.FAILED, finished_at__lt=late):
        JOB.move(run, "resume")
    return len(days)


def next_due() -> AuditRun | None:
    """The oldest day that is not done; a later one waits, because it looks back at it."""
    oldest: AuditRun | None = (
        AuditRun.objects.exclude(status=JobStatus.DONE).order_by("day").first()
    )
    if oldest is None or not AuditRun.objects.due().filter(pk=oldest.pk).exists():
        return None
    return oldest


def catch_up() -> int:
    """Schedule what is due and do it, day after day; how many days were done."""
    with scopes.acting(actors.system("audits")):
        schedule()
        exposure.catch_up()
        done, memory = 0, Memory()
        while (run := next_due()) is not None:
            work(run.pk, memory=memory)
            done += 1
        return done


def again(day: date) -> int:
    """Audit a day once more, because reasons came in late; its findings grow, its report is made anew.

    Raises `NotAudited` for a day that was not audited before.
    """
    with scopes.acting(actors.system("audits")):
        run = AuditRun.objects.filter(day=day).first()
        if run is None or run.status != JobStatus.DONE:
            raise NotAudited
        with transaction.atomic():
            AGAIN.move(run, "again", {"started_at": None, "finished_at": None})
            run.reports.all().delete()
        work(run.pk)
        return 1


class NotAudited(CustodianError):
    """The day was not audited before, or its audit is not done."""

    code = "not-audited"
    status = 409
    message = _("这一天还没有审计完，不能重做")


class Memory:
    """The past between two days that are audited one after the other: read once, then carried on."""

    def __init__(self) -> None:
        self._past: Past | None = None
        self._day: date | None = None

    def past(self, day: date) -> Past:
        if self._past is None or self._day != day:
            self._past = reading.past(day)
        return self._past

    def carry_on(self, day: date, outcome: Outcome) -> None:
        if self._past is not None:
            reading.carry_on(self._past, day, outcome.days.values())
            self._day = day + timedelta(days=1)


def work(run_id: int, *, memory: Memory | None = None) -> AuditRun:
    """Audit one day; all it writes is written at once. Raises `IllegalMove` when somebody is at it."""
    memory = memory or Memory()
    with scopes.acting(actors.system("audits")):
        run: AuditRun = AuditRun.objects.get(pk=run_id)
        lease = run.claim()
        try:
            rules = {each.code: each for each in _rules()}
            read = reading.entries(run.day, on_page=lambda n: run.progress(lease, done=n))
            world, past = reading.world(run.day, read), memory.past(run.day)
            run.progress(lease, done=read.count)
            outcome = audit(
                run.day,
                read.looks,
                world=world,
                past=past,
                rules={code: rule.thresholds for code, rule in rules.items()},
                sign_ins=read.sign_ins,
            )
            failpoints.hit("audit-before-writing")
            _write(run, lease, read, outcome, rules)
            memory.carry_on(run.day, outcome)
        except IllegalMove:
            raise
        except Exception as error:
            note = f"{type(error).__name__}"
            JOB.move(run, "fail", {"note": note, "finished_at": clock.now()})
            _log.exception("audit-failed", job=run.pk)
            raise
        return run


def _rules() -> list[AuditRule]:
    """Those that apply when the day is audited; honey customers are watched by the minute instead."""
    known = set(RULES) - AT_ONCE
    return [each for each in AuditRule.objects.in_force() if each.enabled and each.code in known]


def _first_day() -> date | None:
    oldest: date | None = AuditRun.objects.order_by("day").values_list("day", flat=True).first()
    if oldest is not None:
        return oldest
    entry = Entry.objects.order_by("id").values_list("ts", flat=True).first()
    if entry is None:
        return None
    earliest = clock.local().date() - timedelta(days=thresholds.WINDOW)
    return max(clock.local(entry).date(), earliest)


def _write(
    run: AuditRun,
    lease: UUID,
    read: reading.Read,
    outcome: Outcome,
    rules: Mapping[str, AuditRule],
) -> None:
    days = outcome.days.values()
    with transaction.atomic():
        run.progress(lease, done=read.count)
        _write_measures(run.day, list(days))
        _write_sets(run.day, list(days))
        found = [_find(hit, run, rules[hit.rule]) for hit in outcome.hits]
        changes: dict[str, Any] = {
            "total": read.count,
            "looks": sum(each.numbers.looks for each in days),
            "people": len(outcome.days),
            "sights": sum(each.numbers.sights for each in days),
            "unexplained": sum(each.numbers.unexplained for each in days),
            "first": read.first,
            "last": max(read.last - 1, read.first),
            "found": len(found),
            "rules": {code: rule.version for code, rule in rules.items()},
            "finished_at": clock.now(),
        }
        JOB.move(run, "finish", changes)
        gate.authorise(
            actors.system("audits"),
            Action.AUDIT_RUN,
            channel=Channel.TASK,
            facts={"day": run.day.isoformat(), "looks": run.looks, "found": run.found},
        )


def _write_measures(day: date, days: list[Day]) -> None:
    Measure.objects.filter(day=day).delete()
    Measure.objects.bulk_create(
        [
            Measure(
                user_id=each.operator.id,
                day=day,
                role=each.operator.role,
                unit_path=each.operator.unit,
                **{name: getattr(each.numbers, name) for name in each.numbers.__slots__},
            )
            for each in days
        ],
        batch_size=1_000,
    )


def _write_sets(day: date, days: list[Day]) -> None:
    Exposure.objects.bulk_create(
        [
            Exposure(
                user_id=each.operator.id,
                day=day,
                unexplained=exposure.packed(each.unexplained),
                unasked=exposure.packed(each.unasked),
            )
            for each in days
            if each.seen
        ],
        update_conflicts=True,
        unique_fields=["user_id", "day"],
        update_fields=["unexplained", "unasked"],
        batch_size=1_000,
    )


def _find(hit: Hit, run: AuditRun, rule: AuditRule) -> Finding:
    return findings.find_again(
        kind_of(hit.rule),
        severity=Finding.Severity(rule.severity),
        facts={**hit.facts, "day": run.day.isoformat(), "version": rule.version},
        operator=User.objects.get(pk=hit.operator),
        entries=hit.entries,
        run=run,
    )
