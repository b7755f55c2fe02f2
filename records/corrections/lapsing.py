"""Ends what is open when the value that it is about goes: there is nothing left to put right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from access import actors, approvals, scopes
from access.models import WorkItem
from custodian import clock
from records.corrections import drafting, recording
from records.destruction import stores
from records.destruction.stores import Gone, Residue
from records.models import Correction, CorrectionItem

MOST: Final = 20
Status = Correction.Status


def lapse(correction: Correction) -> None:
    """In the caller's transaction and the product's scope; of a draft nobody is told."""
    if correction.status == Status.APPROVING and correction.approval is not None:
        approvals.void(correction.approval)
    now = clock.now()
    if correction.status == Status.DRAFT:
        recording.move(correction, "withdraw", {"decided_at": now})
        return
    said = {"refusal": Correction.Refusal.GONE.value, "decided_at": now}
    recording.move(correction, "lapse", said)
    recording.step(correction, "lapsed")
    drafting.close(correction, outcome=WorkItem.Outcome.WITHDRAWN)


class _Corrections:
    """What is open about something that goes. It comes before the stores that take the rows away."""

    name = "corrections"
    label = _("未办结的更正")

    def purge(self, gone: Gone) -> None:
        with scopes.acting(actors.system(recording.WRITER)):
            for each in _open(gone).select_for_update(of=("self",)).order_by("pk"):
                lapse(each)

    def scan(self, gone: Gone) -> Iterator[Residue]:
        for each in _open(gone)[:MOST]:
            yield Residue(self.name, f"open correction {each.pk}")

    def scan_whole(self, ordinals: BitMap) -> Iterable[Residue]:
        return ()


def _open(gone: Gone) -> QuerySet[Correction]:
    about = CorrectionItem.objects.filter(holding__in=gone.all)
    theirs = Q(holding__in=gone.all) | Q(pk__in=about.values("correction"))
    found: QuerySet[Correction] = Correction.objects.filter(
        theirs, status__in=[Status.DRAFT, *Correction.UNDER_WAY]
    )
    return found


def ready() -> None:
    stores.register(_Corrections())
