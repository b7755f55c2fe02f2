"""What a report takes from the case itself: counted and dated by the system, typed by nobody.

None is unknown. A fact stands beside where it comes from.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from custodian import clock
from custodian.jobs import OPEN, JobStatus
from incidents.cases import assessing
from incidents.models import (
    Assessment,
    Incident,
    IncidentReport,
    IncidentTask,
    TimelineEntry,
)

Facts = dict[str, Any]
# How far handling has come moves every hour; these decide what a report says, and hold its approval up.
BINDING: Final = ("kind", "times", "known", "people", "elements", "assessment")


def of(incident: Incident) -> Facts:
    lists = [each for each in incident.affected.order_by("pk") if each.status == JobStatus.DONE]
    return {
        "kind": incident.kind,
        "times": {
            "occurred": moment(incident.occurred_at),
            "aware": moment(incident.aware_at),
            "handled": moment(incident.handled_at),
        },
        "known": _known(incident),
        "people": _people(incident, lists),
        "elements": _elements(lists),
        "assessment": _assessment(incident.assessments.last()),
        "first_assessed": moment(_first_assessed(incident)),
    }


def changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Which of the facts that bind are not what they were."""
    return [name for name in BINDING if before.get(name) != now.get(name)]


def moment(at: datetime | None) -> str | None:
    """To the second, in the office's time, with its offset."""
    return clock.local(at).isoformat(timespec="seconds") if at else None


def _first_assessed(incident: Incident) -> datetime | None:
    first = incident.assessments.first()
    return first.made_at if first else None


def _known(incident: Incident) -> dict[str, Any]:
    """By what the company knew: the first of the alerts that went into the case."""
    alerts = list(incident.alerts.order_by("raised_at", "pk"))
    first = alerts[0] if alerts else None
    return {
        "alerts": len(alerts),
        "by": first.source if first else None,
        "at": moment(first.raised_at) if first else None,
    }


def _people(incident: Incident, lists: list[Any]) -> dict[str, Any]:
    """The largest list, because they overlap and are not added up."""
    counted = assessing.counted(incident)
    return {
        "customers": counted["customers"] if lists else None,
        "sensitive": counted["sensitive"] if lists else None,
        "reckoning": incident.affected.filter(status__in=OPEN).count(),
        "lists": [
            {"by": each.by, "customers": each.customers, "clear": each.clear, "sha256": each.digest}
            for each in lists
        ],
    }


def _elements(lists: list[Any]) -> list[dict[str, Any]]:
    """Of each element the most that one list counts, returned in clear and as masks only."""
    found: dict[str, tuple[int, int]] = {}
    for each in lists:
        for code, (clear, masked) in each.elements.items():
            before = found.get(code, (0, 0))
            found[code] = (max(before[0], clear), max(before[1], masked))
    return [
        {"code": code, "clear": clear, "masked": masked}
        for code, (clear, masked) in sorted(found.items())
    ]


def _assessment(row: Assessment | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "severity": row.severity,
        "level": row.level,
        "occasions": list(row.occasions),
        "operator": row.operator,
        "made": moment(row.made_at),
        "approval": str(row.approval.ref),
    }


def progress(incident: Incident) -> dict[str, Any]:
    """What has been done by now, without anybody's name."""
    rows = list(incident.timeline.all())
    steps = list(incident.tasks.exclude(step="").order_by("pk"))
    cuts = [each.facts for each in rows if each.what == TimelineEntry.What.CUT]
    return {
        "done": [each.step for each in steps if each.status == IncidentTask.Status.DONE],
        "open": [each.step for each in steps if each.status == IncidentTask.Status.OPEN],
        "decided": [
            {"decision": each.facts["decision"], "at": moment(each.at)}
            for each in rows
            if each.what == TimelineEntry.What.DECISION and "decision" in each.facts
        ],
        "cut": {
            thing: number
            for thing in ("operator", "unit", "export", "partner")
            if (number := sum(1 for each in cuts if each.get("kind") == thing))
        },
        "filed": [
            {
                "rule": each.rule,
                "version": each.number,
                "at": moment(each.filed_at),
                "reference": each.reference,
            }
            for each in incident.reports.filter(stage=IncidentReport.Stage.FILED).order_by("pk")
        ],
    }
