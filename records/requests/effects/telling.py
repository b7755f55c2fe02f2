"""Outcomes of requests in words, in the reader's language, from the codes that were kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from access.law.words import english
from access.vocabulary import Purpose
from custodian import clock
from custodian.regimes.packs import Trigger
from records.consents import asking
from records.own_data import files
from records.retention import telling

FATES: Mapping[str, Any] = {
    "goes": gettext_lazy("不再需要，列入下一批销毁"),
    "kept": gettext_lazy("法律要求继续保存；只存不用"),
    "undated": gettext_lazy("保存期的起算日待查明；查明之前只存不用"),
    "held": gettext_lazy("因法律保留暂不能销毁；只存不用"),
    "used": gettext_lazy("还在使用，不能删除"),
}
TONES: Mapping[str, str] = {"goes": "ok", "kept": "warn", "undated": "warn", "held": "warn"}


@dataclass(frozen=True)
class Thing:
    """What became of one thing of hers."""

    kind: Any
    name: str
    fate: Any
    tone: str
    until: date | None = None
    source: Any = None  # the rule that says so, with its mark
    uses: list[tuple[Any, list[str]]] = field(default_factory=list)


def things(outcome: Mapping[str, Any]) -> list[Thing]:
    """Of a deletion: what goes, what stays, until when and by which rule."""
    told = outcome.get("things", [])
    sources = telling.of_codes([each["rule"] for each in told if each.get("rule")])
    return [
        Thing(
            telling.KINDS.get(each["kind"], each["kind"]),
            each.get("name", ""),
            FATES.get(each["fate"], each["fate"]),
            TONES.get(each["fate"], ""),
            date.fromisoformat(each["until"]) if each.get("until") else None,
            sources.get(each.get("rule", "")),
            [(telling.USES.get(code, code), names) for code, names in each.get("uses", [])],
        )
        for each in told
    ]


def sentences(outcome: Mapping[str, Any]) -> list[str]:
    """What else became of it, one sentence each."""
    said = []
    if kinds := outcome.get("restricted"):
        names = _("、").join(str(telling.KINDS.get(each, each)) for each in kinds)
        said.append(_("已限制处理：%(what)s。只存不用，直到您要求解除。") % {"what": names})
    if purpose := outcome.get("objected"):
        label = dict(Purpose.choices).get(purpose, purpose)
        said.append(_("不再为“%(purpose)s”使用您的资料。") % {"purpose": label})
    if outcome.get("withdrawn"):
        said.append(_("已记下您撤回同意；以同意为依据的资料不再使用。"))
    if ended := asking.names(outcome.get("consents", ())):
        said.append(_("撤回的是：%(what)s。") % {"what": _("、").join(ended)})
    if outcome.get("copies"):
        said.append(_ready_words(outcome.get("until", "")))
    if export := outcome.get("export"):
        words = _("已按您的申请交给您指定的公司：%(day)s，登记编号 %(code)s。")
        said.append(words % {"day": _day(outcome.get("on", "")), "code": export})
    if same := outcome.get("same_as"):
        said.append(_("已并入先前的申请 %(ref)s。") % {"ref": same})
    return said


def _ready_words(until: str) -> str:
    day = _day(until)
    if not day:
        return _("副本已备好。")
    return _("副本已备好，%(day)s前可下载一次。过期的请重新索取。") % {"day": day}


def _day(said: str) -> str:
    """A day as codes keep it, or a moment, in the reader's words."""
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        return ""
    day = clock.local(moment).date() if moment.tzinfo else moment.date()
    return files.day_in_words(day, "en" if english() else "zh")


def trigger(code: str) -> Any:
    return telling.TRIGGERS[Trigger(code)]


def failed(facts: Mapping[str, Any]) -> str:
    said = _("客户申请 %(request)s 已决定，但多次没有办成：%(note)s")
    return said % {"request": facts["request"], "note": facts.get("note") or pgettext("缺省", "无")}
