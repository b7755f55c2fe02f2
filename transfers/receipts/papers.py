"""The two papers of a receipt: what the buyer accepts, and from when on the seller lets go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from transfers import identity, signed
from transfers.models import Arrival, HandOver, Transfer
from transfers.receipts import reconciling
from transfers.receiving import files
from transfers.signed import BadPaper

ACCEPTANCE: Final = "custodian hand-over acceptance 1"
RELEASE: Final = "custodian hand-over release 1"


@dataclass(frozen=True)
class Accepted:
    """What an acceptance says: each package by number, id and roots, and the lines as the buyer has them."""

    transfer: UUID
    seller: str
    buyer: str
    packages: tuple[tuple[int, str, str, str], ...]
    lines: dict[str, int]
    accepted_at: datetime


def acceptance(transfer: Transfer, *, at: datetime) -> bytes:
    rows = transfer.arrivals.filter(stage=Arrival.Stage.LAID_OUT).order_by("number")
    return signed.write(
        ACCEPTANCE,
        {
            "transfer": str(transfer.ref),
            "seller": identity.code_of(transfer.counterparty),
            "buyer": settings.CUSTODIAN_INSURER,
            **files.accepted(transfer),
            "packages": [
                [row.number, str(row.package), row.root, row.records_root] for row in rows
            ],
            "lines": {
                line.name: line.came if line.loaded is None else line.loaded
                for line in reconciling.counts(transfer)
            },
            "accepted_at": at.isoformat(),
        },
        key=identity.own_key(),
    )


def read_acceptance(transfer: Transfer, content: bytes) -> Accepted:
    """Raises `BadPaper` unless the buyer of this transfer signed it."""
    said = signed.read(ACCEPTANCE, content, key=identity.key_of(transfer.counterparty))
    try:
        found = Accepted(
            UUID(said["transfer"]),
            str(said["seller"]),
            str(said["buyer"]),
            tuple((int(n), str(p), str(r), str(t)) for n, p, r, t in said["packages"]),
            {str(name): int(count) for name, count in said["lines"].items()},
            datetime.fromisoformat(said["accepted_at"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadPaper from None
    meant = (transfer.ref, settings.CUSTODIAN_INSURER, identity.insurer_of(transfer.counterparty))
    if (found.transfer, found.seller, found.buyer) != meant or found.accepted_at.tzinfo is None:
        raise BadPaper
    return found


def differing(transfer: Transfer, accepted: Accepted, sent: dict[str, int]) -> list[str]:
    """What the buyer accepts that is not what was sent: names of lines, and packages by number."""
    rows = transfer.hand_overs.filter(status="done").order_by("number")
    ours = {row.number: _package(row) for row in rows}
    theirs = {number: tuple(rest) for number, *rest in accepted.packages}
    found = [
        str(number) for number in sorted({*ours, *theirs}) if ours.get(number) != theirs.get(number)
    ]
    return found + [name for name, count in sent.items() if accepted.lines.get(name) != count]


def _package(row: HandOver) -> tuple[str, str, str]:
    return str(row.package), row.root, str((row.manifest or {}).get("root", ""))


def release(transfer: Transfer, acceptance: bytes, *, live_at: datetime, at: datetime) -> bytes:
    return signed.write(
        RELEASE,
        {
            "transfer": str(transfer.ref),
            "seller": settings.CUSTODIAN_INSURER,
            "buyer": identity.insurer_of(transfer.counterparty),
            "acceptance": sha256(acceptance).hexdigest(),
            "live_at": live_at.isoformat(),
            "released_at": at.isoformat(),
        },
        key=identity.own_key(),
    )


def read_release(transfer: Transfer, content: bytes, *, acceptance: bytes) -> dict[str, Any]:
    """`live_at` and `released_at`. Raises `BadPaper` unless it answers exactly our acceptance."""
    said = signed.read(RELEASE, content, key=identity.key_of(transfer.counterparty))
    try:
        meant = {
            "transfer": str(transfer.ref),
            "seller": identity.insurer_of(transfer.counterparty),
            "buyer": settings.CUSTODIAN_INSURER,
            "acceptance": sha256(acceptance).hexdigest(),
        }
        live, at = (datetime.fromisoformat(said[name]) for name in ("live_at", "released_at"))
        if any(said[name] != value for name, value in meant.items()) or None in {
            live.tzinfo,
            at.tzinfo,
        }:
            raise BadPaper
    except (ValueError, KeyError, TypeError):
        raise BadPaper from None
    return {"live_at": live, "released_at": at}
