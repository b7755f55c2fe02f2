"""What records asks of the apps to its right: who else holds what of a customer, and what it was told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.utils.translation import gettext as _

from custodian import clock


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


@dataclass(frozen=True)
class Gone:
    """A customer whom another insurer answers for since a moment, and the transfer that she went with."""

    insurer: str
    since: datetime
    transfer: str
    url: str  # of its page in the back office
    contact: str = ""

    @property
    def label(self) -> str:
        """What stands in place of the status of her policy."""
        day = clock.local(self.since).date().isoformat()
        return _("%(day)s 起转由%(insurer)s承接") % {"day": day, "insurer": self.insurer}


class Answering(Protocol):
    def gone(self, subjects: Iterable[int]) -> Mapping[int, Gone]:
        """Those of the subjects in the actor's scope whom this house does not answer for any more."""


_held: list[Partners] = []
_answering: list[Answering] = []


def register_partners(port: Partners) -> None:
    _held[:] = [port]


def register_answering(port: Answering) -> None:
    _answering[:] = [port]


def answering() -> Answering:
    return _answering[0]


def partners() -> Partners:
    return _held[0]


def missing() -> list[str]:
    held = {"Answering": _answering, "Partners": _held}
    return [name for name, port in held.items() if not port]
