"""What the page of a hand-over and the board show: packages, lines that are reconciled, four seats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from access.actors import Actor
from access.models import Approval
from custodian import clock
from transfers import board, identity
from transfers.board import Panel
from transfers.models import HandOver, Receipt, SentRecord, Transfer
from transfers.receipts import reconciling, register, sent
from transfers.receiving import files

FIRST: Final = 50  # differences shown


@dataclass(frozen=True)
class Owner:
    """An insurer that answers for so many, by its code and, where this house knows it, its name."""

    code: str
    name: str
    customers: int


@dataclass(frozen=True)
class Seat:
    """One of the four who sign a receipt."""

    who: str
    name: str
    at: datetime | None
    what: Any


def sellers(transfer: Transfer) -> dict[str, Any]:
    jobs = list(transfer.hand_overs.select_related("invitation", "approval"))
    return {
        "jobs": jobs,
        "moving": any(job.status in {"queued", "running"} for job in jobs),
        "sent": [(reconciling.NAMES[name], n) for name, n in sent.lines(transfer).items()],
        "seats": seats(transfer),
        "owners": owners(transfer),
    }


def buyers(transfer: Transfer) -> dict[str, Any]:
    arrivals = list(transfer.arrivals.select_related("came_by"))
    loads = list(transfer.loads.all())
    found = reconciling.open_differences(transfer)
    by_files = files.from_files(transfer)
    lines = reconciling.lines(transfer) if arrivals or by_files else []
    if not any(line.sent or line.came or line.loaded for line in lines):
        lines = []  # nothing said, nothing come: there is nothing that agrees
    return {
        "arrivals": arrivals,
        "from_files": by_files,
        "loads": loads,
        "pairs": reconciling.pairs(transfer) if loads else 0,
        "moving": any(job.status in {"queued", "running"} for job in (*arrivals, *loads)),
        "lines": lines,
        "differences": found[:FIRST],
        "more": max(0, len(found) - FIRST),
        "open": sum(not line.zero for line in lines) + len(found),
        "seats": seats(transfer),
        "owners": owners(transfer),
    }


def seats(transfer: Transfer) -> list[Seat]:
    """Four people of two insurers, as far as this party knows their names."""
    receipt = Receipt.objects.filter(transfer=transfer).first()
    own, other = own_name(), str(transfer.counterparty)
    seller, buyer = (own, other) if transfer.is_sellers else (other, own)
    accepted = receipt.acceptance_approval if receipt else None
    released = receipt.release_approval if receipt else None
    if files.from_files(transfer):
        return _seats_on_paper(transfer, receipt, seller, buyer)
    first = transfer.hand_overs.filter(approval__isnull=False).last()
    return [
        Seat(
            seller,
            _asked(first.approval if first else None),
            first.created_at if first else None,
            _("交付的数目"),
        ),
        Seat(buyer, _asked(accepted), receipt.accepted_at if receipt else None, _("差异为零")),
        Seat(
            buyer, _decided(accepted), receipt.accepted_at if receipt else None, _("差异为零，复核")
        ),
        Seat(
            seller,
            _decided(released),
            receipt.released_at if receipt else None,
            _("确认转出，定交接时点"),
        ),
    ]


def _seats_on_paper(
    transfer: Transfer, receipt: Receipt | None, seller: str, buyer: str
) -> list[Seat]:
    """The seller's two sign papers that are filed here; by name this house knows its own people alone."""
    held, accepted = files.newest_list(transfer), receipt.acceptance_approval if receipt else None
    at, released = (receipt.accepted_at, receipt.released_at) if receipt else (None, None)
    return [
        Seat(
            seller,
            _("纸质文件") if held else "",
            held.entered_at if held else None,
            _("交付的数目"),
        ),
        Seat(buyer, _asked(accepted), at, _("差异为零")),
        Seat(buyer, _decided(accepted), at, _("差异为零，复核")),
        Seat(seller, _("纸质文件") if released else "", released, _("确认转出，定交接时点")),
    ]


def _asked(approval: Approval | None) -> str:
    return approval.requested_by.name if approval and approval.requested_by else ""


def _decided(approval: Approval | None) -> str:
    return approval.decided_by.name if approval and approval.decided_by else ""


def own_name() -> str:
    return str(settings.CUSTODIAN_INSURER_NAME["en" if get_language() == "en" else "zh"])


def owners(transfer: Transfer) -> list[Owner]:
    """Who answers for how many, now; before the receipt it is the seller for all of them."""
    counted = register.counts(transfer, at=clock.now())
    if counted:
        return named(transfer, counted)
    sells = transfer.is_sellers
    try:
        code = settings.CUSTODIAN_INSURER if sells else _sellers_code(transfer)
    except identity.NoConfirmedKey:
        return []
    count = _in_packages(transfer) if sells else _arrived(transfer)
    return named(transfer, {str(code): count}) if count else []


def named(transfer: Transfer, counted: Mapping[str, int]) -> list[Owner]:
    """Whoever a book was sold on to later is known here by its code alone."""
    names = {identity.code_of(transfer.counterparty): str(transfer.counterparty)}
    names[str(settings.CUSTODIAN_INSURER)] = own_name()
    return [Owner(code, names.get(code, ""), n) for code, n in sorted(counted.items())]


def _sellers_code(transfer: Transfer) -> str:
    """Of a seller without an installation the number by which it is known here. Raises `NoConfirmedKey`."""
    if files.from_files(transfer):
        return identity.code_of(transfer.counterparty)
    return identity.insurer_of(transfer.counterparty)


def _in_packages(transfer: Transfer) -> int:
    jobs = HandOver.objects.filter(transfer=transfer)
    return SentRecord.objects.filter(hand_over__in=jobs).values("subject").distinct().count()


def _arrived(transfer: Transfer) -> int:
    return sum(line.came for line in reconciling.lines(transfer) if line.name == "customers")


def panel(transfer: Transfer, actor: Actor) -> Panel | None:
    """On the board, once there is something to reconcile."""
    if transfer.is_sellers and not transfer.hand_overs.exists():
        return None
    if not transfer.is_sellers and not _comes(transfer):
        return None
    facts = sellers(transfer) if transfer.is_sellers else buyers(transfer)
    return Panel("admin/transfers/reconciliation.html", {"transfer": transfer, **facts})


def seats_panel(transfer: Transfer, actor: Actor) -> Panel | None:
    if not transfer.hand_overs.exists() and not _comes(transfer):
        return None
    return Panel("admin/transfers/seats.html", {"seats": seats(transfer)}, column="side")


def _comes(transfer: Transfer) -> bool:
    return transfer.arrivals.exists() or files.from_files(transfer)


def ready() -> None:
    board.register_panel("reconciliation", panel, order=10)
    board.register_panel("seats", seats_panel, order=10)
