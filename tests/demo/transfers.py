"""What a built demo says of the books that changed hands; read inside it by the test, printed as JSON."""

from __future__ import annotations

import json
import sys
from typing import Any

from access import actors, scopes
from custodian.demo import transfers
from custodian.demo.moving import handed_over, received
from records.models import DestructionBatch, MergeCase, QuarantinedRow
from transfers.hundred_days import report
from transfers.letters import recipients
from transfers.models import Remedy, Transfer
from transfers.receipts import reconciling, register, supervised


def tell() -> None:
    with scopes.acting(actors.system("demo")), scopes.arrivals():
        json.dump({"gone": _gone(), "came": _came(), "told": _told()}, sys.stdout)


def _receipts(transfer: Transfer) -> dict[str, Any]:
    found = list(supervised.signed_papers(transfer, transfer.receipt))
    return {
        "status": transfer.status,
        "answers": register.counts(transfer),
        "before": register.counts(transfer, at=transfer.opened_at),
        "papers": [[each.name, each.held, bool(each.by_hand)] for each in found],
    }


def _told() -> dict[str, Any]:
    """What the public page of the one in its letters says, beside the letters."""
    transfer = Transfer.objects.get(title=transfers.TITLE)
    announced = transfer.announcements.order_by("-pk")[0].answer_by
    written = transfer.letters.values_list("reply_by", flat=True)
    return {
        "one_day": {announced} == set(written),
        "contact": bool(transfer.counterparty.contact_phone),
        "in_english": transfer.counterparty.name_en == transfers.BUYER_EN,
    }


def _gone() -> dict[str, Any]:
    transfer = Transfer.objects.get(title=handed_over.TITLE)
    done = DestructionBatch.objects.filter(stage="done", items__rule="cn-handed-over").distinct()
    return {
        **_receipts(transfer),
        "packages": list(transfer.hand_overs.order_by("number").values_list("content", "done")),
        "certificates": [bool(each.certificate) for each in done],
    }


def _came() -> dict[str, Any]:
    transfer = Transfer.objects.get(title=received.TITLE)
    rows = QuarantinedRow.objects.filter(run__arriving=transfer.ref)
    counted = report.of(transfer)
    return {
        **_receipts(transfer),
        "even": all(line.zero for line in reconciling.lines(transfer)),
        "aside": list(rows.values_list("status", flat=True)),
        "untold": recipients.counts(transfer).left,
        "counted": counted.customers if counted else 0,
        "pairs": MergeCase.objects.filter(source=transfer.book.code).count()
        if transfer.book
        else 0,
        "remedies": sorted(
            Remedy.objects.filter(transfer=transfer).values_list("state", flat=True)
        ),
    }
