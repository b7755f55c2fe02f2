"""Verifications as rows: what was checked when, how far, and a finding when something is wrong."""

from __future__ import annotations

from datetime import timedelta

from access import actors, findings, scopes
from access.models import Finding, Verification
from access.verification import run
from access.verification.outside import Outside
from access.verification.run import Report, Start
from custodian import clock

FULL_EVERY = timedelta(hours=24)
# In the office's night, so that nobody waits for the database.
NIGHT = range(1, 5)
STALE = timedelta(hours=6)  # a run that never ended holds nobody up for longer


def due_full() -> bool:
    """Whether tonight's full run is still to come."""
    recent = Verification.objects.filter(
        kind=Verification.Kind.FULL, started_at__gt=clock.now() - FULL_EVERY + timedelta(hours=2)
    )
    return clock.local().hour in NIGHT and not recent.exists()


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
    sessions = {name: (int(count), str(link)) for name, (count, link) in last.sessions.items()}
    return Start(last.resume, sessions, last.missing)


def _keep(row: Verification, report: Report) -> None:
    first = report.first
    row.finished_at, row.ok, row.until = clock.now(), report.whole, report.size
    if first is None:
        row.sessions = {name: list(place) for name, place in report.resume.sessions.items()}
        row.resume, row.missing = report.resume.index, report.resume.missing
    else:
        row.first_bad, row.because = max(first.index, 0), first.code
        _tell(row)
    row.save()


def _tell(row: Verification) -> None:
    """One open finding for one fault, however often it is found again."""
    known = Finding.objects.filter(
        kind="log-verification",
        status=Finding.Status.OPEN,
        entries=[row.first_bad],
    )
    if not known.exists():
        findings.raise_finding(
            "log-verification",
            severity=Finding.Severity.URGENT,
            summary=f"查询日志核验不符：#{row.first_bad} {row.because}",
            entries=[row.first_bad or 0],
        )
