"""Retention in words: rules with their clause and mark, events, states, and why something is still used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from custodian.regimes import packs
from custodian.regimes.packs import Clause, Mark, RetentionRule, Trigger
from custodian.regimes.periods import Period
from records.models import Keeping
from records.retention.deciding import Reason, Use

KINDS: Final[Mapping[str, Any]] = {
    "identity": gettext_lazy("身份资料"),
    "financial": gettext_lazy("财务资料"),
    "policy": gettext_lazy("保单资料"),
    "claim": gettext_lazy("理赔资料"),
    "document": gettext_lazy("客户文件"),
}
STATES: Final[Mapping[str, Any]] = dict(Keeping.State.choices)
GONE: Final = gettext_lazy("已销毁")
TONES: Final[Mapping[str, str]] = {
    "in_use": "ok", "restricted": "warn", "undated": "danger", "due": "danger",
}  # fmt: skip
TRIGGERS: Final[Mapping[Trigger, Any]] = {
    Trigger.CONTRACT_TERMINATED: gettext_lazy("合同终止"),
    Trigger.RELATIONSHIP_ENDED: gettext_lazy("业务关系结束"),
    Trigger.TRANSACTION: gettext_lazy("最后一笔交易"),
    Trigger.CLAIM_CLOSED: gettext_lazy("理赔结案"),
    Trigger.CONSENT_WITHDRAWN: gettext_lazy("撤回同意"),
    Trigger.LAST_CONTACT: gettext_lazy("最后联系"),
    Trigger.CREATED: gettext_lazy("形成之日"),
}
USES: Final[Mapping[str, Any]] = {
    "contract": gettext_lazy("保单有效"),
    "claim": gettext_lazy("理赔未结"),
    "prospect": gettext_lazy("尚在联系期内，没有保单"),
}
TERMS: Final[Mapping[str, Any]] = {
    "short": gettext_lazy("合同期限一年以下"),
    "long": gettext_lazy("合同期限超过一年"),
}


@dataclass(frozen=True)
class Source:
    """Where a rule comes from: its clause as people cite it, and how sure that is."""

    code: str  # of the clause; empty for the insurer's own choice
    text: str
    mark: str  # as the component of the visual language names it


@dataclass(frozen=True)
class ToldRule:
    """A rule as a line of the schedule."""

    rule: RetentionRule
    about: str
    trigger: Any
    period: str
    source: Source
    binding: bool


@dataclass(frozen=True)
class ToldReason:
    """One rule that applies to a holding, and the last day it gives."""

    source: Source
    trigger: Any
    about: str
    since: date | None
    period: str
    until: date | None


def rule(found: RetentionRule) -> ToldRule:
    about = _("、").join(str(KINDS.get(each, each)) for each in found.about)
    if term := found.when.get("term"):
        about = _("%(what)s（%(when)s）") % {"what": about, "when": TERMS[term]}
    return ToldRule(
        found, about, TRIGGERS[found.trigger], period(found.period), source(found), found.binding
    )


def reason(found: Reason) -> ToldReason:
    return ToldReason(
        source(found.rule),
        TRIGGERS[found.event.trigger],
        found.event.about,
        found.event.on,
        period(found.rule.period),
        found.until,
    )


def source(found: RetentionRule) -> Source:
    clause = packs.load(found.regime).clauses.get(found.clause)
    mark = "default" if found.mark is Mark.DEFAULT else found.mark.value
    return Source(found.clause, cite(clause) if clause else "", mark)


def of_code(code: str) -> Source:
    """A rule by its code, as rows and certificates keep it; one that is gone is its code."""
    found = packs.load("cn").retention.get(code)
    return source(found) if found else Source("", code, "default")


def cite(clause: Clause) -> str:
    law = clause.law_en if (get_language() or "").startswith("en") else f"《{clause.law}》"
    return f"{law} {clause.article}"


def period(found: Period) -> str:
    if found.days:
        return ngettext("%(n)s 天", "%(n)s 天", found.days) % {"n": found.days}
    if not found.months:
        return _("立即")
    if found.months % 12:
        return ngettext("%(n)s 个月", "%(n)s 个月", found.months) % {"n": found.months}
    years = found.months // 12
    return ngettext("%(n)s 年", "%(n)s 年", years) % {"n": years}


def uses(found: Sequence[Use]) -> list[tuple[Any, list[str]]]:
    """Each kind of use with the policies or claims that make it, by reference."""
    said: dict[str, list[str]] = {}
    for each in found:
        said.setdefault(each.because, [])
        if each.about:
            said[each.because].append(each.about)
    return [(USES.get(code, code), sorted(set(abouts))) for code, abouts in said.items()]
