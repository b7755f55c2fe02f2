"""What customers read of an incident, in both languages: the six things of PIPL art. 57, and when it was.

People write the cause, the harm, what was done, what helps and whom to ask. When it happened and which of
her data it is about follow from the case.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from custodian import clock
from custodian.errors import CustodianError
from incidents.affected.labelling import label
from incidents.models import Incident, Kind, NoticeBatch
from records.notices.contents import LANGUAGES, TAGS, Both, language

LONGEST: Final = 2_000
PARTS: Final[Mapping[str, Any]] = {
    "cause": gettext_lazy("发生了什么、为什么"),
    "harm": gettext_lazy("可能有什么危害"),
    "done": gettext_lazy("我们做了什么"),
    "advice": gettext_lazy("您可以做什么"),
    "help": gettext_lazy("我们能帮您什么"),
    "contact": gettext_lazy("联系我们"),
}
LONG: Final = frozenset(PARTS) - {"contact"}
_CAUSES: Final[Mapping[str, Any]] = {
    Kind.INSIDER: gettext_lazy("本公司一名人员超出工作需要查看了客户信息，可能已提供给他人。"),
    Kind.DEVICE: gettext_lazy("一台存有或能够查看客户信息的设备遗失。"),
    Kind.PARTNER: gettext_lazy("与本公司合作的一家单位保存的客户信息可能泄露。"),
    Kind.MISDIRECTED: gettext_lazy("一份含有客户信息的文件误发给了无关的人。"),
    Kind.RANSOMWARE: gettext_lazy("本公司的系统受到勒索软件攻击，部分客户信息可能被他人取得。"),
    Kind.INTRUSION: gettext_lazy("有人侵入本公司的系统，部分客户信息可能被他人取得。"),
    Kind.TAMPERING: gettext_lazy("部分客户信息可能被人改动。"),
    Kind.LOSS: gettext_lazy("部分客户信息丢失或损坏。"),
    Kind.FRAUD_CALL: gettext_lazy("有人冒充本公司联系客户，可能掌握了部分客户信息。"),
    Kind.OTHER: gettext_lazy("部分客户信息可能泄露。"),
}


class Incomplete(CustodianError):
    """A part is missing in one language; `missing` has its keys (PIPL art. 57)."""

    code = "incident-notice-incomplete"
    status = 422
    message = gettext_lazy("告知信两种语言都要写全，才能提交复核")

    def __init__(self, missing: list[str]) -> None:
        self.missing = missing
        super().__init__()


@dataclass(frozen=True)
class Told:
    """A letter in the reader's language."""

    title: str
    parts: list[tuple[Any, str]]


def read(said: Mapping[str, Any]) -> dict[str, Both]:
    """The typed parts, by key, in their order."""
    return {key: Both(**said.get(key, {})) for key in PARTS}


def dump(parts: Mapping[str, Both]) -> dict[str, Any]:
    return {key: both.dump() for key, both in parts.items()}


def require_whole(parts: Mapping[str, Both]) -> None:
    """Raises `Incomplete`."""
    missing = [
        f"{key}_{each}"
        for key, both in parts.items()
        for each in LANGUAGES
        if not both[each].strip()
    ]
    if missing:
        raise Incomplete(missing)


def proposed(incident: Incident) -> dict[str, Both]:
    """Where a member begins; what was done in the case is for somebody to write."""
    said: dict[str, dict[str, str]] = {key: {} for key in PARTS}
    for each in LANGUAGES:
        with override(TAGS[each]):
            said["cause"][each] = str(_CAUSES[incident.kind])
            said["harm"][each] = _(
                "可能有人用这些信息冒充本公司或别的单位联系您，骗取密码、验证码或钱款。"
            )
            said["advice"][each] = _(
                "不要向任何来电或来信的人提供密码、验证码，也不要照他们的要求转账。接到可疑来电，"
                "挂断后打本公司客服电话核实。可以登录客户服务，查看谁看过您的资料。"
            )
            said["help"][each] = _(
                "需要更换手机号码、银行卡，或想知道您的资料被谁看过的，请联系我们，不收费用。"
            )
            said["done"][each] = ""
            said["contact"][each] = _("客服与投诉电话 %(line)s；个人信息保护负责人 %(officer)s") % {
                "line": settings.CUSTODIAN_COMPLAINT_LINE,
                "officer": settings.CUSTODIAN_DATA_PROTECTION_OFFICER,
            }
    return {key: Both(**both) for key, both in said.items()}


def title() -> str:
    return _("关于您的个人信息的安全通知")


def facts_of(incident: Incident) -> dict[str, str | None]:
    """The times, as they are put up with the words."""
    occurred = incident.occurred_at
    return {
        "occurred": clock.local(occurred).isoformat(timespec="minutes") if occurred else None,
        "aware": clock.local(incident.aware_at).isoformat(timespec="minutes"),
    }


def told(batch: NoticeBatch, *, clear: Collection[str], masked: Collection[str]) -> Told:
    """In the language that is active; of data codes alone, never a value."""
    tongue = language()
    typed = read(batch.parts)
    parts = [
        (_("什么时候"), _when(batch.facts)),
        (_("涉及您的哪些信息"), _kinds(clear, masked)),
        *((name, typed[key][tongue]) for key, name in PARTS.items()),
    ]
    return Told(title(), parts)


def _when(facts: Mapping[str, Any]) -> str:
    aware = _moment(facts["aware"])
    if facts["occurred"]:
        return _("%(occurred)s 发生，%(aware)s 本公司得知。") % {
            "occurred": _moment(facts["occurred"]),
            "aware": aware,
        }
    return _("发生时间还不清楚，%(aware)s 本公司得知。") % {"aware": aware}


def _moment(said: str) -> str:
    return f"{datetime.fromisoformat(said):%Y-%m-%d %H:%M}"


def _kinds(clear: Collection[str], masked: Collection[str]) -> str:
    joint = _("、")
    found = []
    if clear:
        found.append(joint.join(str(label(each)) for each in sorted(clear)))
    if masked:
        names = joint.join(str(label(each)) for each in sorted(masked))
        found.append(_("只看到一部分、其余遮住的：%(names)s") % {"names": names})
    return "\n".join(found)


def written(
    batch: NoticeBatch, *, clear: Collection[str], masked: Collection[str]
) -> tuple[str, str]:
    """Subject and text of an e-mail in the language that is active."""
    found = told(batch, clear=clear, masked=masked)
    lines = [f"{name}\n{text}" for name, text in found.parts]
    safe = _("本信没有链接，请您自己打开客户服务。本公司不会为此索要密码、验证码或付款。")
    return found.title, "\n\n".join([found.title, *lines, safe])


def short() -> str:
    """For a short message, in the language that is active."""
    name = settings.CUSTODIAN_INSURER_NAME[language()]
    return _(
        "%(insurer)s：您的部分个人信息可能泄露，请登录客户服务看安全通知。"
        "本公司不会为此索要密码、验证码或付款。"
    ) % {"insurer": name}
