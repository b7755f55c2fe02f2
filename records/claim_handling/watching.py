"""The claims' watch: imported ones get their steps and clocks, and whatever is near or late is told once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from access import actors, scopes
from access.events import finding_changed
from access.findings import raise_finding
from access.law import clock_words
from access.law import clocks as law_clocks
from access.models import Finding
from access.models.findings import TELLERS
from access.vocabulary import Channel
from custodian import clock
from records.claim_handling import clocks, filing
from records.claim_handling.lifecycle import OPEN
from records.claim_handling.steps import Code
from records.models import Claim, ClaimClock, ClaimStep

KIND: Final = "claim-clock"
PAGE: Final = 500
Severity = Finding.Severity
Told = ClaimClock.Told
# What a book tells by the status of a claim, with the day where it has one.
_ENDS: Final[Mapping[str, tuple[str, ...]]] = {
    Claim.Status.EXAMINING: (Code.TAKEN,),
    Claim.Status.WAITING: (Code.TAKEN, Code.PAPERS_ASKED),
    Claim.Status.APPROVED: (Code.APPROVED,),
    Claim.Status.PAID: (Code.APPROVED, Code.PAID),
    Claim.Status.REJECTED: (Code.REJECTED,),
}
_DATED: Final = frozenset({Code.PAID, Code.REJECTED})


def carry_out() -> None:
    """What the clock rings for; a second time at once changes nothing."""
    with scopes.acting(actors.system(filing.SYSTEM)):
        while _catch_up():
            pass
        _open_items()
        _tell()


def _catch_up() -> int:
    """Steps for a page of claims that have none; no day is made up for what the book does not date."""
    known = ClaimStep.objects.filter(claim=OuterRef("pk"))
    fresh = Claim.objects.filter(~Exists(known), filed_at=None).select_related("policy")
    page = list(fresh.order_by("pk")[:PAGE])
    with transaction.atomic():
        ClaimStep.objects.bulk_create(
            [step for each in page for step in _steps_of(each)], ignore_conflicts=True
        )
        for each in page:
            if each.status in OPEN:
                clocks.keep(each)
    return len(page)


def _steps_of(claim: Claim) -> Iterator[ClaimStep]:
    yield _imported(claim, Code.REPORTED, claim.reported_on)
    for code in _ENDS.get(claim.status, ()):
        yield _imported(claim, code, claim.decided_on if code in _DATED else None)


def _imported(claim: Claim, code: str, day: date | None) -> ClaimStep:
    return ClaimStep(
        claim_id=claim.pk,
        subject_id=claim.subject_id,
        code=code,
        at=None,
        day=day,
        imported=True,
    )


def _open_items() -> None:
    """An open claim that came with a book waits for a handler like any other."""
    waiting = Claim.objects.filter(status__in=OPEN, item=None, handler=None)
    for each in waiting.select_related("policy").order_by("pk")[:PAGE]:
        with transaction.atomic():
            held = Claim.objects.select_for_update(of=("self",)).filter(pk=each.pk, item=None)
            if (claim := held.select_related("policy").first()) is not None:
                item = filing.open_item(claim, channel=Channel.TASK)
                Claim.objects.filter(pk=claim.pk).update(item=item)


def _tell() -> None:
    """Near first and late later, each once: what was told stands with the clock."""
    now = clock.now()
    late = ClaimClock.objects.late(now).exclude(told=Told.LATE)
    near = ClaimClock.objects.near(now).filter(told="")
    for rows, step in ((late, Told.LATE), (near, Told.NEAR)):
        for pk in rows.order_by("due_at").values_list("pk", flat=True)[:PAGE]:
            _tell_one(pk, step)


def _tell_one(pk: int, step: ClaimClock.Told) -> None:
    with transaction.atomic():
        rows = ClaimClock.objects.select_for_update(of=("self",))
        row = rows.select_related("claim__handler").filter(pk=pk).exclude(told=step).first()
        if row is None or row.stopped_at is not None or row.paused_at is not None:
            return
        ClaimClock.objects.filter(pk=pk).update(told=step)
        _raise(row, step)


def _raise(row: Any, step: ClaimClock.Told) -> None:
    """The finding that said near says late from here on, unless somebody has judged it."""
    severity = Severity.HIGH if step == Told.LATE else Severity.LOW
    about = {"claim": row.claim.ref, "rule": row.rule}
    facts = {**about, "step": str(step), "due": row.due_at.isoformat()}
    held = Finding.objects.select_for_update().filter(
        kind=KIND, status=Finding.Status.OPEN, facts__contains=about
    )
    if (finding := held.first()) is not None:
        Finding.objects.filter(pk=finding.pk).update(severity=severity, facts=facts)
        finding.refresh_from_db()
        finding_changed.send(sender=Finding, finding=finding)
        return
    raise_finding(KIND, severity=severity, facts=facts, operator=row.claim.handler)


def words(facts: Mapping[str, Any]) -> str:
    said = {"claim": facts["claim"], "rule": clock_words.name(law_clocks.of(facts["rule"]))}
    if facts["step"] == Told.LATE:
        return _("赔案 %(claim)s 已超过时限：%(rule)s") % said
    return _("赔案 %(claim)s 的时限临近：%(rule)s") % said


TELLERS[KIND] = words
