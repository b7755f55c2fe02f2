"""Severity by both ladders and the times of the law: they run side by side, follow facts, and owe reasons."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from access import approvals, gate
from access.models import Approval, User
from access.vocabulary import Role
from custodian import clock
from custodian.regimes import packs
from custodian.regimes.rows import BadPack
from incidents.cases import assessing, clocks, closing, decisions, group, opening, todo
from incidents.models import AffectedList, Incident, IncidentClock
from tests import estate

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)
HEALTH = "policy.health_declaration"


SAID = {
    "occasions": ["data_incident"], "severity": "ordinary", "level": "ordinary", "operator": "other",
    "reason": "示例",
}  # fmt: skip


class Office:
    def __init__(self, **said: Any) -> None:
        self.lead = estate.user(Role.COMPLIANCE_OFFICER, name="陈静")
        self.second = estate.user(Role.SECURITY_OFFICER, name="孙强")
        with estate.acting(self.lead) as actor:
            terms = {"kind": "insider", "occurred_at": None, "aware_at": clock.now() - HOUR, **said}
            self.case: Incident = opening.open_case(title="外泄", **terms, actor=actor)
            group.let_in(self.case, self.second, "member", actor=actor)

    def rows(self) -> dict[str, IncidentClock]:
        with estate.acting(self.lead):
            return {each.rule: each for each in self.case.clocks.order_by("number")}

    def assess(self, **said: Any) -> None:
        with estate.acting(self.lead) as actor:
            approval = assessing.ask(self.case, {**SAID, **said}, actor=actor)
        self.approve(approval, self.second)

    def approve(self, approval: Approval, by: User) -> None:
        with estate.acting(by, stepped_up=True) as actor:
            approvals.approve(approval, seen=approval.digest, actor=actor)

    def report(self, rule: str, **said: Any) -> None:
        terms = {"at": None, "reference": "", "why_late": "", **said}
        with estate.acting(self.lead) as actor:
            clocks.report(self.rows()[rule], **terms, actor=actor)

    def listed(self, customers: int) -> None:
        with estate.acting(self.lead):
            AffectedList.objects.create(
                incident=self.case, by="operator", about="A1", status="done", customers=customers,
                clear=customers, digest="x", elements={HEALTH: [7, 0], "identity.name": [9, 0]},
            )  # fmt: skip


def test_what_the_law_asks_of_every_incident_runs_from_the_first_moment() -> None:
    office = Office()
    rows = office.rows()
    assert {"CN-NFRA-2H", "CN-NFRA-24H", "CN-PIPL-57"} <= set(rows)
    assert not {"CN-CAC-4H", "CN-NFRA-2HREP", "CN-NFRA-5WD"} & set(rows)
    first = rows["CN-NFRA-2H"]
    assert first.started_at == office.case.aware_at, "nobody knows when it happened: from awareness"
    assert first.due_at == office.case.aware_at + 2 * HOUR


def test_a_known_occurrence_moves_what_counts_from_it_and_nothing_else() -> None:
    office = Office()
    before = office.rows()
    earlier = office.case.aware_at - 10 * HOUR
    with estate.acting(office.lead) as actor:
        opening.settle_times(
            office.case, occurred_at=earlier, aware_at=office.case.aware_at, why="日志", actor=actor
        )
    after = office.rows()
    assert after["CN-NFRA-2H"].due_at == earlier + 2 * HOUR
    assert after["CN-PIPL-57"].started_at == before["CN-PIPL-57"].started_at


def test_an_intrusion_counts_as_a_cyber_incident_until_somebody_says_otherwise() -> None:
    office = Office(kind="intrusion")
    with estate.acting(office.lead):
        told = {
            face.name: face.state_text for row, face in clocks.faces(office.case) if row is None
        }
    assert "要看评定的结果" in told.values()
    office.assess(occasions=["data_incident", "cyber_incident"], level="significant")
    assert "CN-CAC-4H" in office.rows()
    office.assess(
        occasions=["data_incident", "cyber_incident"], level="significant", operator="cii"
    )
    assert "CN-CAC-1H" in office.rows()
    assert "CN-CAC-4H" not in office.rows(), "of critical infrastructure another one runs"
    office.assess(occasions=["data_incident"])
    assert not {"CN-CAC-1H", "CN-PIPL-57"} & set(office.rows())


def test_a_critical_one_is_reported_every_two_hours_until_handling_ends() -> None:
    office = Office()
    office.assess(severity="critical")
    office.report("CN-NFRA-2HREP", reference="第1次")
    with estate.acting(office.lead):
        numbers = list(
            office.case.clocks.filter(rule="CN-NFRA-2HREP").values_list("number", "stopped_at")
        )
    assert [number for number, _at in numbers] == [1, 2]
    second = office.rows()["CN-NFRA-2HREP"]
    assert second.started_at == numbers[0][1]
    finish(office)
    with estate.acting(office.lead):
        assert not office.case.clocks.filter(rule="CN-NFRA-2HREP", stopped_at=None).exists()
        assert office.case.clocks.filter(rule="CN-NFRA-5WD", stopped_at=None).exists()


def finish(office: Office) -> None:
    with estate.acting(office.lead) as actor:
        for task in todo.open_ones(office.case):
            todo.settle(task, "done", note="", actor=actor)
        decisions.end_handling(office.case, text="完成", actor=actor)


def test_one_that_was_never_reported_ends_with_handling_and_runs_on_when_taken_up_again() -> None:
    office = Office()
    office.assess(severity="critical")
    finish(office)
    assert "CN-NFRA-2HREP" not in office.rows()
    assert "CN-NFRA-5WD" in office.rows()
    with estate.acting(office.lead) as actor:
        decisions.reopen(office.case, text="又有线索", actor=actor)
    assert "CN-NFRA-2HREP" in office.rows()
    assert "CN-NFRA-5WD" not in office.rows(), "handling has not ended any more"


def test_reporting_goes_on_from_the_last_report_when_a_case_is_taken_up_again() -> None:
    office = Office()
    office.assess(severity="critical")
    office.report("CN-NFRA-2HREP")
    finish(office)
    assert office.rows()["CN-NFRA-2HREP"].stopped_at
    with estate.acting(office.lead) as actor:
        decisions.reopen(office.case, text="又有线索", actor=actor)
        rows = list(office.case.clocks.filter(rule="CN-NFRA-2HREP").order_by("number"))
    assert [each.number for each in rows] == [1, 2]
    assert rows[1].started_at == rows[0].stopped_at


def test_assessing_again_gives_nobody_more_time() -> None:
    office = Office()
    office.assess(severity="critical")
    first = office.rows()["CN-NFRA-2HREP"].due_at
    office.assess(severity="critical", reason="复评")
    assert office.rows()["CN-NFRA-2HREP"].due_at == first


def test_nothing_is_reported_before_it_began() -> None:
    office = Office()
    with pytest.raises(clocks.BeforeItBegan):
        office.report("CN-NFRA-2H", at=office.case.aware_at - HOUR)


def test_what_is_late_owes_its_reason_and_nothing_is_reported_twice() -> None:
    office = Office(aware_at=clock.now() - 5 * HOUR)
    with pytest.raises(clocks.OwesReason):
        office.report("CN-NFRA-2H")
    office.report("CN-NFRA-2H", at=office.case.aware_at + HOUR, reference="〔2026〕1号")
    row = office.rows()["CN-NFRA-2H"]
    assert (row.on_time, row.reference, row.late_reason) == (True, "〔2026〕1号", False)
    with pytest.raises(clocks.NotRunning):
        office.report("CN-NFRA-2H")
    office.report("CN-NFRA-24H")
    office_late = Office(aware_at=clock.now() - 30 * HOUR)
    office_late.report("CN-NFRA-24H", why_late="夜间无人值守")
    assert office_late.rows()["CN-NFRA-24H"].late_reason


def test_a_report_to_the_cyberspace_office_brings_a_final_one() -> None:
    office = Office(kind="ransomware")
    office.assess(occasions=["cyber_incident"], level="major")
    with estate.acting(office.lead) as actor:
        for task in todo.open_ones(office.case):
            todo.settle(task, "done", note="", actor=actor)
        decisions.end_handling(office.case, text="完成", actor=actor)
    assert "CN-CAC-30D" not in office.rows()
    office.report("CN-CAC-4H")
    assert "CN-CAC-30D" in office.rows()


def test_the_numbers_alone_set_a_floor_and_two_people_assess() -> None:
    office = Office()
    office.listed(1_000_000)
    with estate.acting(office.lead):
        counted = assessing.counted(office.case)
    assert counted == {"lists": 1, "customers": 1_000_000, "sensitive": 7, "level": "significant"}
    with pytest.raises(assessing.BelowCount):
        office.assess(level="ordinary")
    with estate.acting(office.lead) as actor:
        said = {
            "occasions": ["data_incident"], "severity": "major", "level": "major",
            "operator": "other", "reason": "x",
        }  # fmt: skip
        approval = assessing.ask(office.case, said, actor=actor)
        assert not office.case.assessments.exists()
    with pytest.raises(gate.Refused):
        office.approve(approval, office.lead)
    office.approve(approval, office.second)
    with estate.acting(office.lead):
        assert office.case.assessments.get().counted == counted


def test_a_case_closes_only_assessed_and_with_nothing_running() -> None:
    office = Office()
    with estate.acting(office.lead) as actor:
        for task in todo.open_ones(office.case):
            todo.settle(task, "done", note="", actor=actor)
        decisions.end_handling(office.case, text="完成", actor=actor)
        with pytest.raises(decisions.Unfinished, match="评定"):
            decisions.ask_to_close(office.case, text="结案", actor=actor)
    office.assess()
    with estate.acting(office.lead) as actor, pytest.raises(decisions.Unfinished, match="时限"):
        decisions.ask_to_close(office.case, text="结案", actor=actor)
    for rule, row in office.rows().items():
        if row.stopped_at is None:
            office.report(rule)
    with estate.acting(office.lead):
        office.case.refresh_from_db()
        assert [each.place for each in closing.lacks(office.case)] == ["review"]


@pytest.mark.parametrize("people", [{}, {"major": 5, "significant": 9}, {"worse": 1}, {"major": 0}])
def test_a_ladder_that_does_not_rise_is_refused(people: dict[str, int]) -> None:
    text = (packs.FOLDER / "cn.yaml").read_text("utf-8")
    good = "{significant: 1000000, major: 10000000, critical: 100000000}"
    wrong = "{" + ", ".join(f"{name}: {number}" for name, number in people.items()) + "}"
    assert good in text
    with pytest.raises(BadPack):
        packs.read(text.replace(good, wrong), "cn")


@pytest.mark.parametrize(
    ("said", "least"),
    [
        ({"loss": 4_999_999}, "ordinary"),
        ({"loss": 5_000_000}, "significant"),
        ({"loss": 20_000_000}, "major"),
        ({"loss": 100_000_000}, "critical"),
        ({"outage": 10, "operator": "cii"}, "significant"),
        ({"main_outage": 29, "operator": "cii"}, "ordinary"),
        ({"main_outage": 180, "operator": "cii"}, "major"),
        ({"outage": 360, "main_outage": 30, "operator": "cii"}, "critical"),
        ({"outage": 360}, "ordinary"),  # which counts for critical infrastructure alone
    ],
)
def test_loss_and_outages_demand_a_level_as_people_do(said: dict[str, Any], least: str) -> None:
    office = Office()
    levels = [each.value for each in assessing.ORDER]
    with estate.acting(office.lead) as actor:
        if below := levels[: levels.index(least)]:
            with pytest.raises(assessing.BelowCount):
                assessing.ask(office.case, {**SAID, "level": below[-1], **said}, actor=actor)
        approval = assessing.ask(office.case, {**SAID, "level": least, **said}, actor=actor)
    office.approve(approval, office.second)
    with estate.acting(office.lead):
        kept = office.case.assessments.get()
        assert kept.level == least
        assert {name: kept.counted[name] for name in assessing.TOLD if name in said} == {
            name: number for name, number in said.items() if name in assessing.TOLD
        }


def test_a_circumstance_of_the_annex_demands_a_level_of_its_own_ladder() -> None:
    office = Office()
    core = {"circumstances": ["CN-SEV-CORE", "CN-SEV-OWN"]}
    with estate.acting(office.lead) as actor:
        with pytest.raises(assessing.BelowCircumstance):
            assessing.ask(office.case, {**SAID, "severity": "major", **core}, actor=actor)
        approval = assessing.ask(office.case, {**SAID, "severity": "critical", **core}, actor=actor)
    office.approve(approval, office.second)
    client = estate.login(Client(HTTP_ACCEPT_LANGUAGE="zh-hans"), office.lead, stepped_up=True)
    page = client.get(f"/admin/incident/{office.case.code}/").content.decode()
    assert "核心数据泄露" in page
    assert "本公司的业务、声誉或者重要系统受到影响" in page


@pytest.mark.parametrize(
    "wrong",
    [
        ("of: loss", "of: mood"),
        ("only: cii", "only: banks"),
        ("level: critical, says: 核心", "level: grave, says: 核心"),
        ("says: 核心数据泄露", "says: ''"),
    ],
)
def test_what_a_pack_measures_is_known_and_has_words(wrong: tuple[str, str]) -> None:
    text = (packs.FOLDER / "cn.yaml").read_text("utf-8")
    assert wrong[0] in text
    with pytest.raises(BadPack):
        packs.read(text.replace(wrong[0], wrong[1], 1), "cn")


def test_levels_include_the_number_itself() -> None:
    ladder = packs.load("cn").ladders["CN-CSI-PEOPLE"]
    levels = [
        ladder.level(each) for each in (999_999, 1_000_000, 9_999_999, 10_000_000, 100_000_000)
    ]
    assert levels == ["ordinary", "significant", "significant", "major", "critical"]
