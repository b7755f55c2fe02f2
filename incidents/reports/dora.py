"""A report as the EBA's DORA incident report 1.2.1: initial, intermediate or final, as its clock asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from custodian.errors import CustodianError
from incidents.models import Kind
from incidents.reports import vocabularies as ours
from incidents.reports.veris import summary

VERSION: Final = "1.2.1"
RULES: Final = "EU-DORA-"
INITIAL, INTERMEDIATE, FINAL = "initial_notification", "intermediate_report", "final_report"
SUBMISSIONS: Final[Mapping[str, str]] = {
    "first_report": INITIAL,
    "progress_report": INTERMEDIATE,
    "final_report": FINAL,
}
NOT_KNOWN: Final = "information_not_available"
_LONGEST: Final = timedelta(days=1000)  # the schema has three digits for days
# What only a person can say, by its name in the form.
LABELS: Final[Mapping[str, Any]] = {
    "entity": _("法人识别码（LEI）或机构代码"),
    "email": _("联系人邮箱"),
    "criteria": _("触发的分类标准"),
    "countries": _("受影响的成员国"),
    "lost": _("资料损失的性质"),
    "economic": _("经济影响说明"),
    "services": _("受影响的关键服务"),
    "causes": _("根本原因"),
    "resolution": _("如何解决"),
    "planned": _("与计划的差异"),
    "recoveries": _("追回金额"),
    "handled": _("处置结束的时间（案卷）"),
    "happened": _("发生了什么（报告正文）"),
}


class NotDora(CustodianError):
    """The clock that it answers is none of that law."""

    code = "incident-report-not-dora"
    status = 409
    message = _("只有答复欧盟 DORA 时限的报告才有 DORA 文件")


class Unanswered(CustodianError):
    """The schema demands what nobody has said yet."""

    code = "incident-dora-unanswered"
    status = 422

    def __init__(self, names: Sequence[str]) -> None:
        told = gettext("、").join(str(LABELS[each]) for each in names)
        super().__init__(gettext("DORA 报告还缺：%(names)s") % {"names": told})


def applies(rule: str) -> bool:
    """Where the law of the European Union is the one of this installation."""
    return settings.CUSTODIAN_REGIME == "eu" and rule.startswith(RULES)


def missing(said: Mapping[str, Any]) -> list[str]:
    """What the form of this report lacks, by names of `LABELS`."""
    form, answers = SUBMISSIONS[said["form"]], said["answers"].get("dora", {})
    criteria = answers.get("criteria", [])
    has = {
        "entity": answers.get("lei") or answers.get("code"),
        "email": answers.get("email"),
        "criteria": criteria,
        "happened": said["words"].get("happened"),
    }
    if form != INITIAL:
        spread, losses = "geographical_spread" in criteria, "data_losses" in criteria
        has |= {
            "services": answers.get("services"),
            "countries": answers.get("countries") or not spread,
            "lost": answers.get("lost") or ours.HIT[Kind(said["facts"]["kind"])] or not losses,
        }
    if form == FINAL:
        has |= {
            "causes": answers.get("causes"),
            "resolution": answers.get("resolution"),
            "planned": answers.get("planned"),
            "recoveries": answers.get("recoveries"),
            "economic": answers.get("economic") or "economic_impact" not in criteria,
            "handled": said["facts"]["times"]["handled"],
        }
    return [name for name in LABELS if name in has and not has[name]]


def export(said: Mapping[str, Any]) -> dict[str, Any]:
    """From the content of a report, and nothing else. Raises `Unanswered`."""
    if left := missing(said):
        raise Unanswered(left)
    form, answers = SUBMISSIONS[said["form"]], said["answers"]["dora"]
    names = {"name": said["insurer"]["en"]} | (
        {"LEI": answers["lei"]} if answers.get("lei") else {}
    )
    submitting = names | ({"code": answers["code"]} if answers.get("code") else {})
    found = {
        "incidentSubmission": form,
        "submittingEntity": {"entityType": "SUBMITTING_ENTITY", **submitting},
        "affectedEntity": [
            {
                "entityType": "AFFECTED_ENTITY",
                "affectedEntityType": ["insurance_and_reinsurance_undertaking"],
                **names,
            }
        ],
        "primaryContact": _given(
            {
                "name": answers.get("contact"),
                "email": answers["email"],
                "phone": answers.get("phone"),
            }
        ),
        "incident": _incident(said, answers, form),
    }
    if form != INITIAL:
        found["impactAssessment"] = _impact(said["facts"], answers)
    return found


def _given(said: Mapping[str, Any]) -> dict[str, Any]:
    """What was said; nothing stands in for the rest."""
    return {name: value for name, value in said.items() if value not in (None, "", [], {})}


def _incident(said: Mapping[str, Any], answers: Mapping[str, Any], form: str) -> dict[str, Any]:
    facts = said["facts"]
    times, by = facts["times"], facts["known"]["by"]
    found = {
        "financialEntityCode": said["incident"],
        "detectionDateTime": _utc(times["aware"]),
        "classificationDateTime": _utc(facts["first_assessed"]),
        "incidentDescription": summary(said),
        "classificationTypes": [
            _criterion(each, facts, answers, form) for each in answers["criteria"]
        ],
        "incidentDiscovery": ours.DORA_DISCOVERED[by] if by else None,
        "originatesFromThirdPartyProvider": answers.get("third_party"),
        "incidentOccurrenceDateTime": _utc(times["occurred"]),
    }
    if form != INITIAL:
        found["incidentType"] = _type(Kind(facts["kind"]))
    if form == FINAL:
        found |= {
            "rootCauseHLClassification": answers["causes"],
            "incidentResolutionSummary": answers["resolution"],
            "incidentResolutionDateTime": _utc(times["handled"]),
            "incidentResolutionVsPlannedImplementation": answers["planned"],
            "incidentDuration": _duration(times),
        }
    given = _given(found)
    if form == FINAL:  # nothing recovered is an answer
        given["financialRecoveriesAmount"] = float(answers["recoveries"])
    if answers.get("continuity") in {"yes", "no"}:
        given["isBusinessContinuityActivated"] = answers["continuity"] == "yes"
    return given


def _utc(moment: str | None) -> str | None:
    """As the schema's fields describe it: YYYY-MM-DDThh:mm:ssZ."""
    return (
        f"{datetime.fromisoformat(moment).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else None
    )


