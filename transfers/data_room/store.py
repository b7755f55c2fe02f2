"""Data rooms that are still kept, as a place of customers' data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from records.destruction.stores import Gone, Residue
from transfers.data_room import rooms

_MOST: Final = 20


class DataRoomStore:
    """A room with masks of whoever is destroyed goes with its key."""

    name = "data-rooms"
    label = _("转让尽调资料")

    def purge(self, gone: Gone) -> None:
        rooms.purge(gone.subjects)

    def scan(self, gone: Gone) -> Iterator[Residue]:
        for each in list(rooms.kept_of(gone.subjects))[:_MOST]:
            yield Residue(self.name, f"data room {each.code}")

    def scan_whole(self, ordinals: BitMap) -> Iterable[Residue]:
        return ()
