"""A report as a VERIS 1.4.1 record, for exchange with others; what nobody knows is Unknown or left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from incidents.models import Kind, Severity
from incidents.reports import vocabularies as ours

VERSION: Final = "1.4.1"
_INSURANCE: Final = "5241"  # NAICS: insurance carriers
_UNITS: Final = (
    ("Days", timedelta(days=1)),
    ("Hours", timedelta(hours=1)),
    ("Minutes", timedelta(minutes=1)),
)


def export(said: Mapping[str, Any], *, regime: str) -> dict[str, Any]:
    """From the content of a report, and nothing else."""
    facts, answers = said["facts"], said["answers"].get("veris", {})
    kind = Kind(facts["kind"])
    record = {
        "schema_version": VERSION,
        "incident_id": said["incident"],
        "source_id": said["insurer"]["code"],
        "summary": summary(said),
        # Two people have assessed it, or it is still what somebody reported.
        "security_incident": "Confirmed" if facts["assessment"] else "Suspected",
        "timeline": _timeline(facts["times"]),
        "victim": _victim(regime),
        "actor": dict(ours.ACTORS[kind]),
        "action": dict(ours.ACTIONS[kind]),
        "asset": {"assets": [{"variety": ours.ASSETS[kind]}], "cloud": ["Unknown"]},
        "attribute": _attribute(kind, facts, answers),
        "discovery_method": _discovered(facts["known"]["by"]),
    }
    if facts["assessment"]:
        rating = ours.RATINGS[Severity(facts["assessment"]["severity"])]
        record["impact"] = {"overall_rating": rating}
    if answers.get("targeted"):
        record["targeted"] = answers["targeted"]
    return record


def summary(said: Mapping[str, Any]) -> str:
    """In English where it was written in English."""
    texts = said["words"].get("happened", {})
    return str(texts.get("en") or texts.get("zh") or said["title"])


def _timeline(times: Mapping[str, str | None]) -> dict[str, Any]:
    """The year of awareness stands in for an unknown one, which the schema demands; then no day does."""
    aware = datetime.fromisoformat(str(times["aware"]))
    if times["occurred"] is None:
        return {"incident": {"year": aware.year}}
    occurred = datetime.fromisoformat(times["occurred"])
    day = {"year": occurred.year, "month": occurred.month, "day": occurred.day}
    return {"incident": day, "discovery": _span(aware - occurred)}


def _span(length: timedelta) -> dict[str, Any]:
    """In the largest unit that fits once."""
    for unit, one in _UNITS:
        if length >= one:
            return {"unit": unit, "value": length // one}
    return {"unit": "Minutes", "value": 0}


def _victim(regime: str) -> dict[str, Any]:
    return {
        "country": [ours.country(regime)],
        "industry": _INSURANCE,
        "employee_count": "Unknown",
        "government": ["NA"],
    }


def _attribute(kind: Kind, facts: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    hit = ours.HIT[kind]
    found: dict[str, Any] = {
        name: {"variety": list(ours.ATTRIBUTES[name][kind])}
        for name in hit
        if name != ours.CONFIDENTIALITY
    }
    if ours.CONFIDENTIALITY in hit or facts["elements"]:
        found[ours.CONFIDENTIALITY] = _disclosed(facts, answers)
    return found or {"unknown": {}}


def _disclosed(facts: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Whether it went to anybody outside only a person can say."""
    found: dict[str, Any] = {
        "data_disclosure": answers.get("disclosed") or "Unknown",
        "data_victim": ["Customer"],
    }
    if facts["people"]["customers"] is not None:
        found["data_total"] = facts["people"]["customers"]
    if data := _data(facts["elements"]):
        found["data"] = data
    return found


def _data(elements: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """By variety the most of one element in clear: those of one customer are not added up."""
    most: dict[str, int] = {}
    for each in elements:
        variety = ours.ELEMENTS.get(each["code"], "Other")
        if each["clear"]:
            most[variety] = max(most.get(variety, 0), each["clear"])
    return [{"variety": variety, "amount": amount} for variety, amount in sorted(most.items())]


def _discovered(by: str | None) -> dict[str, Any]:
    return dict(ours.DISCOVERED[by]) if by else {"unknown": True}
