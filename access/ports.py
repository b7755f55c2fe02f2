"""What access asks of the apps to its right: how a subject of the log is called outside of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True)
class Called:
    """A customer's public reference and the page that shows her to whoever may see her."""

    ref: str
    url: str


class Customers(Protocol):
    def uid_of(self, ref: str) -> UUID | None:
        """The log's uid of the customer with this reference, if the acting person may see her."""

    def ordinals_of(self, refs: Iterable[str]) -> Mapping[str, int]:
        """The subjects of these customers wherever they are: for whoever decides, never for whoever asks."""

    def called(self, uids: Iterable[UUID]) -> Mapping[UUID, Called]:
        """Those of the subjects that the acting person may see."""


_registered: list[Customers] = []


def register_customers(port: Customers) -> None:
    _registered[:] = [port]


def missing() -> list[str]:
    """Ports that nobody registered; `manage.py check` fails on them."""
    return [] if _registered else ["Customers"]


def customers() -> Customers:
    return _registered[0]
