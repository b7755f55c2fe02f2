"""Verifications as rows: what was checked when, how far, and a finding when something is wrong."""

from __future__ import annotations

from datetime import timedelta

from access import actors, findings, scopes
from access.models import Finding, Verification
from access.verification import run
from access.verification.outside import Outside, is_of_a_copy
from access.verification.run import Report, Start
from access.verification.words import KIND
from custodian import clock

# In the office's night, so that nobody waits for the database.
NIGHT = range(1, 5)
STALE = timedelta(hours=6)  # a run that never ended holds nobody up for longer


def due_full() -> bool:
    """Whether tonight's full run is still to come."""
    now = clock.local()
    begun = now.replace(hour=NIGHT.start, minute=0, second=0, microsecond=0)
    tonight = Verification.objects.filter(kind=Verification.Kind.FULL, started_at__gte=begun)
    return now.hour in NIGHT and not tonight.exists()


def carry_out(
    kind: Verification.Kind, *, outside: Outside | None = None, jobs: int = 1
) -> Verification | None:
    """Verify, keep what was found, and raise a finding on a fault; None while another run is at work."""
    with scopes.acting(actors.system("verifier")):
        if _at_work():
            return None
        start = Start() if kind == Verification.Kind.FULL else _resume()
        row = Verification.objects.create(kind=kind, since=start.index)
        try:
            report = run.verify(start, outside or run.configured(), jobs=jobs)
        except BaseException:
            row.delete()
            raise
        _keep(row, report)
        return row


def _at_work() -> bool:
    return Verification.objects.filter(
        finished_at=None, started_at__gt=clock.now() - STALE
    ).exists()


def _resume() -> Start:
    last = Verification.objects.whole().order_by("-resume", "-pk").first()
    if last is None:
        return Start()
    try:
        sessions = {name: (int(count), str(link)) for name, (count, link) in last.sessions.items()}
    except (AttributeError, TypeError, ValueError):
        return (
            Start()
        )  # the row is not as it was written; the log itself says the same from its beginning
    return Start(last.resume, sessions)


def _keep(row: Verification, report: Report) -> None:
    first = report.first
    row.finished_at, row.ok, row.until = clock.now(), report.whole, report.size
    if first is None:
        row.sessions = {name: list(place) for name, place in report.resume.sessions.items()}
        row.resume = report.resume.index
    else:
        row.first_bad, row.because = max(first.index, 0), first.code
        _tell(row)
    row.save()


def _tell(row: Verification) -> None:
    """One open finding for one fault, however often it is found again."""
    known = Finding.objects.filter(kind=KIND, status=Finding.Status.OPEN, facts__fault=row.because)
    if not is_of_a_copy(row.because):
        known = known.filter(entries=[row.first_bad])
    if not known.exists():
        findings.raise_finding(
            KIND,
            severity=Finding.Severity.URGENT,
            facts={"fault": row.because, "index": row.first_bad},
            entries=[row.first_bad or 0],
        )
