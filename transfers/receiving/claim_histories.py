"""What was done about a claim at the seller: steps and clocks go on at the buyer, papers stay with it.

Who did it and what was written about it stays with the seller as evidence of its own work.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from records.claim_handling import clocks
from records.models import Claim, ClaimNeed, ClaimPaper, ClaimStep, Document
from transfers.packages.record import ClaimPart, FilePart, NeedPart, StepPart
from transfers.receiving.comparing import CLOSED


def write(claims: Sequence[tuple[ClaimPart, Claim]]) -> None:
    """Steps and missing papers as they were, and for open claims the clocks that follow from them."""
    ClaimStep.objects.bulk_create(
        [_step(step, claim) for part, claim in claims for step in part.steps]
    )
    ClaimNeed.objects.bulk_create(
        [_need(need, claim) for part, claim in claims for need in part.needs]
    )
    for part, claim in claims:
        if part.steps and part.status not in CLOSED:
            clocks.keep(claim)


def link(files: Iterable[tuple[FilePart, Document]], claims: Mapping[str, Claim]) -> None:
    """Files that were filed with a claim, in the order in which they came."""
    numbers: dict[str, int] = defaultdict(int)
    rows = ClaimNeed.objects.filter(claim__in=list(claims.values()))
    needs = {(each.claim_id, each.slot): each for each in rows}
    papers = []
    for part, document in files:
        claim = claims.get(part.claim)
        if claim is None:
            continue
        numbers[part.claim] += 1
        need = needs.get((claim.pk, part.need))
        papers.append(_paper(part, document, claim, need, number=numbers[part.claim]))
    ClaimPaper.objects.bulk_create(papers)


def _step(part: StepPart, claim: Claim) -> ClaimStep:
    return ClaimStep(
        claim=claim,
        subject_id=claim.subject_id,
        code=part.code,
        at=_moment(part.at),
        day=date.fromisoformat(part.day) if part.day else None,
        imported=part.at is None,
    )


def _need(part: NeedPart, claim: Claim) -> ClaimNeed:
    return ClaimNeed(
        claim=claim,
        subject_id=claim.subject_id,
        slot=part.slot,
        kind=part.kind,
        asked_at=datetime.fromisoformat(part.asked_at),
        received_at=_moment(part.received_at),
        waived_at=_moment(part.waived_at),
    )


def _paper(
    part: FilePart, document: Document, claim: Claim, need: ClaimNeed | None, *, number: int
) -> ClaimPaper:
    return ClaimPaper(
        claim=claim,
        subject_id=claim.subject_id,
        number=number,
        kind=part.paper or ClaimNeed.Kind.OTHER,
        document=document,
        need=need,
        added_at=datetime.fromisoformat(part.added_at),
    )


def _moment(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None
