"""What a letter says, in both languages. The seller's asks before the book moves, the buyer's tells after.

Which of the two it is follows from the side: one installation writes one kind in one transfer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from custodian.errors import CustodianError
from records.notices.contents import LANGUAGES, Both, language
from transfers import routes
from transfers.letters import arrived_texts, moving_texts
from transfers.models import LetterBatch, Stage, Transfer

LONGEST: Final = 2_000
_SIDES: Final[Mapping[str, Any]] = {
    Transfer.Side.SELLER.value: moving_texts,
    Transfer.Side.BUYER.value: arrived_texts,
}


class Incomplete(CustodianError):
    """A part is missing in one language; `missing` has its keys (PIPL art. 22: name and contact)."""

    code = "letter-incomplete"
    status = 422
    message = gettext_lazy("告知信两种语言都要写全，才能提交复核")

    def __init__(self, missing: list[str]) -> None:
        self.missing = missing
        super().__init__()


@dataclass(frozen=True)
class Letter:
    """By the keys of `parts_of`, in their order."""

    parts: Mapping[str, Both]

    def dump(self) -> dict[str, Any]:
        return {key: both.dump() for key, both in self.parts.items()}

    def require_whole(self) -> None:
        """Raises `Incomplete`."""
        missing = [
            f"{key}_{each}"
            for key, both in self.parts.items()
            for each in LANGUAGES
            if not both[each].strip()
        ]
        if missing:
            raise Incomplete(missing)


@dataclass(frozen=True)
class Told:
    """A letter in the reader's language; `reply_by` None: nothing is asked, and silence means nothing."""

    title: str
    recipient: str
    parts: list[tuple[Any, str]]
    reply_by: date | None
    asks: bool
    silence: str


def parts_of(transfer: Transfer) -> Mapping[str, Any]:
    """What the letter of this side says, by key; the labels are in the reader's language."""
    found: Mapping[str, Any] = _SIDES[transfer.side].PARTS
    return found


def read(transfer: Transfer, content: Mapping[str, Any]) -> Letter:
    return Letter({key: Both(**content[key]) for key in parts_of(transfer)})


def proposed(transfer: Transfer) -> Letter:
    """Where an officer begins."""
    said: dict[str, dict[str, str]] = _SIDES[transfer.side].proposed(transfer)
    return Letter({key: Both(**said[key]) for key in parts_of(transfer)})


def told(batch: LetterBatch, *, asks: bool) -> Told:
    """In the language that is active."""
    tongue, transfer = language(), batch.transfer
    letter = read(transfer, batch.content)
    said = {key: both[tongue] for key, both in letter.parts.items()}
    return Told(
        title=_SIDES[transfer.side].title(said),
        recipient=said.get("recipient", ""),
        parts=[(label, said[key]) for key, label in parts_of(transfer).items()],
        reply_by=batch.reply_by,
        asks=asks,
        silence=silence(transfer) if transfer.is_sellers else "",
    )


def silence(transfer: Transfer) -> str:
    """What follows when nobody answers, as the route reads it."""
    found = routes.stage_of(transfer, Stage.NOTICE)
    if found.silence == "goes":
        return _("到期没有答复的，保单随业务转让。")
    return _("到期没有答复的，不算同意，您的保单留在本公司。")


def written(batch: LetterBatch, *, asks: bool) -> tuple[str, str]:
    """Subject and text of an e-mail in the language that is active; nothing in it is hers."""
    found = told(batch, asks=asks)
    lines = [f"{label}\n{text}" for label, text in found.parts]
    until = [moving_texts.until(found.reply_by)] if found.reply_by else []
    safe = _("本信没有链接，请您自己打开客户服务。本公司不会为此索要密码、验证码或付款。")
    said = [found.title, *lines, *until, *([found.silence] if found.asks else []), safe]
    return found.title, "\n\n".join(said)


def short(batch: LetterBatch) -> str:
    """For a short message, in the language that is active."""
    if batch.reply_by is None:
        return arrived_texts.short()
    return moving_texts.short(batch.reply_by)
