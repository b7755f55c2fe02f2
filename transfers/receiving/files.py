"""Whether a transfer comes as files in place of a package, and what two people accept of such a one."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from records.models import ImportRun
from transfers.models import SellerList, Transfer


def from_files(transfer: Transfer) -> bool:
    return runs_of(transfer).exists()


def runs_of(transfer: Transfer) -> QuerySet[ImportRun]:
    """The imports of its files, rehearsals among them, the newest first."""
    return ImportRun.objects.filter(arriving=transfer.ref).order_by("-pk")


def newest_list(transfer: Transfer) -> SellerList | None:
    return transfer.seller_lists.select_related("paper", "entered_by").first()


def accepted(transfer: Transfer) -> dict[str, Any]:
    """What an acceptance names where no package does: the paper, the sums on it, the files. Else nothing."""
    held = newest_list(transfer)
    if held is None or not from_files(transfer):
        return {}
    loaded = runs_of(transfer).filter(dry_run=False).order_by("pk")
    digests = [bytes(each).hex() for each in loaded.values_list("files__digest", flat=True) if each]
    return {
        "list": held.number,
        "list_paper": held.paper.sha256,
        "list_sums": held.sums_digest,
        "files": digests,
    }
