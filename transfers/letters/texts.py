"""What a letter says, in both languages: who takes over, what changes, her rights, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from custodian.errors import CustodianError
from records.notices.contents import LANGUAGES, TAGS, Both, language
from transfers import routes
from transfers.models import LetterBatch, Stage, Transfer

PARTS: Final[Mapping[str, Any]] = {
    "recipient": gettext_lazy("接收方名称"),
    "contact": gettext_lazy("接收方联系方式"),
    "changes": gettext_lazy("有什么变化"),
    "rights": gettext_lazy("您的权利"),
}
LONGEST: Final = 2_000


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
    """By the keys of `PARTS`."""

    parts: Mapping[str, Both]

    def dump(self) -> dict[str, Any]:
        return {key: self.parts[key].dump() for key in PARTS}

    def require_whole(self) -> None:
        """Raises `Incomplete`."""
        missing = [
            f"{key}_{each}"
            for key in PARTS
            for each in LANGUAGES
            if not self.parts[key][each].strip()
        ]
        if missing:
            raise Incomplete(missing)


@dataclass(frozen=True)
class Told:
    """A letter in the reader's language."""

    title: str
    recipient: str
    contact: str
    changes: str
    rights: str
    reply_by: date
    asks: bool
    silence: str

    @property
    def parts(self) -> list[tuple[Any, str]]:
        return [(PARTS[key], getattr(self, key)) for key in PARTS]


def read(content: Mapping[str, Any]) -> Letter:
    return Letter({key: Both(**content[key]) for key in PARTS})


def proposed(transfer: Transfer) -> Letter:
    """Where an officer begins; the recipient's contact is for somebody to look up."""
    name = transfer.counterparty.name
    said: dict[str, dict[str, str]] = {key: {} for key in PARTS}
    for each in LANGUAGES:
        with override(TAGS[each]):
            said["recipient"][each] = name
            said["contact"][each] = ""
            said["changes"][each] = _changes()
            said["rights"][each] = _rights()
    return Letter({key: Both(**said[key]) for key in PARTS})


def _changes() -> str:
    return _(
        "您的保单由接收方承担全部责任，保险责任、保费和期限都不变。您的资料随保单一起交给接收方，"
        "只用于原来的用途；要用于别的，须另外征得您同意。"
    )


def _rights() -> str:
    return _(
        "您可以同意，也可以不同意。不同意的，您和与您同一保单的人都留在本公司，保单照样有效。"
        "冻结之前可以随时改主意；您仍可查阅、复制、更正资料，或提出投诉。"
    )


def told(batch: LetterBatch, *, asks: bool) -> Told:
    """In the language that is active."""
    tongue = language()
    letter = read(batch.content)
    return Told(
        title=_("您的保单将转由%(recipient)s承接")
        % {"recipient": letter.parts["recipient"][tongue]},
        **{key: letter.parts[key][tongue] for key in PARTS},
        reply_by=batch.reply_by,
        asks=asks,
        silence=silence(batch.transfer),
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
    until = _("请在 %(day)s 前登录客户服务答复。") % {"day": f"{batch.reply_by:%Y-%m-%d}"}
    safe = _("本信没有链接，请您自己打开客户服务。本公司不会为此索要密码、验证码或付款。")
    said = [found.title, *lines, until, *([found.silence] if found.asks else []), safe]
    return found.title, "\n\n".join(said)


def short(batch: LetterBatch) -> str:
    """For a short message, in the language that is active."""
    said = {"day": f"{batch.reply_by:%m-%d}"}
    return (
        _(
            "您的保单拟转由另一家保险公司承接。请在 %(day)s 前登录客户服务查看并答复。"
            "本公司不会为此索要密码、验证码或付款。"
        )
        % said
    )
