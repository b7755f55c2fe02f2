"""How long an ask of a relative stays: short where nobody was found, and with its customer where one was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from custodian import clock
from records.destruction import stores
from records.destruction.stores import Gone, Residue
from records.models import RelativeAsk
from records.relatives import limits, sealing

_MOST: Final = 20


def tidy() -> int:
    """Destroy what has been kept for its time, with its keys; how many."""
    now = clock.now()
    nobody = Q(state=RelativeAsk.State.NOBODY, created_at__lte=now - limits.NOBODY_KEPT)
    rows = RelativeAsk.objects.filter(nobody | Q(closed_at__lte=now - limits.CLOSED_KEPT))
    over = list(rows[:200])
    for ask in over:
        sealing.destroy(ask)
    return len(over)


class _Relatives:
    """What relatives asked about somebody goes with her."""

    name = "relatives"
    label = _("亲属申请")

    def purge(self, gone: Gone) -> None:
        for ask in _about(gone):
            sealing.destroy(ask)

    def scan(self, gone: Gone) -> Iterator[Residue]:
        for ask in _about(gone)[:_MOST]:
            yield Residue(self.name, f"ask {ask.ref}")

    def scan_whole(self, ordinals: BitMap) -> Iterable[Residue]:
        return ()


def _about(gone: Gone) -> Any:
    return RelativeAsk.objects.filter(subject__in=[each.pk for each in gone.whole])


stores.register(_Relatives())
