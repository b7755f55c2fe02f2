"""Drafts that were never handed in do not stay: after a month they and their papers are gone for good."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from access import actors, gate, scopes
from access.actions import Action
from access.vocabulary import Channel
from custodian import clock
from records import legal_holds
from records.corrections import recording
from records.destruction import going
from records.destruction.going import Going
from records.models import Correction, CorrectionEvidence, Tombstone

KEPT: Final = timedelta(days=30)  # company default
AT_ONCE: Final = 50
Status = Correction.Status


def discard_drafts() -> int:
    """Those that nobody has touched for a month, and those that were given up; how many went."""
    with scopes.acting(actors.system(recording.WRITER)):
        old = Q(status=Status.DRAFT, changed_at__lt=clock.now() - KEPT)
        given_up = Q(status=Status.WITHDRAWN, submitted_at=None)
        rows = Correction.objects.filter(old | given_up)
        stones = Tombstone.objects.values("gone")
        left = list(rows.exclude(holding__in=stones).order_by("pk")[:AT_ONCE])
        return sum(_discard(each) for each in left)


def discard_paper(paper: CorrectionEvidence) -> None:
    """Of a draft, in the product's scope and the caller's transaction; one that the law holds stays."""
    going.lock([paper.subject_id])
    leaving = [Going(paper.document.holding, "document", paper.subject_id)]
    paper.delete()
    if not legal_holds.on([each.holding for each in leaving]):
        going.destroy(leaving, batch=None)


def _discard(correction: Correction) -> int:
    """Unless the law holds it."""
    with transaction.atomic():
        legal_holds.exclude_new()
        going.lock([correction.subject_id])
        row = recording.held(correction)
        leaving = _leaving(row)
        if row.submitted_at is not None or legal_holds.on([each.holding for each in leaving]):
            return 0
        tagged = recording.tags(row.subject_id)
        if row.status == Status.DRAFT:
            recording.move(row, "withdraw", {"decided_at": clock.now()})
        CorrectionEvidence.objects.filter(correction=row).delete()
        gone = going.destroy(leaving, batch=None)
        gate.authorise(
            actors.system(recording.WRITER),
            Action.RETENTION_DESTROY,
            channel=Channel.TASK,
            subjects=tagged,
            facts={
                "correction": row.ref, "gone": len(gone.all), "digest": going.digest_of(gone),
            },
        )  # fmt: skip
    return 1


def _leaving(correction: Correction) -> list[Going]:
    papers = CorrectionEvidence.objects.filter(correction=correction).select_related("document")
    subject = correction.subject_id
    return [
        Going(correction.holding, "correction", subject),
        *(Going(each.document.holding, "document", subject) for each in papers),
    ]
