"""A case: opened from an alert, seen by its working group alone, worked off, decided and closed by two."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from access import approvals, gate, scopes
from access.actions import Action
from access.models import Approval, Entry, Finding, User
from access.vocabulary import Role
from custodian import clock
from incidents import triage
from incidents.cases import (
    assessing,
    clocks,
    cutting,
    decisions,
    evidence,
    group,
    links,
    opening,
    playbooks,
    reviewing,
    timeline,
    todo,
)
from incidents.cases.standing import NotTheLead, Observes, Over
from incidents.models import (
    Alert,
    Incident,
    IncidentEvidence,
    IncidentLink,
    IncidentTask,
    Kind,
    Member,
    TimelineEntry,
)
from tests import estate
from tests.exports import office as exporting
from tests.partners.house import House

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_store(settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path / "var"


class Office:
    """Two who work on the case, a security officer and an officer who are not in it."""

    def __init__(self) -> None:
        self.lead = estate.user(Role.COMPLIANCE_OFFICER, name="陈静")
        self.second = estate.user(Role.SECURITY_OFFICER, name="孙强")
        self.outside = estate.user(Role.COMPLIANCE_OFFICER, name="刘敏")
        self.auditor = estate.user(Role.AUDITOR, name="钱进")
        with estate.acting(self.lead) as actor:
            self.alert, _new = triage.raise_alert("staff", "名单在网上出售", actor=actor)
            self.case = opening.open_case(
                kind=Kind.INSIDER, title="名单外泄", occurred_at=None, aware_at=clock.now(),
                alerts=[self.alert], actor=actor,
            )  # fmt: skip
            group.let_in(self.case, self.second, "member", actor=actor)

    def approve(self, approval: Approval, by: User) -> None:
        with estate.acting(by, stepped_up=True) as actor:
            approvals.approve(approval, seen=approval.digest, actor=actor)

    def assess_and_report(self) -> None:
        said = {
            "occasions": ["data_incident"], "severity": "ordinary", "level": "ordinary",
            "operator": "other", "reason": "示例",
        }  # fmt: skip
        with estate.acting(self.lead) as actor:
            approval = assessing.ask(self.case, said, actor=actor)
        self.approve(approval, self.second)
        with estate.acting(self.lead) as actor:
            self.report_all(actor)

    def report_all(self, actor: Any) -> None:
        for row in self.case.clocks.filter(stopped_at=None):
            clocks.report(row, at=None, reference="", why_late="", actor=actor)

    def review(self) -> None:
        said = {
            "cause": "intent", "cause_text": "卖名单", "worked": "快", "failed": "慢", "lessons": "收回权限",
            "playbook": "",
        }  # fmt: skip
        with estate.acting(self.lead) as actor:
            approval = reviewing.ask(self.case, said, actor=actor)
        self.approve(approval, self.second)

    def handle(self) -> None:
        """All done but the review."""
        self.finish_tasks()
        self.assess_and_report()
        with estate.acting(self.lead) as actor:
            decisions.end_handling(self.case, text="完成", actor=actor)
            self.report_all(actor)

    def finish_tasks(self) -> None:
        with estate.acting(self.lead) as actor:
            for task in todo.open_ones(self.case):
                todo.settle(task, "done", note="", actor=actor)


@pytest.fixture
def office() -> Office:
    return Office()


def seen(office: Office, by: User) -> int:
    """Rows of all tables of cases that this person's statements can reach."""
    tables = (Incident, IncidentTask, TimelineEntry, IncidentEvidence, IncidentLink)
    with estate.acting(by):
        return sum(table.objects.count() for table in tables)


def opened() -> list[str]:
    """Each opening of evidence that the log knows of."""
    leaves = [json.loads(each) for each in Entry.objects.values_list("leaf", flat=True)]
    return [each["what"] for each in leaves if each.get("what") == Action.INCIDENT_EVIDENCE_READ]


def test_an_alert_becomes_a_case_with_its_playbook(office: Office) -> None:
    office.alert.refresh_from_db()
    assert (office.alert.status, office.alert.incident_id) == ("case", office.case.pk)
    assert office.alert.decided_by == office.lead
    with estate.acting(office.lead):
        steps = set(office.case.tasks.values_list("step", flat=True))
        cut = office.case.tasks.get(step="cut_person")
        told = set(office.case.timeline.values_list("what", flat=True))
    assert steps == {each.code for each in playbooks.of(Kind.INSIDER)}
    assert cut.due_at == office.case.aware_at + timedelta(hours=1)
    assert told >= {"opened", "alert", "joined"}


