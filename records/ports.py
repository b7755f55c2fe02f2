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


@dataclass(frozen=True, kw_only=True)
class Assessable:
    """What an impact assessment may be about, as it is or is meant to be: facts that are frozen with it."""

    kind: str
    code: str
    name: str
    elements: tuple[str, ...]  # codes
    looks: tuple[str, ...] = ()  # purposes of a look
    recipients: tuple[str, ...] = ()
    occasions: tuple[str, ...] = ()  # one of these fits; the first one is offered
    owed: bool = False  # whether the law wants one before it is done
    url: str = ""
    among: Any = None  # a queryset of customers' keys; None: everybody
    reference: str = ""  # what people call it by besides its name; a code of a register is none

    @property
    def said(self) -> str:
        return f"{self.name} {self.reference}".strip()


class Assessables(Protocol):
    """One kind of things that are assessed."""

    @property
    def label(self) -> Any: ...

    def all(self) -> Sequence[Assessable]:
        """What is done now, or may be assessed before it is."""

    def find(self, code: str) -> Assessable | None:
        """As it is done; of what is not done yet, as it is meant to be."""

    def planned(self, code: str) -> Assessable | None:
        """As it is meant to be after a change that somebody works on; else as `find` says."""


_assessables: dict[str, Assessables] = {}


def register_assessables(kind: str, port: Assessables) -> None:
    _assessables[kind] = port


def assessables() -> Mapping[str, Assessables]:
    return _assessables


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
    lacking = [name for name, port in held.items() if not port]
    kinds = {"agreement", "transfer"} - set(_assessables)
    return [*lacking, *(f"Assessables ({kind})" for kind in sorted(kinds))]
