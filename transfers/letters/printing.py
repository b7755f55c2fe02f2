"""Letters of a transfer on paper: what stands on the sheets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from access.actions import Action
from access.actors import Actor
from records.letters import printing
from records.letters.printing import NothingToPrint, Paper
from records.notices.contents import TAGS
from transfers.letters import texts
from transfers.models import Transfer, TransferNotice

__all__ = ["NothingToPrint", "print_again", "print_next"]


def print_next(transfer: Transfer, *, actor: Actor) -> tuple[int, bytes]:
    """The next sheet's number, and its pages as PDF. Raises `NothingToPrint`, `Refused`."""
    return printing.print_next(_paper(transfer), actor=actor)


def print_again(transfer: Transfer, number: int, *, actor: Actor) -> bytes:
    """The same sheet as PDF, whoever lost it; with the first time its letters count as sent."""
    return printing.print_again(_paper(transfer), number, actor=actor)


def _paper(transfer: Transfer) -> Paper:
    rows = TransferNotice.objects.filter(transfer=transfer)
    return Paper(
        rows=rows.select_related("batch__transfer__counterparty"),
        action=Action.LETTERS_PRINT,
        facts={"transfer": transfer.code},
        title=_("业务转让告知信"),
        sides=_sides,
    )


def _sides(notice: TransferNotice) -> Iterator[dict[str, Any]]:
    for tag in TAGS.values():
        with override(tag):
            told = texts.told(notice.batch, asks=notice.asks)
            yield {
                "lang": tag[:2],
                "title": told.title,
                "parts": [[str(label), text] for label, text in told.parts],
                "until": _("请在 %(day)s 前答复：登录客户服务，或把本页勾选、签名后寄回。")
                % {"day": f"{told.reply_by:%Y-%m-%d}"}
                if told.reply_by
                else "",
                "silence": told.silence if notice.asks else "",
                "choices": [_("同意转让"), _("不同意转让")] if told.reply_by else [],
                "sign": _("签名与日期"),
                "safe": _("本公司不会为此向您索要密码、验证码或付款。"),
            }
