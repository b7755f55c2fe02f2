"""Who was told of which rules, as a place of customers' data: it goes with the last of a customer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from records.destruction.stores import Gone, Residue
from records.models import NoticeSeen

_MOST: Final = 20


class SeenStore:
    """Kept as evidence for as long as anything of hers is kept, which is longer than claims may be raised."""

    name = "notices-seen"
    label = _("规则的告知记录")

    def purge(self, gone: Gone) -> None:
        self._rows(gone).delete()

    def scan(self, gone: Gone) -> Iterator[Residue]:
        for each in self._rows(gone)[:_MOST]:
            yield Residue(self.name, f"seen {each.pk}")

    def scan_whole(self, ordinals: BitMap) -> Iterable[Residue]:
        return ()

    def _rows(self, gone: Gone) -> Any:
        return NoticeSeen.objects.filter(subject__in=[each.pk for each in gone.whole])
