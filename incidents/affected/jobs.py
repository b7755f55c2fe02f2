"""Reckoning who is hit: asked for by the group of a case, read from the log, sealed, re-computable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.exports.fingerprint import set_digest
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from custodian.jobs import JOB, JobStatus, wake
from custodian.workflow import IllegalMove
from incidents.affected import keeping, reading
from incidents.affected.reading import Affected, NothingSo
from incidents.cases.standing import ACTOR, held, require_work
from incidents.models import AffectedList, Incident, LeakTrace
from incidents.tracing.lists import TheList
from records.matching import REF

By = AffectedList.By
UNKNOWN: Final = "unknown-number"
LOST: Final = "list-lost"


class Backwards(CustodianError):
    """The window ends before it begins."""

    code = "affected-window-backwards"
    message = _("止不能早于起，请核对时间")


def ask(
    incident: Incident,
    by: str,
    about: str,
    *,
    since: datetime | None,
    until: datetime | None,
    actor: Actor,
) -> AffectedList:
    """Raises `Backwards`, `Observes`, `Over`."""
    from incidents.tasks import reckon_affected  # the task leads back here

    if since and until and until <= since:
        raise Backwards
    with held(incident) as row:
        require_work(row, actor)
        facts = {"incident": row.code, "affected-by": by}
        gate.authorise(actor, Action.INCIDENT_WORK, channel=Channel.ADMIN, facts=facts)
        job = AffectedList.objects.create(
            incident=row,
            by=AffectedList.By(by),
            about=about.strip().upper(),
            since=since,
            until=until,
            requested_by_id=actors.person(actor),
        )
        wake(reckon_affected, job.pk)
    return job


class FileGone(CustodianError):
    """What came from a leaked file cannot be reckoned anew: nothing of the file is kept."""

    code = "affected-file-gone"
    status = 409
    message = _("外泄名单溯源后即销毁，不能复算；需要时重新上传溯源")


def from_trace(trace: LeakTrace, found: TheList) -> AffectedList:
    """Who is on a list that was traced for a case; in the transaction of the answer."""
    fields = set(found.fields) or {REF}
    hit = [Affected(subject, clear=set(fields)) for subject in sorted(found.listed.subjects)]
    row = AffectedList(
        incident=trace.incident,
        by=By.TRACE,
        about=trace.code,
        requested_by=trace.requested_by,
        status=JobStatus.DONE,
        finished_at=clock.now(),
        done=len(hit),
        total=len(hit),
    )
    for name, value in _numbers(row, hit).items():
        setattr(row, name, value)
    row.save()
    return row


def work(pk: int) -> AffectedList:
    """Reckon it. A list that is there already is reckoned anew and compared. Raises `IllegalMove`."""
    actor = actors.system(ACTOR)
    with scopes.acting(actor):
        job: AffectedList = AffectedList.objects.get(pk=pk)
        lease = job.claim()
        try:
            found = reading.read(job)
            entry = _logged(found, job, actor)
            changes = _compared(job, found) if job.digest else _numbers(job, found)
            with transaction.atomic():
                job.keep(lease, entry=entry, done=len(found), total=len(found), **changes)
                JOB.move(job, "finish", _over(""))
        except NothingSo:
            JOB.move(job, "refuse", _over(UNKNOWN))
        except IllegalMove:
            raise
        except Exception as error:
            JOB.move(job, "fail", _over(type(error).__name__))
            raise
    return job


def _numbers(job: AffectedList, found: Sequence[Affected]) -> dict[str, Any]:
    keeping.keep(job.ref, found)
    clear = Counter(code for each in found for code in each.clear)
    masked = Counter(code for each in found for code in each.masked)
    return {
        "customers": len(found),
        "clear": sum(1 for each in found if each.clear),
        "elements": {code: [clear[code], masked[code]] for code in sorted({*clear, *masked})},
        "digest": keeping.digest(found),
    }


def _compared(job: AffectedList, found: Sequence[Affected]) -> dict[str, Any]:
    """What was sealed stays, and whether the log still says so is noted; what is lost is sealed anew."""
    said = {"checked_at": clock.now(), "same": keeping.digest(found) == job.digest}
    return said if keeping.opens(job.ref) else {**said, **_numbers(job, found)}


def _logged(found: Sequence[Affected], job: AffectedList, actor: Actor) -> int:
    subjects = [each.subject for each in found]
    permit = gate.permit(
        actor,
        Action.INCIDENT_SCOPE,
        purpose="security",
        channel=Channel.TASK,
        facts={
            "incident": job.incident.code,
            "affected-by": job.by,
            "subjects": len(subjects),
            "set": set_digest(subjects),
        },
    )
    return permit.entry


def again(job: AffectedList, *, actor: Actor) -> None:
    """Reckon it anew, or try once more what failed. Raises `FileGone`, `Observes`, `IllegalMove`, `Over`."""
    from incidents.tasks import reckon_affected

    if job.by == By.TRACE and keeping.opens(job.ref):
        raise FileGone
    with held(job.incident) as row:
        require_work(row, actor)
        facts = {"incident": row.code, "affected-by": job.by, "again": 1}
        gate.authorise(actor, Action.INCIDENT_WORK, channel=Channel.ADMIN, facts=facts)
        if job.by == By.TRACE:
            rows = AffectedList.objects.filter(pk=job.pk)
            rows.update(status=JobStatus.REFUSED, **_over(LOST))
            return
        if job.status == JobStatus.FAILED:
            JOB.move(job, "resume")
        elif not AffectedList.objects.filter(pk=job.pk, status=JobStatus.DONE).update(
            status=JobStatus.QUEUED, finished_at=None
        ):
            raise IllegalMove
        wake(reckon_affected, job.pk)


def _over(note: str) -> dict[str, Any]:
    return {"note": note, "finished_at": clock.now(), "leased_by": None}
