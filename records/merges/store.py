"""Cases about a customer go with her: they hold no value, and would say of the other that she was here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from records.destruction import stores
from records.destruction.stores import Gone, Residue
from records.models import MergeCase

MOST = 20


class _Cases:
    name = "merge-cases"
    label = _("疑似重复的核对")

    def purge(self, gone: Gone) -> None:
        _of(gone).delete()

    def scan(self, gone: Gone) -> Iterator[Residue]:
        for each in _of(gone)[:MOST]:
            yield Residue(self.name, each.code)

    def scan_whole(self, ordinals: BitMap) -> Iterable[Residue]:
        return ()


def _of(gone: Gone) -> Any:
    whole = [each.pk for each in gone.whole]
    return MergeCase.objects.filter(Q(subject__in=whole) | Q(other__in=whole))


stores.register(_Cases())
