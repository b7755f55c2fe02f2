"""Everywhere that something of a customer is kept: each place takes it away, and looks afterwards.

The apps to the right register their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from pyroaring import BitMap

from access.models import Subject


@dataclass(frozen=True)
class Gone:
    """What goes together: holdings by kind, whose they are, and which customers go as a whole."""

    holdings: dict[str, list[UUID]]
    subjects: Sequence[int]  # everybody who loses something
    whole: Sequence[Subject] = ()  # those of whom nothing is left

    @property
    def all(self) -> list[UUID]:
        return [holding for each in self.holdings.values() for holding in each]


@dataclass(frozen=True)
class Residue:
    """Something that is still there after a destruction; `what` names it without any value."""

    store: str
    what: str


@dataclass
class Look:
    """What a store looked through after a destruction, and what it found."""

    store: str
    label: Any
    looked: int = 0
    residues: list[Residue] = field(default_factory=list)
    reached: bool = True


class Unreached(Exception):
    """The store could not be asked; the certificate says so."""


class Store(Protocol):
    """A place of customers' data."""

    name: str
    label: Any

    def purge(self, gone: Gone) -> None:
        """Take it away, in the transaction of the destruction; a second time changes nothing."""

    def scan(self, gone: Gone) -> Iterable[Residue]:
        """What is still there of a page of customers."""

    def scan_whole(self, ordinals: BitMap) -> Iterable[Residue]:
        """The same once for a whole batch: the ordinals of all who are gone, where that is cheaper."""


stores: list[Store] = []


def register(store: Store) -> None:
    stores[:] = [*(each for each in stores if each.name != store.name), store]


def purge(gone: Gone) -> None:
    for store in stores:
        store.purge(gone)


def scan(pages: Iterable[Gone]) -> list[Look]:
    """Each store looks through what should be gone, page by page, so that a batch of any size fits."""
    looks = {store.name: Look(store.name, store.label) for store in stores}
    ordinals = BitMap()
    for gone in pages:
        ordinals.update(each.pk for each in gone.whole)
        for store in stores:
            _look(looks[store.name], len(gone.all) + len(gone.whole), store.scan, gone)
    for store in stores:
        _look(looks[store.name], 0, store.scan_whole, ordinals)
    return list(looks.values())


def _look(look: Look, count: int, through: Callable[[Any], Iterable[Residue]], what: Any) -> None:
    if not look.reached:
        return
    try:
        # What belongs to a whole book shows on every page of it.
        known = set(look.residues)
        look.residues.extend(each for each in through(what) if each not in known)
        look.looked += count
    except Unreached:
        look.reached, look.looked = False, 0
