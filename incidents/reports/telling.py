"""The facts of a report in words, each with where it comes from; in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from access.law import clock_words
from access.law import clocks as law
from custodian import elements
from incidents.affected.reading import EVERYTHING
from incidents.cases import assessing, playbooks, timeline
from incidents.cases.decisions import Decision
from incidents.models import AffectedList, Alert, Assessment, Kind, Severity
from records.matching import REF

SHOWN: Final = 16  # of a fingerprint, where the whole one stands beside it or in the file


@dataclass(frozen=True)
class Told:
    label: str
    value: str
    source: str
    known: bool = True


def facts(said: Mapping[str, Any]) -> list[Told]:
    """Of the `facts` of a report's content, in the order in which authorities ask."""
    return [
        Told(_("类型"), str(Kind(said["kind"]).label), _("案卷")),
        *_times(said["times"]),
        _known(said["known"]),
        *_people(said["people"]),
        _elements(said["elements"], said["people"]),
        *_levels(said["assessment"]),
    ]


def when(text: str | None) -> str:
    """A moment as it stands in the content, for people."""
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M} (UTC+8)" if text else _unknown()


def _unknown() -> str:
    return _("尚不清楚")


def _times(said: Mapping[str, str | None]) -> list[Told]:
    source = _("案卷的时间认定")
    rows = [
        Told(_("发生时间"), when(said["occurred"]), source, known=bool(said["occurred"])),
        Told(_("知悉时间"), when(said["aware"]), source),
    ]
    if said["handled"]:
        rows.append(Told(pgettext("报告", "处置结束"), when(said["handled"]), _("案卷")))
    return rows


def _known(said: Mapping[str, Any]) -> Told:
    if not said["by"]:
        return Told(_("怎样知悉"), _("没有告警，直接立案"), _("案卷"))
    by = Alert.Source(said["by"]).label
    source = _("并入的告警 %(n)s 条") % {"n": said["alerts"]}
    return Told(_("怎样知悉"), f"{by} · {when(said['at'])}", source)


def _people(said: Mapping[str, Any]) -> list[Told]:
    """Unknown is said as unknown, and so is a list that is still being reckoned."""
    if said["customers"] is None:
        why = _("名单还在核算") if said["reckoning"] else _("还没有核算受影响名单")
        return [Told(_("受影响客户"), _unknown(), why, known=False)]
    lists = _("、").join(
        f"{AffectedList.By(each['by']).label} {each['customers']:,} (SHA-256 {_short(each['sha256'])})"
        for each in said["lists"]
    )
    source = _("受影响名单中最大的一份；%(lists)s") % {"lists": lists}
    if said["reckoning"]:
        source = _("%(source)s；另有 %(n)s 份还在核算") % {"source": source, "n": said["reckoning"]}
    return [
        Told(_("受影响客户"), f"{said['customers']:,}", source),
        Told(_("其中敏感信息以明文返回"), f"{said['sensitive']:,}", source),
    ]


def _short(digest: str) -> str:
    """Its beginning, in fours as people compare them."""
    return " ".join(digest[at : at + 4] for at in range(0, SHOWN, 4)).strip()


def _elements(said: Sequence[Mapping[str, Any]], people: Mapping[str, Any]) -> Told:
    source = _("受影响名单；每项取各名单中最大的数")
    if not said:
        known = people["customers"] is not None
        return Told(
            pgettext("报告", "信息项"), _("没有") if known else _unknown(), source, known=known
        )
    told = [
        _("%(name)s %(clear)s（另只见掩码 %(masked)s）")
        % {
            "name": element(each["code"]),
            "clear": f"{each['clear']:,}",
            "masked": f"{each['masked']:,}",
        }
        for each in said
    ]
    return Told(pgettext("报告", "信息项"), _("、").join(told), source)


def element(code: str) -> str:
    if code == EVERYTHING:
        return _("全部移交的资料")
    if code == REF:
        return _("客户编号")
    try:
        return str(elements.get(code).label)
    except KeyError:
        return code


def _levels(said: Mapping[str, Any] | None) -> list[Told]:
    if said is None:
        why = _("还没有评定")
        names = (_("金融监管分级"), _("网信分级"), _("属于"))
        return [Told(each, _unknown(), why, known=False) for each in names]
    source = _("两人评定，%(at)s 通过") % {"at": when(said["made"])}
    occasions = _("、").join(str(assessing.occasion(each)) for each in said["occasions"])
    return [
        Told(_("金融监管分级"), str(Severity(said["severity"]).label), f"CN-NFRA-SEV · {source}"),
        Told(_("网信分级"), str(Severity(said["level"]).label), f"CN-CSI-THR · {source}"),
        Told(_("属于"), occasions, source),
        Told(_("系统性质"), str(Assessment.Operator(said["operator"]).label), source),
    ]


def progress(said: Mapping[str, Any]) -> list[Told]:
    """How far handling has come, and what was told before."""
    rows = [
        Told(_("已办的处置步骤"), _steps(said["done"]), _("案卷任务")),
        Told(_("待办的处置步骤"), _steps(said["open"]), _("案卷任务")),
    ]
    if said["decided"]:
        told = _("、").join(
            f"{Decision(each['decision']).label} {when(each['at'])}" for each in said["decided"]
        )
        rows.append(Told(pgettext("报告", "两人作出的决定"), told, _("案卷时间线")))
    if said["cut"]:
        told = _("、").join(f"{timeline.CUT_THINGS[each]} {n}" for each, n in said["cut"].items())
        rows.append(Told(_("已停止访问"), told, _("案卷时间线")))
    if said["filed"]:
        rows.append(Told(_("此前报送"), _("、").join(map(_filed, said["filed"])), _("报送登记")))
    return rows


def _steps(codes: Sequence[str]) -> str:
    return _("、").join(map(_step, codes)) or _("没有")


def _step(code: str) -> str:
    """By its code where the playbook has dropped it since."""
    try:
        return str(playbooks.step(code))
    except (KeyError, StopIteration):
        return code


def _filed(said: Mapping[str, Any]) -> str:
    name = clock_words.name(law.of(said["rule"]))
    version = _("第 %(n)s 版") % {"n": said["version"]}
    return " ".join(filter(None, (name, version, when(said["at"]), said["reference"])))
