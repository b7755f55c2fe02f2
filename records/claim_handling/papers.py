"""Papers of a claim: brought by the customer or over the counter, drawn anew, sealed, and counted.

Each is a document with a key of its own, kept as long as its claim and no longer. Whoever brings the last one
that the notice asked for lets the thirty days run on; nobody has to press a button for that (decision 31).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from custodian import clock
from custodian.errors import CustodianError, NotVisible
from records import archiving, evidence
from records.claim_handling import examining, filing, steps
from records.claim_handling.filing import Report
from records.claim_handling.lifecycle import NotNow
from records.evidence import Drawn
from records.models import Claim, ClaimNeed, ClaimPaper, Customer, Document

Status = Claim.Status
Kind = ClaimNeed.Kind
# Until it is decided; afterwards somebody who disagrees complains, and encloses what she has there.
TAKES: Final = frozenset({Status.REPORTED, Status.EXAMINING, Status.WAITING})
MOST: Final = 40  # on one claim; company default
_PROOFS: Final = frozenset({Kind.IDENTITY, Kind.RELATION})


class TooManyPapers(CustodianError):
    """More papers than a claim takes."""

    code = "claim-too-many-papers"
    status = 422
    message = _("一件赔案最多收 40 份材料。还有要交的，请寄到或交到柜面")


class PaperThere(CustodianError):
    """What was asked for has come already, or is not needed any more."""

    code = "claim-paper-there"
    status = 409
    message = _("这份材料已经收到。还有要补充的，请按“其他材料”上传")


@dataclass(frozen=True, kw_only=True)
class Brought:
    """A file, and what it is: in answer to `need` (its slot in the notice), or of a kind by itself."""

    drawn: Drawn
    kind: str = Kind.OTHER
    need: int | None = None


def takes(claim: Claim) -> bool:
    return claim.status in TAKES


def require_room(claim: Claim) -> None:
    """Asked before the file is opened. Raises `NotNow`, `TooManyPapers`."""
    if not takes(claim):
        raise NotNow
    if ClaimPaper.objects.filter(claim=claim).count() >= MOST:
        raise TooManyPapers


def file(
    claim: Claim,
    brought: Brought,
    *,
    channel: str,
    purpose: str,
    with_report: bool = False,
    actor: Actor,
) -> ClaimPaper:
    """Seal it, and say that it came. With the last one that was missing the time to decide runs on.

    Raises `NotNow`, `TooManyPapers`, `PaperThere`, `NotVisible`, `Refused`. `with_report`: it came with the
    report itself, and is no step of its own.
    """
    customer = Customer.objects.visible_to(actor).filter(pk=claim.subject_id).first()
    if customer is None:
        raise NotVisible
    require_room(claim)
    asked = None if brought.need is None else _asked(claim, brought.need)
    kind = Kind(asked.kind if asked else brought.kind)
    with archiving.together():
        document = evidence.keep(
            brought.drawn, customer=customer, kind=_document(kind), purpose=purpose,
            channel=channel, facts={"claim": claim.ref, "did": "receive"}, actor=actor,
        )  # fmt: skip
        return _link(claim, document, kind, asked, with_report=with_report, actor=actor)


def report(
    subject: int,
    told: Report,
    brought: Sequence[Brought],
    *,
    channel: str,
    purpose: str,
    actor: Actor,
) -> Claim:
    """File a claim with what came along, or nothing of both. Raises as `filing.file` and `file` do."""
    with archiving.together():
        claim = filing.file(subject, told, channel=channel, actor=actor)
        for each in brought:
            file(claim, each, channel=channel, purpose=purpose, with_report=True, actor=actor)
    return claim


def _document(kind: ClaimNeed.Kind) -> Document.Kind:
    return Document.Kind.PROOF if kind in _PROOFS else Document.Kind.EVIDENCE


def _asked(claim: Claim, slot: int) -> ClaimNeed:
    found: ClaimNeed | None = ClaimNeed.objects.filter(claim=claim, slot=slot).first()
    if found is None:
        raise NotVisible
    if not found.open:
        raise PaperThere
    return found


def _link(
    claim: Claim,
    document: Document,
    kind: ClaimNeed.Kind,
    asked: ClaimNeed | None,
    *,
    with_report: bool,
    actor: Actor,
) -> ClaimPaper:
    """With the claim locked: two that come at once get two numbers, and answer one need once."""
    now = clock.now()
    row = examining.locked(claim)
    require_room(row)
    papers: Any = ClaimPaper.objects.filter(claim=row)
    if asked is not None and not _answered(asked, now):
        raise PaperThere
    paper: ClaimPaper = ClaimPaper.objects.create(
        claim=row, subject_id=row.subject_id, document=document, need=asked, kind=kind,
        number=(papers.aggregate(last=Max("number"))["last"] or 0) + 1, added_at=now,
    )  # fmt: skip
    if not with_report:
        steps.note(row, steps.Code.PAPER_RECEIVED, at=now, actor=actor)
        examining.go_on(row, at=now, actor=actor)
    return paper


def _answered(asked: ClaimNeed, now: Any) -> bool:
    rows = ClaimNeed.objects.filter(pk=asked.pk, received_at=None, waived_at=None)
    return bool(rows.update(received_at=now))


def of(claim: Claim) -> list[ClaimPaper]:
    """Those that came, in their order."""
    rows = ClaimPaper.objects.filter(claim=claim)
    return list(rows.select_related("document__added_by", "need").order_by("number"))
