"""What the seller sent, as it says itself: the frozen totals of who still moves."""

from __future__ import annotations

from transfers.models import Transfer
from transfers.receipts.reconciling import NAMES


def lines(transfer: Transfer) -> dict[str, int]:
    """By name, from the manifest of the last package."""
    last = transfer.hand_overs.filter(status="done").order_by("-number").first()
    totals = (last.manifest or {}).get("totals", {}) if last else {}
    return {name: int(totals[name]) for name in NAMES if name in totals}
