"""Signals and lines of a case in words: every number that made a rule speak is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from access.models import User
from custodian import elements
from incidents.fraud.investigating import THINGS
from incidents.fraud.rules import book
from incidents.models import FraudCase, FraudEntry, FraudSignal

Facts = Mapping[str, Any]


def rule(code: str) -> str:
    """A rule that is no longer in the file keeps its code."""
    return str(book().rules.get(code, code))


def signal(row: FraudSignal) -> str:
    tell = _TOLD.get(row.rule)
    return tell(row.facts) if tell else ""


def _early(facts: Facts) -> str:
    days = int(facts["days"])
    words = ngettext(
        "保单 %(begun)s 生效，第 %(days)s 天出险", "保单 %(begun)s 生效，第 %(days)s 天出险", days
    )
    return words % {"begun": facts["begun"], "days": days}


def _many(facts: Facts) -> str:
    said = {"n": facts["claims"], "refs": _list(facts["refs"])}
    return _("窗口内共 %(n)s 件：%(refs)s") % said


def _shared(facts: Facts) -> str:
    return _("相同的客户：%(refs)s") % {"refs": _list(facts["customers"])}


def _same(facts: Facts) -> str:
    return _("相同材料所在赔案：%(refs)s") % {"refs": _list(facts["refs"])}


def _doubts(facts: Facts) -> str:
    said = []
    if facts["flags"]:
        said.append(_("联系方式存疑 %(n)s 项") % {"n": facts["flags"]})
    if facts["merges"]:
        said.append(_("未了结的疑似重复：%(refs)s") % {"refs": _list(facts["merges"])})
    return " · ".join(said)


def _cluster(facts: Facts) -> str:
    """Every step, so that anybody can reckon it anew."""
    return _(
        "%(who)s 名下 %(policies)s 份保单有 %(early)s 件早期理赔。同机构其他人 %(others)s 份中有 "
        "%(others_early)s 份，比例 (%(others_early)s + 1) / (%(others)s + 1) = %(base)s；"
        "预期 %(policies)s × %(base)s = %(expected)s，倍数 %(early)s / %(expected)s = %(lift)s"
    ) % {**facts, "who": _who(facts)}


def _staff(facts: Facts) -> str:
    return _("人员：%(who)s") % {"who": _who(facts)}


def _lists(facts: Facts) -> str:
    said = []
    for each in facts["lists"]:
        code, _slash, element = each.partition("/")
        said.append(f"{code} {elements.get(element).label}")
    return _("共享资料：%(refs)s") % {"refs": _list(said)}


_TOLD: Final[Mapping[str, Callable[[Facts], str]]] = {
    "early-claim": _early,
    "many-claims": _many,
    "shared-account": _shared,
    "shared-phone": _shared,
    "same-document": _same,
    "identity-doubt": _doubts,
    "agent-cluster": _cluster,
    "own-agent": _staff,
    "staff-contact": _staff,
    "shared-list": _lists,
}


def _who(facts: Facts) -> str:
    return str(User.objects.filter(pk=facts["operator"]).first() or "—")


def _list(refs: Any) -> str:
    return pgettext("列举", "、").join(refs)


def entry(row: FraudEntry) -> str:
    """What an act was about, beside what somebody wrote to it."""
    facts, what = row.facts, FraudEntry.What
    if row.what in {what.OPENED, what.SIGNAL}:
        rules = _list([rule(each) for each in facts.get("rules", ())])
        return f"{rules} · {facts['sum']}" if "sum" in facts else rules
    if row.what == what.LINK:
        return f"{THINGS[facts['kind']]} {facts['name']}"
    if row.what == what.SUPPRESSED:
        return f"{rule(facts['rule'])} → {facts['until']}"
    if row.what == what.CONCLUDED:
        said = [FraudCase.Outcome(facts["outcome"]).label]
        said += [FraudCase.Measure(each).label for each in facts["measures"]]
        return _list([str(each) for each in said])
    named = ("person", "title", "name", "claim", "shared")
    return next((str(facts[each]) for each in named if each in facts), "")