def test_nobody_outside_the_group_reaches_a_row_of_it(office: Office) -> None:
    assert seen(office, office.lead) == seen(office, office.second) > 10
    assert seen(office, office.outside) == seen(office, office.auditor) == 0
    with estate.acting(office.outside) as actor:
        assert not Incident.objects.visible_to(actor).exists()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE incidents_incident SET title = 'x'")
            assert cursor.rowcount == 0


def test_who_leaves_the_group_sees_nothing_from_then_on(office: Office) -> None:
    with estate.acting(office.lead) as actor:
        member = office.case.members.now().get(user=office.second)
        group.let_out(office.case, member, actor=actor)
    assert seen(office, office.second) == 0


def test_a_case_always_has_a_lead(office: Office) -> None:
    with estate.acting(office.lead) as actor:
        mine = office.case.members.now().get(user=office.lead)
        with pytest.raises(group.LastLead):
            group.let_out(office.case, mine, actor=actor)
    with estate.acting(office.second) as actor, pytest.raises(NotTheLead):
        group.let_in(office.case, office.outside, "member", actor=actor)


def test_an_observer_reads_and_changes_nothing(office: Office) -> None:
    with estate.acting(office.lead) as actor:
        group.let_in(office.case, office.auditor, Member.Part.OBSERVER, actor=actor)
    assert seen(office, office.auditor) > 10
    with estate.acting(office.auditor) as actor:
        with pytest.raises(Observes):
            timeline.note(office.case, "x", at=None, actor=actor)
        with pytest.raises(Observes):
            todo.settle(office.case.tasks.all()[0], "done", note="", actor=actor)
        with pytest.raises(Observes):
            decisions.ask(office.case, "other", "x", actor=actor)


def test_the_timeline_and_the_chain_only_grow(office: Office) -> None:
    with estate.acting(office.lead) as actor:
        earlier = clock.now() - timedelta(hours=3)
        timeline.note(office.case, "当事人承认", at=earlier, actor=actor)
        piece = evidence.file(office.case, b"proof", name="截图", origin="举报人", actor=actor)
        assert office.case.timeline.first().text == "当事人承认", "in the order of what happened"
        with pytest.raises(timeline.NotYet):
            timeline.note(office.case, "x", at=clock.now() + timedelta(hours=1), actor=actor)
        for rows, change in (
            (TimelineEntry.objects, {"text": "x"}),
            (IncidentEvidence.objects, {"name": "x"}),
            (piece.custody, {"note": "x"}),
        ):
            with pytest.raises(DatabaseError, match="kept as it was"), transaction.atomic():
                rows.update(**change)


def test_evidence_lies_sealed_and_every_hand_is_in_its_chain(office: Office) -> None:
    with estate.acting(office.lead) as actor:
        piece = evidence.file(office.case, b"top secret", name="截图", origin="举报人", actor=actor)
        files = [each for each in (Path(settings.VAR) / "store").rglob("*") if each.is_file()]
        assert files
        assert not any(b"top secret" in each.read_bytes() for each in files)
        assert not opened()
        assert evidence.take_out(piece, purpose="compliance", actor=actor) == b"top secret"
        assert len(opened()) == 1
        assert evidence.check(piece, purpose="compliance", actor=actor)
        evidence.hand_over(piece, to="徐州公安", note="副本", actor=actor)
        assert [each.act for each in piece.custody.all()] == [
            "filed",
            "opened",
            "checked",
            "handed",
        ]
        files[0].write_bytes(files[0].read_bytes()[:-1])
        with pytest.raises(evidence.Gone):
            evidence.take_out(piece, purpose="compliance", actor=actor)


def test_what_is_kept_elsewhere_is_described_and_does_not_come_out(office: Office) -> None:
    with estate.acting(office.lead) as actor:
        piece = evidence.note_elsewhere(
            office.case,
            name="笔记本电脑",
            origin="当事人交出",
            place="保险柜 3 号",
            sha256="",
            actor=actor,
        )
        with pytest.raises(evidence.Gone):
            evidence.take_out(piece, purpose="compliance", actor=actor)
        with pytest.raises(evidence.Empty):
            evidence.file(office.case, b"", name="空", origin="-", actor=actor)


