"""What a package says of itself in clear: who to whom, in which transfer, until when. No customer's word."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from custodian.tlog.verify import canonical
from transfers.packages import strict_json
from transfers.packages.errors import PackageRefused
from transfers.packages.layout import SUITE

FORMAT: Final = "custodian book package 1"


class Content(StrEnum):
    """Everything that was frozen, or what of it is sent once more."""

    BOOK = "book"
    DELTA = "delta"
    AGAIN = "again"


@dataclass(frozen=True, kw_only=True)
class Party:
    """An insurer by its code and name."""

    code: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Header:
    """`package` is used once; `number` counts a transfer's packages from 1. Times have their offset."""

    package: UUID
    transfer: UUID
    number: int
    content: Content
    seller: Party
    buyer: Party
    recipient: str  # the id of the key that opens it
    made_at: datetime
    valid_until: datetime
    frozen_at: datetime

    def said(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "format": FORMAT,
            "suite": SUITE,
            "package": str(self.package),
            "transfer": str(self.transfer),
            "content": self.content.value,
            **{name: getattr(self, name).isoformat() for name in _TIMES},
        }

    def dump(self) -> bytes:
        return canonical(self.said()).encode()

    @property
    def digest(self) -> bytes:
        return sha256(self.dump()).digest()

    @classmethod
    def read(cls, raw: bytes) -> Header:
        """Raises `PackageRefused` for another format, another suite, or a header that reads two ways."""
        header = cls.of_said(strict_json.read(raw, otherwise="not-a-package"))
        if header.dump() != raw:
            raise PackageRefused("not-a-package")
        return header

    @classmethod
    def of_said(cls, said: dict[str, Any]) -> Header:
        try:
            facts = dict(said)
            if facts.pop("format") != FORMAT:
                raise PackageRefused("not-a-package")
            if facts.pop("suite") != SUITE:
                raise PackageRefused("suite")
            return cls(**_typed(facts))
        except (ValueError, TypeError, KeyError, AttributeError):
            raise PackageRefused("not-a-package") from None


_TIMES: Final = ("made_at", "valid_until", "frozen_at")


def _typed(said: dict[str, Any]) -> dict[str, Any]:
    times = {name: datetime.fromisoformat(said[name]) for name in _TIMES}
    if any(each.tzinfo is None for each in times.values()):
        raise ValueError("a time without its offset")
    texts = [said["recipient"], *said["seller"].values(), *said["buyer"].values()]
    if type(said["number"]) is not int or not all(isinstance(each, str) for each in texts):
        raise TypeError("a word of another kind")
    return {
        **said,
        **times,
        "package": UUID(said["package"]),
        "transfer": UUID(said["transfer"]),
        "content": Content(said["content"]),
        "seller": Party(**said["seller"]),
        "buyer": Party(**said["buyer"]),
    }
