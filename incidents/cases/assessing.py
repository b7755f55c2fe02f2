"""How bad an incident is: counted where it can be, asked where not, and approved by another member."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from access import approvals, proposals
from access.actors import Actor
from access.law import reading
from access.models import Approval
from custodian import elements
from custodian.errors import CustodianError
from custodian.regimes.ladders import EVERYWHERE, Circumstance
from incidents.affected.reading import EVERYTHING
from incidents.cases import clocks, timeline
from incidents.cases.decisions import CaseKind, Pending, put_up
from incidents.cases.standing import held, require_work
from incidents.models import Assessment, Incident, Severity, TimelineEntry

KIND: Final = "incident-assess"
ORDER: Final = (Severity.ORDINARY, Severity.SIGNIFICANT, Severity.MAJOR, Severity.CRITICAL)


class BelowCount(CustodianError):
    """The numbers alone demand a higher level."""

    code = "incident-below-count"
    message = _("按人数、损失和中断时间，网信分级不能低于系统算出的级别")


class BelowCircumstance(CustodianError):
    """A circumstance that applies demands a higher level."""

    code = "incident-below-circumstance"
    message = _("按勾选的情形，金融监管分级不能低于附件规定的级别")


def counted(incident: Incident) -> dict[str, Any]:
    """From the lists of the case: the largest of them, because lists overlap and are not added up."""
    lists = [each for each in incident.affected.all() if each.customers is not None]
    people = max((each.customers or 0 for each in lists), default=0)
    sensitive = max((_sensitive(each.elements) for each in lists), default=0)
    return {
        "lists": len(lists),
        "customers": people,
        "sensitive": sensitive,
        "level": floor({"people": people}, "").value,
    }


def floor(numbers: Mapping[str, int], operator: str) -> Severity:
    """The lowest level that the numbers of a case allow, by measure."""
    reached = (
        Severity(each.level(numbers.get(each.of) or 0))
        for each in reading.pack().ladders.values()
        if each.only in {EVERYWHERE, operator}
    )
    return max(reached, key=ORDER.index, default=Severity.ORDINARY)


def floors(measure: str) -> str:
    """From which number of this measure on the level is at least which, in words; else empty."""
    return " · ".join(
        f"{Severity(level).label} ≥ {number:,}"
        for ladder in reading.pack().ladders.values()
        for level, number in ladder.bounds.items()
        if ladder.of == measure
    )


def circumstances() -> dict[str, Circumstance]:
    """What the regime in force describes without numbers, by code."""
    return dict(reading.pack().circumstances)


def says(row: Circumstance) -> str:
    return row.says_en if get_language() == "en" else row.says


def _sensitive(found: Mapping[str, Sequence[int]]) -> int:
    """How many had at least one sensitive element returned in clear, at the least."""
    numbers = [clear for code, (clear, _masked) in found.items() if _is_sensitive(code)]
    return max(numbers, default=0)


def _is_sensitive(code: str) -> bool:
    if code == EVERYTHING:
        return True
    try:
        return elements.get(code).sensitive
    except KeyError:
        return False


def ask(incident: Incident, said: Mapping[str, Any], *, actor: Actor) -> Approval:
    """Of occasions, severity, level, operator, reason; loss, outages and circumstances where there are any.

    Raises `BelowCount`, `BelowCircumstance`, `Pending`, `Observes`, `Over`.
    """
    with held(incident) as row:
        require_work(row, actor)
        if proposals.waiting(KIND, incident=row.code) is not None:
            raise Pending
        numbers = {**counted(row), **_told(said)}
        _require_level(said, numbers)
        judged = {name: said[name] for name in JUDGED}
        return put_up(KIND, {"incident": row.code, **judged, "counted": numbers}, actor)


JUDGED: Final = ("occasions", "severity", "level", "operator", "reason")
TOLD: Final = ("loss", "outage", "main_outage")


def _told(said: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers that no list counts, and what applies of the regime's circumstances."""
    known = circumstances()
    applies = [each for each in said.get("circumstances") or () if each in known]
    numbers = {name: said[name] for name in TOLD if said.get(name) is not None}
    return {**numbers, **({"circumstances": applies} if applies else {})}


def _require_level(said: Mapping[str, Any], numbers: Mapping[str, Any]) -> None:
    measured = {"people": numbers["customers"], **{name: numbers.get(name, 0) for name in TOLD}}
    if ORDER.index(Severity(said["level"])) < ORDER.index(floor(measured, said["operator"])):
        raise BelowCount
    known = circumstances()
    least = [Severity(known[each].level) for each in numbers.get("circumstances", ())]
    if any(ORDER.index(Severity(said["severity"])) < ORDER.index(each) for each in least):
        raise BelowCircumstance


class _Assess(CaseKind):
    label = _("事件评定")

    def _words(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        numbers = payload["counted"]
        told = gettext("%(n)s 名客户受影响，其中敏感信息 %(sensitive)s 名（按名单）") % {
            "n": f"{numbers['customers']:,}",
            "sensitive": f"{numbers['sensitive']:,}",
        }
        return [
            (_("属于"), [occasion(each) for each in payload["occasions"]]),
            (_("金融监管分级"), [Severity(payload["severity"]).label]),
            (_("网信分级"), [Severity(payload["level"]).label]),
            (_("系统性质"), [Assessment.Operator(payload["operator"]).label]),
            (_("计数"), [told, *told_numbers(numbers)]),
            (_("符合的情形"), told_circumstances(numbers)),
            (_("理由"), [payload["reason"]]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        row, said = self.held(approval, actor), approval.payload
        names = (*JUDGED, "counted")
        Assessment.objects.create(
            incident=row, approval=approval, **{name: said[name] for name in names}
        )
        facts = {"severity": said["severity"], "level": said["level"]}
        what = TimelineEntry.What.ASSESSED
        timeline.write(row, what, actor=actor, text=said["reason"], facts=facts)
        clocks.sync(row)


def told_numbers(kept: Mapping[str, Any]) -> list[str]:
    """The loss and the outages of an assessment, in words; those of before these were asked have none."""
    words = {
        "loss": gettext("直接经济损失 %(n)s 元"),
        "outage": gettext("整体中断 %(n)s 分钟"),
        "main_outage": gettext("主要功能中断 %(n)s 分钟"),
    }
    return [words[name] % {"n": f"{kept[name]:,}"} for name in TOLD if kept.get(name) is not None]


def told_circumstances(kept: Mapping[str, Any]) -> list[str]:
    known = circumstances()
    return [says(known[each]) for each in kept.get("circumstances") or () if each in known]


OCCASIONS: Final = {
    "data_incident": _("数据安全事件"),
    "cyber_incident": _("网络安全事件"),
    "pi_breach": _("个人信息泄露、篡改、丢失"),
    "ict_incident": _("重大 ICT 事件（欧盟）"),
    "pboc_incident": _("央行业务领域事件"),
    "extortion_paid": _("支付了勒索款项"),
}


def occasion(code: str) -> Any:
    return OCCASIONS.get(code, code)


def ready() -> None:
    approvals.register(KIND, _Assess())