def test_two_of_the_group_decide_and_nobody_else(office: Office) -> None:
    with estate.acting(office.lead) as actor:
        approval = decisions.ask(office.case, "refer", "移送公安机关", actor=actor)
        with pytest.raises(decisions.Pending):
            decisions.ask(office.case, "refer", "再问一次", actor=actor)
    with pytest.raises(gate.Refused):
        office.approve(approval, office.lead)
    with estate.acting(office.outside):
        shown = str(approvals.kind_of(approval).describe(approval.payload))
    assert "移送" not in shown
    with pytest.raises(decisions.NotOfTheGroup):
        office.approve(approval, office.outside)
    with estate.acting(office.lead):
        assert not office.case.timeline.filter(what="decision").exists()
    office.approve(approval, office.second)
    with estate.acting(office.second):
        assert "移送公安机关" in str(approvals.kind_of(approval).describe(approval.payload))
        assert office.case.timeline.get(what="decision").text == "移送公安机关"


def test_whom_it_is_about_neither_works_on_it_nor_approves(office: Office) -> None:
    with estate.acting(office.lead) as actor:
        with pytest.raises(links.InTheGroup):
            links.link(office.case, "operator", office.second.staff_no, actor=actor)
        links.link(office.case, "operator", office.outside.staff_no, actor=actor)
        assert office.outside not in group.may_join(office.case)
        with pytest.raises(group.CannotJoin):
            group.let_in(office.case, office.outside, "member", actor=actor)
        approval = decisions.ask(office.case, "contain", "停止查询权限", actor=actor)
    with estate.acting(office.outside, stepped_up=True) as actor:
        assert approvals.standing(approval, actor).because == "about-you"


def test_a_link_names_one_thing_of_the_house_once(office: Office) -> None:
    her = estate.customer()
    with estate.acting(office.lead) as actor:
        made = links.link(office.case, "customer", her.ref.lower(), why="举报人", actor=actor)
        assert links.name(made) == her.ref
        with pytest.raises(links.Known):
            links.link(office.case, "customer", her.ref, actor=actor)
        for thing, number in (
            ("customer", "c-0000-0000-000"),
            ("transfer", "T-1"),
            ("trace", "L-x"),
        ):
            with pytest.raises(links.NotFound):
                links.link(office.case, thing, number, actor=actor)


def test_it_closes_when_all_is_done_and_two_agree(office: Office) -> None:
    with estate.acting(office.lead) as actor, pytest.raises(decisions.Unfinished):
        decisions.end_handling(office.case, text="完成", actor=actor)
    with estate.acting(office.lead) as actor:
        task = todo.open_ones(office.case)[0]
        with pytest.raises(todo.SaysNothing):
            todo.settle(task, "not_needed", note=" ", actor=actor)
    office.finish_tasks()
    office.assess_and_report()
    with estate.acting(office.lead) as actor:
        with pytest.raises(todo.Done):
            todo.settle(task, "done", note="", actor=actor)
        with pytest.raises(decisions.Unfinished):
            decisions.ask_to_close(office.case, text="结案", actor=actor)
        decisions.end_handling(office.case, text="完成", actor=actor)
        office.report_all(actor)
        with pytest.raises(decisions.Unfinished):
            decisions.ask_to_close(office.case, text="结案", actor=actor)
    office.review()
    with estate.acting(office.lead) as actor:
        first = decisions.ask_to_close(office.case, text="结案", actor=actor)
        decisions.reopen(office.case, text="又有新线索", actor=actor)
    first.refresh_from_db()
    assert first.status == "void"
    with estate.acting(office.lead) as actor:
        decisions.end_handling(office.case, text="完成", actor=actor)
        office.report_all(actor)
    office.review()
    with estate.acting(office.lead) as actor:
        approval = decisions.ask_to_close(office.case, text="结案", actor=actor)
    office.approve(approval, office.second)
    with estate.acting(office.lead) as actor:
        office.case.refresh_from_db()
        assert office.case.status == "closed"
        with pytest.raises(Over):
            timeline.note(office.case, "x", at=None, actor=actor)


def test_time_limits_follow_the_moment_of_awareness(office: Office) -> None:
    with estate.acting(office.lead) as actor:
        earlier = office.case.aware_at - timedelta(days=2)
        with pytest.raises(opening.WrongOrder):
            opening.settle_times(
                office.case, occurred_at=clock.now(), aware_at=earlier, why="x", actor=actor
            )
        opening.settle_times(
            office.case, occurred_at=earlier, aware_at=earlier, why="邮件时间", actor=actor
        )
        assert office.case.tasks.get(step="scope").due_at == earlier + timedelta(hours=8)
        entry = office.case.timeline.get(what="facts")
    assert entry.facts["before"] != entry.facts["now"]
    assert entry.text == "邮件时间"


