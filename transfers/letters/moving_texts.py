"""The seller's letter: who takes over, what changes, her rights, and until when she may answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from records.notices.contents import LANGUAGES, TAGS
from transfers.models import Transfer

PARTS: Final[Mapping[str, Any]] = {
    "recipient": gettext_lazy("接收方名称"),
    "contact": gettext_lazy("接收方联系方式"),
    "changes": gettext_lazy("有什么变化"),
    "rights": gettext_lazy("您的权利"),
}
LONG: Final = frozenset({"changes", "rights"})


def proposed(transfer: Transfer) -> dict[str, dict[str, str]]:
    """The recipient's contact is for somebody to look up."""
    said: dict[str, dict[str, str]] = {key: {} for key in PARTS}
    for each in LANGUAGES:
        with override(TAGS[each]):
            said["recipient"][each] = transfer.counterparty.name
            said["contact"][each] = ""
            said["changes"][each] = _(
                "您的保单由接收方承担全部责任，保险责任、保费和期限都不变。您的资料随保单一起交给接收方，"
                "只用于原来的用途；要用于别的，须另外征得您同意。"
            )
            said["rights"][each] = _(
                "您可以同意，也可以不同意。不同意的，您和与您同一保单的人都留在本公司，保单照样有效。"
                "冻结之前可以随时改主意；您仍可查阅、复制、更正资料，或提出投诉。"
            )
    return said


def title(said: Mapping[str, str]) -> str:
    return _("您的保单将转由%(recipient)s承接") % {"recipient": said["recipient"]}


def until(day: date) -> str:
    return _("请在 %(day)s 前登录客户服务答复。") % {"day": f"{day:%Y-%m-%d}"}


def short(day: date) -> str:
    return _(
        "您的保单拟转由另一家保险公司承接。请在 %(day)s 前登录客户服务查看并答复。"
        "本公司不会为此索要密码、验证码或付款。"
    ) % {"day": f"{day:%m-%d}"}