def _criterion(
    name: str, facts: Mapping[str, Any], answers: Mapping[str, Any], form: str
) -> dict[str, Any]:
    found: dict[str, Any] = {"classificationCriterion": name}
    if name == "geographical_spread":
        found["countryCodeMaterialityThresholds"] = answers.get("countries")
    if name == "data_losses" and form != INITIAL:
        hit = list(ours.HIT[Kind(facts["kind"])])
        found["dataLosseMaterialityThresholds"] = answers.get("lost") or hit
    if name == "economic_impact" and form == FINAL:
        found["economicImpactMaterialityThreshold"] = answers["economic"]
    return _given(found)


def _type(kind: Kind) -> dict[str, Any]:
    return _given(
        {
            "incidentClassification": [ours.DORA_TYPES[kind]],
            "otherIncidentClassification": ours.DORA_OTHER.get(kind),
            "threatTechniques": [ours.DORA_THREATS[kind]] if kind in ours.DORA_THREATS else [],
        }
    )


def _duration(times: Mapping[str, str | None]) -> str | None:
    """Days, hours and minutes from occurrence to the end of handling, where both are known."""
    if not times["occurred"] or not times["handled"]:
        return None
    length = datetime.fromisoformat(times["handled"]) - datetime.fromisoformat(times["occurred"])
    if length >= _LONGEST:
        return None
    minutes = length.seconds // 60
    return f"{length.days:03}:{minutes // 60:02}:{minutes % 60:02}"


def _impact(facts: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    people = facts["people"]["customers"]
    assets: dict[str, Any] = {}
    if people is not None:
        told = "actual_figures_for_clients_affected" if people else "no_impact_on_clients"
        assets = {"affectedClients": {"number": people}, "numbersActualEstimate": [told]}
    return {
        "criticalServicesAffected": answers["services"],
        "affectedAssets": assets,
        "isAffectedInfrastructureComponents": answers.get("infrastructure") or NOT_KNOWN,
        "serviceImpact": _given({"serviceDowntime": answers.get("downtime")}),
    }
