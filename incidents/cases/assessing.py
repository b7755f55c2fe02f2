"""How bad an incident is: counted where it can be, asked where not, and approved by another member."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access import approvals, proposals
from access.actors import Actor
from access.law import reading
from access.models import Approval
from custodian import elements
from custodian.errors import CustodianError
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
    message = _("按受影响人数，网信分级不能低于系统算出的级别")


def counted(incident: Incident) -> dict[str, Any]:
    """From the lists of the case: the largest of them, because lists overlap and are not added up."""
    lists = [each for each in incident.affected.all() if each.customers is not None]
    people = max((each.customers or 0 for each in lists), default=0)
    sensitive = max((_sensitive(each.elements) for each in lists), default=0)
    levels = [Severity(each.level(people)) for each in reading.pack().ladders.values()]
    level = max(levels, key=ORDER.index, default=Severity.ORDINARY)
    return {
        "lists": len(lists),
        "customers": people,
        "sensitive": sensitive,
        "level": level.value,
    }


def floors() -> str:
    """From how many people on the level is at least which, in words."""
    said = [
        f"{Severity(level).label} ≥ {number:,}"
        for ladder in reading.pack().ladders.values()
        for level, number in ladder.people.items()
    ]
    return gettext("按个人信息泄露人数：%(levels)s") % {"levels": " · ".join(said)} if said else ""


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
    """Of occasions, severity, level, operator, reason. Raises `BelowCount`, `Pending`, `Observes`, `Over`."""
    with held(incident) as row:
        require_work(row, actor)
        if proposals.waiting(KIND, incident=row.code) is not None:
            raise Pending
        numbers = counted(row)
        if ORDER.index(Severity(said["level"])) < ORDER.index(Severity(numbers["level"])):
            raise BelowCount
        payload = {"incident": row.code, **said, "counted": numbers}
        return put_up(KIND, payload, actor)


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
            (_("计数"), [told]),
            (_("理由"), [payload["reason"]]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        row, said = self.held(approval, actor), approval.payload
        names = ("occasions", "severity", "level", "operator", "counted", "reason")
        Assessment.objects.create(
            incident=row, approval=approval, **{name: said[name] for name in names}
        )
        facts = {"severity": said["severity"], "level": said["level"]}
        what = TimelineEntry.What.ASSESSED
        timeline.write(row, what, actor=actor, text=said["reason"], facts=facts)
        clocks.sync(row)


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
