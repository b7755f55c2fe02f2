"""What partners were given of a customer, as a place of customers' data: it goes with the last of her.

What stays are the shares' numbers: how many were given which elements, by the law for three years at least.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from records.destruction.stores import Gone, Residue
from transfers.models import Share, SharedCopy, Telling
from transfers.shares import jobs

_MOST: Final = 20


class PartnerStore:
    name = "partners"
    label = _("提供给合作方的记录与文件")

    def purge(self, gone: Gone) -> None:
        """Files with anything that is destroyed; notes of copies with the whole of a customer."""
        jobs.purge(gone.subjects)
        whole = [each.pk for each in gone.whole]
        Telling.objects.filter(subject__in=whole).delete()
        SharedCopy.objects.filter(subject__in=whole).delete()

    def scan(self, gone: Gone) -> Iterator[Residue]:
        whole = [each.pk for each in gone.whole]
        for model in (SharedCopy, Telling):
            rows: Any = model._default_manager.filter(subject__in=whole)
            for each in rows[:_MOST]:
                yield Residue(self.name, f"{model.__name__.lower()} {each.pk}")
        held = Share.objects.filter(
            form=Share.Form.FILE, removed_at=None, included__overlap=list(gone.subjects)
        )
        for share in held[:_MOST]:
            yield Residue(self.name, f"share {share.ref}")

    def scan_whole(self, ordinals: BitMap) -> Iterable[Residue]:
        return ()
