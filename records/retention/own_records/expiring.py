"""Every night what is over of the house's own records goes, kind by kind in chunks, each with its entry.

Two of these at once take different rows, and one that was killed leaves nothing half done.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from access import actors, gate, scopes
from access.actions import Action
from access.vocabulary import Channel
from custodian import clock, failpoints
from custodian.errors import Unavailable
from custodian.jobs import JOB
from custodian.workflow import IllegalMove
from records import legal_holds
from records.models import ExpiryRun
from records.retention import clock_guard, rules
from records.retention.own_records import declaring
from records.retention.own_records.declaring import Record
from records.retention.own_records.telling import term_of
from records.retention.own_records.terms import Term, first_kept

CHUNK: Final = 2_000
_log = structlog.get_logger("records")


def carry_out() -> ExpiryRun:
    """Today's, unless it is done. Raises `IllegalMove` when somebody is at it, `ClockAstray`."""
    with scopes.acting(actors.system("keeper")):
        run, _made = ExpiryRun.objects.get_or_create(day=clock.local().date())
        if JOB.may(run, "resume"):
            JOB.move(run, "resume")
        return run if run.finished_at else work(run.pk)


def work(run_id: int) -> ExpiryRun:
    with scopes.acting(actors.system("keeper")):
        clock_guard.require()
        run: ExpiryRun = ExpiryRun.objects.get(pk=run_id)
        lease = run.claim()
        try:
            by = rules.on(run.day)
            for record in declaring.records:
                if term := term_of(record, by, run.day):
                    _all(run, lease, record, term)
            JOB.move(run, "finish", {"finished_at": clock.real()})
        except (IllegalMove, Unavailable):
            raise
        except Exception as error:
            JOB.move(run, "fail", {"note": type(error).__name__})
            _log.exception("expiry-failed", job=run.pk)
            raise
    return run


def _all(run: ExpiryRun, lease: UUID, record: Record, term: Term) -> None:
    before = first_kept(term.period, today=run.day)
    while _chunk(run, lease, record, term, before):
        failpoints.hit("expiry-chunk")


def _chunk(run: ExpiryRun, lease: UUID, record: Record, term: Term, before: date) -> int:
    with transaction.atomic():
        run.progress(lease, done=run.done)
        legal_holds.exclude_new()
        gone = record.expire(before, CHUNK)
        if gone:
            _note(run, lease, record.kind, gone)
            gate.authorise(
                actors.system("keeper"),
                Action.RECORDS_EXPIRE,
                channel=Channel.TASK,
                facts={"records": record.kind, "gone": gone, "term": term.code},
            )
    return gone


def _note(run: ExpiryRun, lease: UUID, kind: str, gone: int) -> None:
    run.gone = dict(Counter(run.gone) + Counter({kind: gone}))
    run.save(update_fields=["gone"])
    run.progress(lease, done=run.done + gone)
