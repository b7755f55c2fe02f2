"""Every night: a finding for each processing that goes on without an assessment in force, told once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from access import actors, scopes
from access.findings import raise_finding, settle
from access.models import Finding
from access.models.findings import TELLERS
from access.vocabulary import Channel
from records.assessments import owing, things
from records.assessments.owing import Owing
from records.assessments.writing import SYSTEM

KIND: Final = "impact-assessment"
LATE: Final = "assessment-condition"
Severity, Status = Finding.Severity, Finding.Status


def carry_out() -> int:
    """How many findings were new. Those whose cause is gone are settled."""
    with scopes.acting(actors.system(SYSTEM)):
        lacking = {(each.thing.kind, each.thing.code): each for each in owing.lacking()}
        late = {str(each.pk): each for each in owing.late_conditions()}
        with transaction.atomic():
            raised = sum(_tell(each) for each in lacking.values())
            raised += sum(_tell_late(each) for each in late.values())
        for finding in Finding.objects.filter(kind__in=(KIND, LATE), status=Status.OPEN):
            facts = finding.facts
            there = (
                (facts["about"], facts["code"]) in lacking
                if finding.kind == KIND
                else facts["condition"] in late
            )
            if not there:
                settle(finding, channel=Channel.TASK, actor=actors.system(SYSTEM))
    return raised


def _tell(each: Owing) -> bool:
    about = {"about": each.thing.kind, "code": each.thing.code}
    if _stands(KIND, about):
        return False
    severity = Severity.HIGH if each.sensitive else Severity.MEDIUM
    raise_finding(KIND, severity=severity, facts={**about, "name": each.thing.said})
    return True


def _tell_late(condition: Any) -> bool:
    about = {"condition": str(condition.pk)}
    if _stands(LATE, about):
        return False
    facts = {
        **about,
        "assessment": str(condition.assessment),
        "number": condition.number,
        "due": condition.due_on.isoformat(),
    }
    raise_finding(LATE, severity=Severity.MEDIUM, facts=facts)
    return True


def _stands(kind: str, about: Mapping[str, str]) -> bool:
    """Whether it was told already, and is open or was judged: only what was settled may come back."""
    known = Finding.objects.filter(kind=kind, facts__contains=about)
    return known.exclude(verdict=Finding.Verdict.SETTLED).exists()


def told(facts: Mapping[str, Any]) -> str:
    thing = things.find(facts["about"], facts["code"])
    said = {
        "label": things.label_of(facts["about"]),
        "name": thing.said if thing else facts["name"],
    }
    return _("%(label)s“%(name)s”没有有效的个人信息保护影响评估") % said


def told_late(facts: Mapping[str, Any]) -> str:
    said = {"row": facts["assessment"], "number": facts["number"], "due": facts["due"]}
    return _("影响评估 %(row)s 的第 %(number)s 项条件没有在 %(due)s 之前落实") % said


TELLERS[KIND] = told
TELLERS[LATE] = told_late
