"""A case whose leads are all gone is found, and gets a new one by two people who see nothing of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from access import approvals
from access.gate import Refused
from access.models import Approval, User
from access.vocabulary import Role
from custodian import clock
from incidents.cases import adopting, group, links, opening
from incidents.cases.decisions import Pending
from incidents.models import Incident, Member
from tests import estate

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/admin/incident-leads/"


class Office:
    def __init__(self) -> None:
        self.gone = estate.user(Role.SECURITY_OFFICER, name="孙强")
        self.first = estate.user(Role.COMPLIANCE_OFFICER, name="陈静")
        self.second = estate.user(Role.COMPLIANCE_OFFICER, name="刘敏")
        self.new = estate.user(Role.SECURITY_OFFICER, name="钱进")
        with estate.acting(self.gone) as actor:
            self.case = opening.open_case(
                kind="insider",
                title="徐州名单外泄",
                occurred_at=None,
                aware_at=clock.now(),
                actor=actor,
            )

    def leave(self, person: User) -> None:
        User.objects.filter(pk=person.pk).update(is_active=False)

    def ask(self, person: User | None = None, by: User | None = None) -> Approval:
        with estate.acting(by or self.first) as actor:
            return adopting.ask(
                self.case.code, person or self.new, reason="原负责人离职", actor=actor
            )

    def approve(self, approval: Approval, by: User) -> None:
        with estate.acting(by, stepped_up=True) as actor:
            approvals.approve(approval, seen=approval.digest, actor=actor)

    def sees(self, person: User) -> bool:
        with estate.acting(person):
            return Incident.objects.filter(pk=self.case.pk).exists()


def client_of(person: User) -> Client:
    return estate.login(Client(HTTP_ACCEPT_LANGUAGE="zh-hans"), person, stepped_up=True)


def test_a_case_is_found_once_its_last_lead_is_gone_and_not_before() -> None:
    office = Office()
    assert adopting.found() == []
    with estate.acting(office.gone) as actor:
        group.let_in(office.case, office.second, "member", actor=actor)
    office.leave(office.gone)
    assert [each.code for each in adopting.found()] == [office.case.code], "a member cannot lead"


def test_two_people_appoint_a_lead_and_neither_sees_the_case() -> None:
    office = Office()
    office.leave(office.gone)
    page = client_of(office.first).get(PAGE).content.decode()
    assert office.case.code in page
    assert "徐州名单外泄" not in page
    said = {"incident": office.case.code, "person": str(office.new.ref), "reason": "原负责人离职"}
    assert client_of(office.first).post(PAGE, said).status_code == 302
    approval = Approval.objects.get(kind=adopting.KIND)
    assert not office.sees(office.new)
    with pytest.raises(Refused):
        office.approve(approval, office.first)
    with pytest.raises(Refused):
        office.approve(approval, office.new)
    shown = client_of(office.second).get(f"/admin/approvals/{approval.ref}/").content.decode()
    assert str(office.new) in shown
    assert "徐州名单外泄" not in shown
    office.approve(approval, office.second)
    assert office.sees(office.new)
    assert not office.sees(office.first)
    assert not office.sees(office.second)
    with estate.acting(office.new):
        assert office.case.members.now().get(user=office.new).part == Member.Part.LEAD
        assert office.case.timeline.filter(what="joined").last().facts["part"] == "lead"
    assert adopting.found() == []


def test_a_member_who_is_still_there_may_rise_to_lead_it() -> None:
    office = Office()
    with estate.acting(office.gone) as actor:
        group.let_in(office.case, office.new, "member", actor=actor)
    office.leave(office.gone)
    office.approve(office.ask(), office.second)
    with estate.acting(office.new):
        assert [each.part for each in office.case.members.now().filter(user=office.new)] == ["lead"]


def test_nobody_whom_it_is_about_leads_it_or_says_who_does() -> None:
    office = Office()
    with estate.acting(office.gone) as actor:
        links.link(office.case, "operator", office.new.staff_no, actor=actor)
        links.link(office.case, "operator", office.first.staff_no, actor=actor)
    office.leave(office.gone)
    with pytest.raises(group.CannotJoin):
        office.ask(office.new, by=office.second)
    with pytest.raises(group.CannotJoin):
        office.ask(office.second, by=office.first)


def test_a_case_that_is_led_is_given_to_nobody_and_a_question_is_asked_once() -> None:
    office = Office()
    with pytest.raises(adopting.HasALead):
        office.ask()
    office.leave(office.gone)
    approval = office.ask()
    with pytest.raises(Pending):
        office.ask()
    User.objects.filter(pk=office.gone.pk).update(is_active=True)
    with pytest.raises(adopting.HasALead):
        office.approve(approval, office.second)


def test_the_morning_says_so_and_the_page_what_is_wrong() -> None:
    office = Office()
    office.leave(office.gone)
    client = client_of(office.first)
    assert "1 个事件没有负责人" in client.get("/admin/").content.decode()
    wrong: dict[str, Any] = {"incident": office.case.code, "person": "", "reason": ""}
    answer = client.post(PAGE, wrong)
    assert answer.status_code == 422
    for words in ("请选择人员", "请写明理由"):
        assert words in answer.content.decode()
    office.ask()
    assert "没有负责人，时限照常在走" not in client.get("/admin/").content.decode()
