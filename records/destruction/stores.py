"""Everywhere that something of a customer is kept: each place takes it away, and looks afterwards.

The apps to the right register their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

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


@dataclass(frozen=True)
class Look:
    """What a store looked through after a destruction, and what it found."""

    store: str
    label: Any
    looked: int
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
        """What is still there."""


stores: list[Store] = []


def register(store: Store) -> None:
    stores[:] = [*(each for each in stores if each.name != store.name), store]


def purge(gone: Gone) -> None:
    for store in stores:
        store.purge(gone)


def scan(gone: Gone) -> Iterator[Look]:
    """Each store looks through what should be gone."""
    looked = len(gone.all) + len(gone.whole)
    for store in stores:
        try:
            yield Look(store.name, store.label, looked, list(store.scan(gone)))
        except Unreached:
            yield Look(store.name, store.label, 0, reached=False)