def test_each_kind_has_a_playbook_and_a_wrong_file_is_refused() -> None:
    assert all(playbooks.of(kind) for kind in Kind.values)
    good = (Path(playbooks.__file__).parent.parent / "playbooks.yaml").read_text()
    for wrong in (
        good.replace("  other:       [secure,", "  other:       [nothing,"),
        good.replace("  other: ", "  another: "),
        good.replace("  lessons:     {zh: 复盘：原因、改进、责任,", "  lessons:     {zh: '',"),
    ):
        with pytest.raises(playbooks.PlaybookRefused):
            playbooks.parsed(wrong)


class TestTriage:
    def raised(self, by: User, **said: Any) -> Alert:
        with estate.acting(by) as actor:
            return triage.raise_alert("external", "防火墙告警", actor=actor, **said)[0]

    def test_the_same_number_of_a_system_comes_once(self, office: Office) -> None:
        first = self.raised(office.lead, system="fw", number="1")
        assert self.raised(office.lead, system="fw", number="1") == first
        assert self.raised(office.lead, system="fw", number="2") != first

    def test_a_double_names_the_other_and_an_alert_is_decided_once(self, office: Office) -> None:
        one, two, three = (self.raised(office.lead) for _ in range(3))
        with estate.acting(office.second) as actor:
            triage.same_as(two, one, actor=actor)
            for other in (three, two):
                with pytest.raises(triage.NotTheSame):
                    triage.same_as(three, other, actor=actor)
            with pytest.raises(triage.Decided):
                triage.dismiss(two, why="重复", actor=actor)
            with pytest.raises(triage.Reasonless):
                triage.dismiss(one, why=" ", actor=actor)
            triage.dismiss(one, why="测试设备", actor=actor)
            triage.merge(three, office.case, actor=actor)
        assert [Alert.objects.get(pk=each.pk).status for each in (one, two, three)] == [
            "false_alarm", "duplicate", "case",
        ]  # fmt: skip

    def test_nobody_judges_an_alert_about_himself(self, office: Office) -> None:
        with scopes.acting(estate.system()):
            finding = Finding.objects.create(
                kind="bulk", severity="high", operator=office.second, summary="批量查询"
            )
        alert = self.raised(office.lead)
        Alert.objects.filter(pk=alert.pk).update(finding=finding)
        alert.refresh_from_db()
        with estate.acting(office.second) as actor:
            with pytest.raises(triage.AboutYou):
                triage.dismiss(alert, why="没事", actor=actor)
            with pytest.raises(triage.AboutYou):
                triage.merge(alert, office.case, actor=actor)


class TestCutting:
    def asked(self, office: Office, *numbers: tuple[str, str]) -> Approval:
        with estate.acting(office.lead) as actor:
            rows = [links.link(office.case, *each, actor=actor) for each in numbers]
            return cutting.ask(office.case, rows, "直到查清", actor=actor)

    def test_a_person_and_an_export_are_cut_by_one_approved_act(self, office: Office) -> None:
        agent = estate.user(Role.AGENT, name="王磊")
        exporting.customers(3, of=[agent])
        export = exporting.made(agent, office.lead, to=agent)
        approval = self.asked(office, ("operator", agent.staff_no), ("export", export.code))
        agent.refresh_from_db()
        assert agent.is_active, "nothing is cut before the second person has said yes"
        with pytest.raises(gate.Refused):
            office.approve(approval, office.lead)
        epoch = agent.session_epoch
        office.approve(approval, office.second)
        with scopes.acting(estate.system()):
            agent.refresh_from_db()
            export.refresh_from_db()
        assert not agent.is_active
        assert agent.session_epoch > epoch, "his sessions end with the statement"
        assert export.removed == "recalled"
        with estate.acting(office.lead):
            assert [each.facts["ended"] for each in office.case.timeline.filter(what="cut")] == [
                1,
                1,
            ]

    def test_a_partner_is_given_nothing_more(self, office: Office) -> None:
        estate.customer()
        house = House()
        share = house.share(house.agree(), form="api")
        code = share.agreement.counterparty.code
        office.approve(self.asked(office, ("partner", code)), office.second)
        with scopes.acting(estate.system()):
            share.refresh_from_db()
        assert share.ended_at is not None

    def test_only_what_the_case_is_linked_with_is_cut(self, office: Office) -> None:
        with estate.acting(office.lead) as actor, pytest.raises(cutting.NothingToCut):
            cutting.ask(office.case, [], "x", actor=actor)
        approval = self.asked(office, ("operator", office.outside.staff_no))
        with estate.acting(office.lead) as actor, pytest.raises(decisions.Pending):
            cutting.ask(office.case, list(office.case.links.all()), "x", actor=actor)
        with estate.acting(office.outside, stepped_up=True) as actor:
            assert approvals.standing(approval, actor).because == "about-you"
