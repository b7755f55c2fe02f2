"""Copies of their own data that customers have not taken yet, as a place of customers' data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from records.destruction.stores import Gone, Residue
from records.own_data import copies

_MOST: Final = 20


class CopyStore:
    """A file goes with its key as soon as anything in it is destroyed."""

    name = "copies"
    label = _("客户索取的资料副本")

    def purge(self, gone: Gone) -> None:
        copies.purge(gone.subjects)

    def scan(self, gone: Gone) -> Iterator[Residue]:
        for number, each in enumerate(copies.kept(gone.subjects)):
            if number == _MOST:
                return
            yield Residue(self.name, f"copy {each.ref}")

    def scan_whole(self, ordinals: BitMap) -> Iterable[Residue]:
        return ()
