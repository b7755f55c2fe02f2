"""A trace as a job: the sealed upload is read once in memory, and goes with its key when all is answered."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db import transaction

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock
from custodian.jobs import JOB, wake
from custodian.workflow import IllegalMove
from incidents.affected import jobs as affected
from incidents.cases import links
from incidents.models import Incident, LeakTrace
from incidents.tracing import telling, tracing
from incidents.tracing.tracing import Trace
from records import leaked_files
from records.importing import store
from records.importing.readers import SourceRefused
from records.models import ImportFile

ACTOR: Final = "tracer"


def ask(
    file: ImportFile,
    *,
    label: str,
    reason: str,
    since: date | None,
    until: date | None,
    incident: Incident | None = None,
    actor: Actor,
) -> LeakTrace:
    """Put a list up to be traced; the reason is sealed with the entry. Raises `Refused`.

    With a case that one works on, the case is linked with it and keeps who is on the list.
    """
    from incidents.tasks import trace_list  # the task leads back here

    with transaction.atomic():
        job = LeakTrace.objects.create(
            label=label,
            since=since,
            until=until,
            file=file,
            size=file.size,
            incident=incident,
            requested_by_id=actors.person(actor),
        )
        gate.authorise(
            actor,
            Action.LEAK_TRACE,
            channel=Channel.ADMIN,
            purpose="security",
            facts={"trace": str(job.ref), "size": file.size},
            reason=reason,
        )
        if incident is not None:
            links.link(incident, "trace", job.code, actor=actor)
        wake(trace_list, job.pk)
    return job


def work(pk: int) -> LeakTrace:
    """Trace it. Raises `IllegalMove` when somebody else is at it; a file that is no table refuses the job."""
    actor = actors.system(ACTOR)
    with scopes.acting(actor):
        job: LeakTrace = LeakTrace.objects.get(pk=pk)
        lease = job.claim()
        file: ImportFile | None = job.file
        try:
            trace = _traced(job, actor)
            answer = telling.stored(trace)
            with transaction.atomic():
                if job.incident is not None:
                    affected.from_trace(job, trace.the_list)
                job.keep(lease, answer=answer, entry=answer["log_entry"], total=answer["rows"])
                job.keep(lease, done=answer["rows"], file=None)
                JOB.move(job, "finish", _over(""))
        except SourceRefused as refused:
            with transaction.atomic():
                job.keep(lease, file=None)
                JOB.move(job, "refuse", _over(refused.code))
        except IllegalMove:
            raise
        except Exception as error:
            # What happened is told by its kind alone: a message may hold values.
            JOB.move(job, "fail", _over(type(error).__name__))
            raise
        if file is not None:
            store.remove(file)
    return job


def _traced(job: LeakTrace, actor: Actor) -> Trace:
    if job.file is None:
        raise SourceRefused("empty")
    written = leaked_files.read_source(store.source_of(job.file))
    return tracing.trace(
        written,
        channel=Channel.TASK,
        actor=actor,
        since=_midnight(job.since),
        until=_midnight(job.until + timedelta(days=1)) if job.until else None,
    )


def _over(note: str) -> dict[str, Any]:
    return {"note": note, "finished_at": clock.now(), "leased_by": None}


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), clock.OFFICE) if day else None


def again(job: LeakTrace, *, actor: Actor) -> None:
    """Try once more what failed."""
    from incidents.tasks import trace_list

    with transaction.atomic():
        facts = {"trace": str(job.ref), "again": 1}
        gate.authorise(actor, Action.LEAK_TRACE, channel=Channel.ADMIN, facts=facts)
        JOB.move(job, "resume")
        wake(trace_list, job.pk)
