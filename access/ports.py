"""What access asks of the apps to its right: how a subject is called there, and who is near to whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from custodian.errors import CustodianError


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


@dataclass(frozen=True)
class Nearness:
    """Subjects near to one person: the person herself, her family, same surname in the same street."""

    own: frozenset[int] = frozenset()
    family: frozenset[int] = frozenset()
    kin: frozenset[int] = frozenset()


class Relations(Protocol):
    def near(self, users: Iterable[int]) -> Mapping[int, Nearness]:
        """By key of the person; whoever has nobody near among the customers may be left out."""


class Holders(Protocol):
    def owners_of(self, holdings: Sequence[str]) -> Mapping[str, int]:
        """By holding the subject that it belongs to; a holding of no customer's is left out.

        Called in a scope that reaches everything.
        """

    def index_counts(self) -> Mapping[int, int]:
        """How many fingerprints each index root has in the blind indexes."""

    def signers(self) -> Mapping[str, Any]:
        """By name of the signing key what it signs, in words."""

    def staff_apart(self, version: int) -> int:
        """What is known of the staff under earlier index roots only."""


@dataclass(frozen=True, slots=True)
class Owned:
    """Something that is or was a subject's own: its kind is the first word of its elements' codes."""

    kind: str
    since: date | None = None
    until: date | None = None


class Estates(Protocol):
    def of(self, subject: int) -> Iterable[Owned]:
        """Everything that is or was this subject's own, what is destroyed too.

        Called in a scope that reaches everything; what belongs to others is never in it.
        """


@dataclass(frozen=True)
class Recipient:
    """A public key that backups are sealed to; its private half is elsewhere.

    `first` and `newest` are of the backups in the folder that only this key opens; there may be none.
    """

    fingerprint: str
    current: bool
    backups: int = 0
    first: datetime | None = None
    newest: datetime | None = None


class Backups(Protocol):
    def recipients(self) -> Sequence[Recipient]:
        """The key that is set, and those that older backups still need, the newest use first."""


@dataclass(frozen=True)
class Lost:
    """Acts that are on record outside and not in a restored database; `count` is 0 if nobody knows."""

    what: str  # a code
    count: int
    since: datetime | None = None
    until: datetime | None = None
    ref: str = ""  # of what it is about, as its page has it
    party: str = ""  # whom it went to or came from


class LedgerRefused(CustodianError):
    """A ledger outside that cannot be relied on, or says what cannot be done here; `code` says which."""

    status = 409

    def __init__(self, code: str, detail: str = "") -> None:
        self.code, self.detail = code, detail
        super().__init__(f"{code} {detail}".strip())


class Outside(Protocol):
    """A ledger as it lies outside, verified, beside a restored database."""

    @property
    def count(self) -> int:
        """How many sheets it has."""

    def lost(self) -> Sequence[Lost]:
        """What it knows and the database does not."""

    def require_possible(self) -> None:
        """Raise `LedgerRefused` if something has to be done again before anybody is served, and cannot be."""

    def bring(self) -> None:
        """Keep its sheets where this installation has its own."""

    def carry_out(self) -> None:
        """Do again what it says was done; twice is as once."""


class Ledger(Protocol):
    """A ledger that is also kept outside the database: that of what was handed over to others, or came."""

    def newest(self) -> int:
        """The number of its newest sheet outside, after all are written."""

    def inside(self) -> int:
        """The number of the newest sheet that the database has."""

    def read(self, folder: Path | None, *, at_least: int, inside: int) -> Outside:
        """Its sheets, of its own folder by default. Raises `LedgerRefused`.

        `at_least` is a number that is known to exist, `inside` is what the database had at its backup.
        """


class Bearers(Protocol):
    """Whoever may come with a token that is nobody's of the staff: counterparties."""

    prefix: str

    def actor_of(self, raw: str, *, address: str) -> Any:
        """The actor behind this secret, or None for one that is unknown, over or from elsewhere."""


_backed_up: list[Backups] = []
_bearing: list[Bearers] = []
_ledgers: list[Ledger] = []
_registered: list[Customers] = []
_holding: list[Holders] = []
_related: list[Relations] = []
_owning: list[Estates] = []


def register_backups(port: Backups) -> None:
    _backed_up[:] = [port]


def register_bearers(port: Bearers) -> None:
    _bearing[:] = [port]


def register_customers(port: Customers) -> None:
    _registered[:] = [port]


def register_relations(port: Relations) -> None:
    _related[:] = [port]


def register_holders(port: Holders) -> None:
    _holding[:] = [port]


def register_estates(port: Estates) -> None:
    _owning[:] = [port]


def register_ledger(port: Ledger) -> None:
    _ledgers[:] = [port]


def missing() -> list[str]:
    """Ports that nobody registered; `manage.py check` fails on them."""
    held = {
        "Backups": _backed_up,
        "Bearers": _bearing,
        "Customers": _registered,
        "Estates": _owning,
        "Holders": _holding,
        "Ledger": _ledgers,
        "Relations": _related,
    }
    return [name for name, port in held.items() if not port]


def backups() -> Backups:
    return _backed_up[0]


def bearers() -> Bearers:
    return _bearing[0]


def customers() -> Customers:
    return _registered[0]


def relations() -> Relations:
    return _related[0]


def holders() -> Holders:
    return _holding[0]


def ledger() -> Ledger:
    return _ledgers[0]


def estates() -> Estates:
    return _owning[0]
