"""Reports in the form of public schemas: what we know in their words, what nobody knows left out."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, Draft7Validator, Draft202012Validator, FormatChecker

from custodian import clock, elements
from custodian.regimes.packs import regimes
from incidents.cases import decisions, todo
from incidents.models import Alert, IncidentReport, Kind, Severity
from incidents.report_answer_forms import DoraForm, VerisForm
from incidents.reports import dora, papers, veris, vocabularies, writing
from tests import estate
from tests.incidents.test_reports import FIRST, WORDS, Reporting, signed_in

SCHEMAS = Path(__file__).resolve().parents[3] / "shared/schemas"
AWARE = "2026-11-30T10:00:00+08:00"
CRITERIA = ["geographical_spread", "data_losses", "economic_impact", "reputational_impact"]
ANSWERS = {
    "lei": "529900T8BM49AURSDO55", "code": "IE-77", "contact": "Mary Byrne", "email": "ict@example.ie",
    "phone": "+353 1 2345678", "criteria": CRITERIA, "countries": ["IE", "FR"], "lost": ["integrity"],
    "services": "Claims", "continuity": "yes", "infrastructure": "no", "downtime": "000:04:30",
    "causes": ["human_error"], "resolution": "Closed the hole.", "planned": "As planned.",
    "economic": "Small.", "recoveries": "0",
}  # fmt: skip


def schema(name: str) -> Any:
    path = SCHEMAS / name
    if not path.exists():
        pytest.skip(f"{name} is not there")
    return json.loads(path.read_text("utf-8"))


def require_veris(record: Any) -> None:
    Draft4Validator(schema("veris-1.4.1.json"), format_checker=FormatChecker()).validate(record)


def require_dora(record: Any) -> None:
    """By its own dialect, and by the last one that still knew `dependencies`, where its forms stand."""
    said = schema("dora-incident-1.2.1.json")
    del said["$schema"]
    for kind in (Draft202012Validator, Draft7Validator):
        kind(said, format_checker=FormatChecker()).validate(record)


def content(kind: str = Kind.INSIDER, **more: Any) -> dict[str, Any]:
    """What a report says when hardly anything is known."""
    facts = {
        "kind": kind,
        "times": {"occurred": None, "aware": AWARE, "handled": None},
        "known": {"alerts": 0, "by": None, "at": None},
        "people": {"customers": None, "sensitive": None, "reckoning": 0, "lists": []},
        "elements": [],
        "assessment": None,
        "first_assessed": None,
    }
    facts |= more.pop("facts", {})
    return {
        "insurer": {"code": "QH", "zh": "青禾人寿", "en": "Qinghe Life"}, "incident": "I-2026-001",
        "title": "外泄", "form": "first_report", "words": WORDS, "answers": {}, "facts": facts, **more,
    }  # fmt: skip


KNOWN = {
    "times": {"occurred": "2026-11-28T09:00:00+08:00", "aware": AWARE, "handled": "2026-12-01T18:30:00+08:00"},
    "known": {"alerts": 1, "by": "customer", "at": AWARE},
    "people": {"customers": 1200, "sensitive": 7, "reckoning": 0, "lists": []},
    "elements": [
        {"code": "identity.name", "clear": 9, "masked": 0},
        {"code": "identity.mobile", "clear": 30, "masked": 0},
        {"code": "claim.diagnosis", "clear": 7, "masked": 0},
        {"code": "financial.bank_account", "clear": 0, "masked": 12},
    ],
    "assessment": {"severity": "major", "level": "major", "occasions": [], "operator": "other", "made": AWARE},
    "first_assessed": AWARE,
}  # fmt: skip


def test_the_tables_name_every_word_of_ours() -> None:
    for table in (
        vocabularies.HIT, vocabularies.ACTORS, vocabularies.ACTIONS, vocabularies.ASSETS,
        vocabularies.DORA_TYPES,
    ):  # fmt: skip
        assert set(table) == set(Kind)
    assert set(vocabularies.RATINGS) == set(Severity)
    for sources in (vocabularies.DISCOVERED, vocabularies.DORA_DISCOVERED):
        assert set(sources) == set(Alert.Source)
    assert set(vocabularies.COUNTRIES) == set(regimes())
    assert {each.code for each in elements.catalogue()} <= set(vocabularies.ELEMENTS)


@pytest.mark.parametrize("kind", Kind.values)
def test_every_kind_is_a_record_of_veris_known_or_not(kind: str) -> None:
    for facts in ({}, KNOWN):
        for regime in regimes():
            require_veris(veris.export(content(kind, facts=facts), regime=regime))


def test_veris_says_what_is_known_and_invents_nothing() -> None:
    bare = veris.export(content(), regime="cn")
    assert bare["timeline"] == {"incident": {"year": 2026}}
    assert bare["attribute"] == {
        "confidentiality": {"data_disclosure": "Unknown", "data_victim": ["Customer"]}
    }
    assert bare["security_incident"] == "Suspected"
    assert "impact" not in bare
    answers = {"veris": {"disclosed": "Yes", "targeted": "Targeted"}}
    full = veris.export(content(facts=KNOWN, answers=answers), regime="cn")
    assert full["timeline"]["incident"] == {"year": 2026, "month": 11, "day": 28}
    assert full["timeline"]["discovery"] == {"unit": "Days", "value": 2}
    assert full["impact"] == {"overall_rating": "Damaging"}
    told = full["attribute"]["confidentiality"]
    assert (told["data_disclosure"], told["data_total"]) == ("Yes", 1200)
    assert told["data"] == [
        {"variety": "Medical", "amount": 7}, {"variety": "Personal", "amount": 30}
    ], "nobody saw a bank account in clear"  # fmt: skip
    assert full["discovery_method"] == {"external": {"variety": ["Customer"]}}


@pytest.mark.parametrize("kind", Kind.values)
@pytest.mark.parametrize("form", dora.SUBMISSIONS)
def test_every_kind_is_each_form_of_dora(kind: str, form: str) -> None:
    said = content(kind, form=form, facts=KNOWN, answers={"dora": ANSWERS})
    require_dora(dora.export(said))


@pytest.mark.parametrize("form", ["first_report", "progress_report"])
def test_dora_leaves_out_what_nobody_knows(form: str) -> None:
    few = {
        "code": "IE-77", "email": "ict@example.ie", "criteria": ["reputational_impact"], "services": "Claims",
    }  # fmt: skip
    record = dora.export(content(form=form, answers={"dora": few}))
    require_dora(record)
    assert "incidentOccurrenceDateTime" not in record["incident"]
    assert "incidentDiscovery" not in record["incident"]
    if form == "progress_report":
        assert record["impactAssessment"]["affectedAssets"] == {}
        assert record["impactAssessment"]["isAffectedInfrastructureComponents"] == dora.NOT_KNOWN


def test_dora_has_our_moments_in_its_own_time() -> None:
    record = dora.export(content(form="final_report", facts=KNOWN, answers={"dora": ANSWERS}))
    told = record["incident"]
    assert told["incidentOccurrenceDateTime"] == "2026-11-28T01:00:00Z"
    assert told["incidentResolutionDateTime"] == "2026-12-01T10:30:00Z"
    assert told["incidentDuration"] == "003:09:30"
    assert record["impactAssessment"]["affectedAssets"]["affectedClients"] == {"number": 1200}


def test_dora_says_what_it_still_lacks() -> None:
    assert dora.missing(content()) == ["entity", "email", "criteria"]
    said = content(Kind.OTHER, form="final_report", answers={"dora": {"criteria": CRITERIA}})
    assert set(dora.missing(said)) == set(dora.LABELS) - {"criteria", "happened"}
    with pytest.raises(dora.Unanswered, match="追回金额"):
        dora.export(said)


def test_the_forms_offer_what_the_schemas_know() -> None:
    report = IncidentReport(rule="EU-DORA-4H")
    form = DoraForm(report, {**ANSWERS, "phone": "0516-800", "lei": "x", "downtime": "4h"})
    assert set(form.errors) == {"phone", "lei", "downtime"}
    good = DoraForm(report, ANSWERS)
    assert good.is_valid(), good.errors
    assert good.answers == ANSWERS
    said = schema("dora-incident-1.2.1.json")["$defs"]
    kind, incident = said["ClassificationType"]["properties"], said["Incident"]["properties"]
    for name, choices in (
        ("criteria", kind["classificationCriterion"]["enum"]),
        ("countries", kind["countryCodeMaterialityThresholds"]["items"]["enum"]),
        ("lost", kind["dataLosseMaterialityThresholds"]["items"]["enum"]),
        ("causes", incident["rootCauseHLClassification"]["items"]["enum"]),
    ):
        field: Any = good.fields[name]
        assert {value for value, _label in field.choices} == set(choices), name
    properties = schema("veris-1.4.1.json")["properties"]
    known = properties["attribute"]["properties"]["confidentiality"]["properties"]
    for name, values in (
        ("disclosed", known["data_disclosure"]["enum"]), ("targeted", properties["targeted"]["enum"]),
    ):  # fmt: skip
        field = VerisForm(report).fields[name]
        assert {value for value, _label in field.choices if value} <= set(values), name


@pytest.mark.django_db(transaction=True)
def test_the_clocks_of_the_union_ask_for_initial_intermediate_and_final(settings: Any) -> None:
    settings.CUSTODIAN_REGIME = "eu"
    office = Reporting(kind="tampering", aware_at=clock.now() - timedelta(hours=3))
    office.assess(occasions=["ict_incident"], severity="major", level="major")
    office.listed(1200)
    client = signed_in(office.lead)
    with estate.acting(office.lead) as actor:
        assert {"EU-DORA-4H", "EU-DORA-72H", "EU-DORA-1MO"} <= set(writing.rules(office.case))
        for task in todo.open_ones(office.case):
            todo.settle(task, "done", note="", actor=actor)
        decisions.end_handling(office.case, text="完成", actor=actor)
    words = {
        **WORDS,
        **{name: {"en": "Said."} for name in ("planned", "harm", "cause", "improvement")},
    }
    for rule, submission in (
        ("EU-DORA-4H", dora.INITIAL), ("EU-DORA-72H", dora.INTERMEDIATE), ("EU-DORA-1MO", dora.FINAL),
    ):  # fmt: skip
        report = office.begin(rule)
        here = f"/admin/incident-report/{report.ref}/"
        if submission == dora.INITIAL:
            with pytest.raises(dora.Unanswered, match="联系人邮箱"):
                office.put_up(report, words)
            assert client.post(here, {"act": "dora", "phone": "0"}).status_code == 422
            assert client.post(here, {"act": "dora", **ANSWERS}).status_code == 302
            with estate.acting(office.lead):
                report.refresh_from_db()
        assert client.post(f"{here}dora/").status_code == 409
        office.approve(office.put_up(report, words), office.second)
        record = json.loads(client.post(f"{here}dora/").content)
        assert record["incidentSubmission"] == submission
        require_dora(record)
        require_veris(json.loads(client.post(f"{here}veris/").content))


@pytest.mark.django_db(transaction=True)
def test_a_report_of_a_real_case_is_a_record_of_veris() -> None:
    office = Reporting()
    office.listed(1200)
    report = office.approved()
    assert report.rule == FIRST
    with estate.acting(office.lead):
        require_veris(veris.export(papers.frozen(report), regime="cn"))
    client = signed_in(office.lead)
    assert client.post(f"/admin/incident-report/{report.ref}/dora/").status_code == 409
