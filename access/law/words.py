"""Clauses, marks, periods and rules of retention in words, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from custodian.regimes.packs import Clause, Mark, RetentionRule, Trigger, load
from custodian.regimes.periods import Period

KINDS: Mapping[str, Any] = {
    "identity": gettext_lazy("身份信息"),
    "financial": gettext_lazy("财务信息"),
    "policy": gettext_lazy("保单信息"),
    "claim": gettext_lazy("理赔资料"),
    "document": gettext_lazy("客户文件"),
    "request": pgettext_lazy("列表", "客户申请"),
    "correction": gettext_lazy("更正申请"),
    "former": gettext_lazy("更正前的内容"),
    "consent": pgettext_lazy("列表", "同意记录"),
    "published": pgettext_lazy("列表", "公开文本"),
    "querylog": gettext_lazy("查询日志"),
    "export": gettext_lazy("导出登记"),
    "approval": gettext_lazy("审批记录"),
    "finding": pgettext_lazy("列表", "审计发现"),
    "incident": gettext_lazy("事件记录"),
    "training": gettext_lazy("培训记录"),
    "audit_report": gettext_lazy("审计报告"),
    "certificate": gettext_lazy("销毁凭证"),
    "sharing": gettext_lazy("提供与委托记录"),
    "assessment": gettext_lazy("影响评估与处理记录"),
    "recording": gettext_lazy("销售录音录像"),
    "complaint": gettext_lazy("投诉记录"),
    "sanction": gettext_lazy("责任追究记录"),
    "deal_room": gettext_lazy("转让资料室副本"),
    "compliance_evidence": gettext_lazy("合规证明材料"),
}
TRIGGERS: Mapping[Trigger, Any] = {
    Trigger.CONTRACT_TERMINATED: gettext_lazy("合同终止"),
    Trigger.RELATIONSHIP_ENDED: gettext_lazy("业务关系结束"),
    Trigger.TRANSACTION: gettext_lazy("交易结束"),
    Trigger.CLAIM_CLOSED: gettext_lazy("理赔结案"),
    Trigger.CONSENT_WITHDRAWN: gettext_lazy("撤回同意"),
    Trigger.LAST_CONTACT: gettext_lazy("最后一次联系"),
    Trigger.HANDED_OVER: gettext_lazy("移交其他保险公司"),
    Trigger.CREATED: gettext_lazy("形成之日"),
    Trigger.CLOSED: pgettext_lazy("起算", "办结"),
}
TERMS: Mapping[str, Any] = {
    "short": gettext_lazy("合同期限一年以下"),
    "long": gettext_lazy("合同期限超过一年"),
}
MARK_WORDS: Mapping[Mark, Any] = {
    Mark.READ: gettext_lazy("原文已核"),
    Mark.SECONDARY: gettext_lazy("转引"),
    Mark.UNCONFIRMED: gettext_lazy("待核"),
    Mark.DEFAULT: gettext_lazy("本公司默认"),
}
MEANINGS: Mapping[Mark, Any] = {
    Mark.READ: gettext_lazy("读过法律或官方文本原文"),
    Mark.SECONDARY: gettext_lazy("读过引用该条文的文章，没有读原文"),
    Mark.UNCONFIRMED: gettext_lazy("还没有人核对；只作为可修改的默认，不当作法律"),
    Mark.DEFAULT: gettext_lazy("本公司自己的选择，不是法律"),
}
# A number of a document or a standard stands as it is; the name of a law stands in book-title marks.
_A_NUMBER = re.compile(r"[〔/]|^(?:GB|JR|SI)\b")


def english() -> bool:
    return (get_language() or "").startswith("en")


def law_of(clause: Clause) -> str:
    """《保险法》 / Insurance Law."""
    if english():
        return clause.law_en
    return clause.law if _A_NUMBER.search(clause.law) else f"《{clause.law}》"


def article_of(clause: Clause) -> str:
    return clause.article_en if english() else clause.article


def cite(clause: Clause) -> str:
    """《保险法》第八十七条 / Insurance Law, art. 87."""
    joint = ", " if english() else "" if clause.article.startswith("第") else " "
    return f"{law_of(clause)}{joint}{article_of(clause)}"


def says(clause: Clause) -> str:
    return clause.says_en if english() else clause.says


def source(clause: Clause) -> str:
    """Where it was read."""
    return clause.source_en if english() else clause.source


def regime_title(regime: str) -> str:
    found = load(regime)
    return found.title_en if english() else found.title


def mark_key(mark: Mark | str) -> str:
    """The component's word for a mark: `V1`, `V2`, `M` or `default`."""
    return "default" if mark == Mark.DEFAULT else str(mark)


def period(found: Period) -> str:
    """`10y` as 10 年 / 10 years."""
    if found.days:
        return ngettext("%(n)s 天", "%(n)s 天", found.days) % {"n": found.days}
    if not found.months:
        return pgettext("期限", "立即")
    if found.months % 12:
        return ngettext("%(n)s 个月", "%(n)s 个月", found.months) % {"n": found.months}
    years = found.months // 12
    return ngettext("%(n)s 年", "%(n)s 年", years) % {"n": years}


def kinds(codes: Iterable[str]) -> str:
    """身份信息、客户文件 / Identity data, customer documents."""
    first, *more = (str(KINDS[each]) for each in codes)
    return _("、").join([first, *(f"{each[:1].lower()}{each[1:]}" for each in more)])


def what(rule: RetentionRule) -> str:
    """What the rule is about, and of which contracts."""
    said = kinds(rule.about)
    if term := rule.when.get("term"):
        return _("%(what)s（%(when)s）") % {"what": said, "when": TERMS[term]}
    return said


def counted(rule: RetentionRule) -> str:
    """自合同终止起 10 年 / 10 years from the end of the contract."""
    event = {"event": TRIGGERS[rule.trigger], "period": period(rule.period)}
    if goes_at_once(rule):
        return _("%(event)s后立即删除") % event
    return _("自%(event)s起 %(period)s") % event


def goes_at_once(rule: RetentionRule) -> bool:
    return rule.period == Period()


def turned(before: Period, after: Period) -> str:
    """5 年 → 8 年, or only the one that stays."""
    return period(after) if before == after else f"{period(before)} → {period(after)}"


def mark_word(mark: Mark | str) -> str:
    return str(MARK_WORDS[Mark(mark)])


def turned_mark(before: Mark | str, after: Mark | str) -> str:
    was, becomes = mark_word(before), mark_word(after)
    return becomes if was == becomes else f"{was} → {becomes}"
