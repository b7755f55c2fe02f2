"""The acceptance as a paper for a seller who checks no signature by machine: in both languages, to sign."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from custodian import clock
from custodian.pdf import compile_pdf
from records.notices.contents import TAGS
from transfers.models import Receipt, Transfer
from transfers.receipts import reconciling
from transfers.receiving import files as come


def acceptance(transfer: Transfer, receipt: Receipt) -> bytes:
    """A PDF of the lines that were accepted; sums of few policies stand on the seller's own paper."""
    sides = []
    for tag in TAGS.values():
        with override(tag):
            sides.append({"lang": tag[:2], **_side(transfer, receipt)})
    content = {
        "title": sides[0]["title"],
        "insurer": " · ".join(settings.CUSTODIAN_INSURER_NAME.values()),
        "mark": f"{transfer.code} · {clock.local(receipt.accepted_at):%Y-%m-%d %H:%M}",
        "sides": sides,
    }
    return compile_pdf("transfer_stock.typ", content, at=clock.now())


def _side(transfer: Transfer, receipt: Receipt) -> dict[str, Any]:
    held = come.newest_list(transfer)
    said = {
        "seller": str(transfer.counterparty),
        "number": held.number if held else 0,
        "digest": held.paper.sha256[:16] if held else "",
    }
    lede = (
        _("对照 %(seller)s 签字的第 %(number)s 份清单（指纹 %(digest)s），每一行差异为零。") % said
    )
    heads = [_("项目"), "", _("转出方"), _("已载入")]
    signed = [_("哪一方"), _("姓名"), _("日期和时间"), ""]
    tables = [
        {"title": _("对账"), "heads": heads, "rows": [_row(each) for each in _shown(transfer)]},
        {"title": _("签字"), "heads": signed, "rows": _seats(receipt)},
    ]
    return {"title": _("接收确认"), "lede": lede, "tables": tables}


def _shown(transfer: Transfer) -> list[reconciling.Line]:
    return [line for line in reconciling.lines(transfer) if not line.few]


def _row(line: reconciling.Line) -> list[str]:
    if line.money:
        sent, _came, stands, _difference = line.yuan
        return [str(line.label), "", sent, stands]
    return [str(line.label), "", f"{line.sent:,}", f"{line.loaded or 0:,}"]


def _seats(receipt: Receipt) -> list[list[str]]:
    approval = receipt.acceptance_approval
    at = f"{clock.local(receipt.accepted_at):%Y-%m-%d %H:%M}"
    people = [approval.requested_by, approval.decided_by] if approval else []
    rows = [[_("接收方"), each.name, at, ""] for each in people if each is not None]
    return [*rows, [_("转出方"), "", "", ""], [_("转出方"), "", "", ""]]
