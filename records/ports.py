"""What records asks of the apps to its right: who else holds what of a customer, and what it was told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class Holder:
    """A partner that was given something of a customer, as she is told of it (PIPL art. 23)."""

    name: str
    contact: str
    part: Any  # what it is for the house, in words
    purpose: Any
    why: str  # the purpose as the contract words it
    method: str
    elements: tuple[str, ...]  # codes
    first_at: datetime
    last_at: datetime
    url: str = ""  # of its page in the back office
    over: bool = False  # it holds nothing any more


@dataclass(frozen=True)
class Told:
    """One corrected value on its way to one partner."""

    name: str
    elements: tuple[str, ...]
    due_at: datetime
    sent_at: datetime | None = None
    confirmed_at: datetime | None = None


class Partners(Protocol):
    def holders(self, subject: int) -> Sequence[Holder]:
        """Everybody who was given something of this customer, the newest first."""

    def told(self, correction: str, subject: int) -> Sequence[Told]:
        """What became of the duty to tell partners of this correction of this customer's."""

    def called(self, numbers: Iterable[str]) -> dict[str, str]:
        """By the number that stands in the log the name of the partner."""


_held: list[Partners] = []


def register_partners(port: Partners) -> None:
    _held[:] = [port]


def partners() -> Partners:
    return _held[0]


def missing() -> list[str]:
    return [] if _held else ["Partners"]
