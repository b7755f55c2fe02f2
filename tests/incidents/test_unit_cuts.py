"""A whole unit is cut from a case by two who stand outside of it, and given back the same way."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from access import approvals, employment, gate, scopes
from access.models import Approval, Outbox, Unit, User
from access.vocabulary import Role
from custodian import clock
from incidents.cases import decisions, group, links, unit_cutting
from incidents.cases.decisions import NotOfTheGroup, Pending
from incidents.models import UnitCut
from tests import estate
from tests.incidents.test_cases import Office

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_store(settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path / "var"


class Branch(Office):
    """Five in a branch and a shop below it: one of them has left before, one is of the working group."""

    def __init__(self) -> None:
        super().__init__()
        self.keeper = estate.user(Role.ADMINISTRATOR, name="周凯")
        self.branch = estate.unit("NT")
        self.shop = estate.unit("NT1", parent=self.branch)
        self.agent = estate.user(unit_=self.branch, name="王磊")
        self.clerk = estate.user(unit_=self.shop, name="赵云")
        self.left = estate.user(unit_=self.shop, name="老何")
        User.objects.filter(pk=self.left.pk).update(is_active=False)
        self.insider = estate.user(Role.SECURITY_OFFICER, unit_=self.branch, name="何平")
        with estate.acting(self.lead) as actor:
            group.let_in(self.case, self.insider, "member", actor=actor)

    def ask(self, unit: Unit | None = None) -> Approval:
        with estate.acting(self.lead) as actor:
            return unit_cutting.ask(self.case, unit or self.branch, "名单仍在流出", actor=actor)

    def cut(self) -> None:
        self.approve(self.ask(), self.second)

    def ask_back(self) -> Approval:
        with estate.acting(self.lead) as actor:
            return unit_cutting.ask_back(self.case, self.branch, "已查清", actor=actor)

    def active(self, *people: User) -> list[bool]:
        found = dict(User.objects.values_list("pk", "is_active"))
        return [found[each.pk] for each in people]

    def rows(self) -> list[UnitCut]:
        with scopes.acting(estate.system()):
            return list(UnitCut.objects.all())


@pytest.fixture
def office() -> Branch:
    return Branch()


def test_everybody_in_it_and_below_is_cut_and_exactly_they_are_given_back(office: Branch) -> None:
    approval = office.ask()
    assert office.active(office.agent) == [True], "nothing is cut before the second yes"
    with pytest.raises(gate.Refused):
        office.approve(approval, office.lead)
    epoch = User.objects.get(pk=office.clerk.pk).session_epoch
    entries = Outbox.objects.count()
    office.approve(approval, office.second)
    people = (office.agent, office.clerk, office.insider)
    assert office.active(*people) == [False] * 3
    assert office.active(office.lead, office.second, office.keeper) == [True] * 3
    assert User.objects.get(pk=office.clerk.pk).session_epoch > epoch, "sessions end with it"
    assert Outbox.objects.count() == entries + 4, "the yes, and one for each person"
    office.approve(office.ask_back(), office.second)
    assert office.active(*people) == [True] * 3
    assert office.active(office.left) == [False], "who had no access gets none"
    with estate.acting(office.lead):
        rows = office.case.timeline.filter(what__in=["cut", "restored"])
        said = [(each.what, each.facts["ended"], each.facts["below"]) for each in rows]
    assert said == [("cut", 3, 1), ("restored", 3, 1)]
    with estate.acting(office.lead), pytest.raises(unit_cutting.NobodyThere):
        office.ask_back()


def test_who_approves_sees_the_units_below_and_everybody_by_name(office: Branch) -> None:
    approval = office.ask()
    with estate.acting(office.second):
        said = dict(approvals.kind_of(approval).describe(approval.payload))
    told = {str(label): [str(each) for each in lines] for label, lines in said.items()}
    assert told["停止访问"] == [f"{office.branch} · 含下级机构 1 个 · 3 人"]
    assert told["下级机构"] == [str(office.shop)]
    assert told["人员"] == [str(office.agent), str(office.clerk), str(office.insider)]
    with estate.acting(office.outside):
        hidden = approvals.kind_of(approval).describe(approval.payload)
    assert "王磊" not in str(hidden)


def test_nobody_cuts_his_own_unit(office: Branch) -> None:
    with estate.acting(office.insider) as actor, pytest.raises(unit_cutting.OwnUnit):
        unit_cutting.ask(office.case, office.branch, "x", actor=actor)
    with estate.acting(office.insider) as actor:
        offered = unit_cutting.choices(office.insider.unit.path)
    assert office.branch not in [unit for unit, _below, _people in offered]
    approval = office.ask()
    with pytest.raises(unit_cutting.OwnUnit):
        office.approve(approval, office.insider)
    assert office.active(office.agent) == [True]


def test_somebody_who_can_undo_it_stays(office: Branch) -> None:
    User.objects.filter(pk=office.keeper.pk).update(unit=office.branch)
    with pytest.raises(unit_cutting.LastOne):
        office.ask()
    User.objects.filter(pk=office.keeper.pk).update(unit=office.lead.unit)
    with estate.acting(office.lead) as actor:
        member = office.case.members.now().get(user=office.second)
        group.let_out(office.case, member, actor=actor)
    with pytest.raises(unit_cutting.LastOne):
        office.ask()


def test_somebody_came_in_after_it_was_put_up(office: Branch) -> None:
    approval = office.ask()
    late = estate.user(unit_=office.shop, name="新人")
    with pytest.raises(unit_cutting.PeopleChanged):
        office.approve(approval, office.second)
    assert office.active(late, office.agent) == [True, True]
    with pytest.raises(Pending):
        office.ask()


def test_whom_it_is_about_and_who_left_stay_out(office: Branch) -> None:
    office.cut()
    with estate.acting(office.lead) as actor:
        links.link(office.case, "operator", office.agent.staff_no, actor=actor)
    User.objects.filter(pk=office.clerk.pk).update(leaves_on=clock.local().date())
    office.approve(office.ask_back(), office.second)
    assert office.active(office.agent, office.clerk, office.insider) == [False, False, True]


def test_a_closed_case_gives_back_too_and_nobody_outside_of_it(office: Branch) -> None:
    office.cut()
    office.handle()
    office.review()
    with estate.acting(office.lead) as actor:
        approval = decisions.ask_to_close(office.case, text="完", actor=actor)
    office.approve(approval, office.second)
    back = office.ask_back()
    with pytest.raises(NotOfTheGroup):
        office.approve(back, office.auditor)
    office.approve(back, office.second)
    assert office.active(office.agent) == [True]


def test_let_in_by_the_administrator_and_cut_once_more(office: Branch) -> None:
    office.cut()
    office.agent.refresh_from_db()
    with estate.acting(office.keeper) as actor:
        employment.enable(office.agent, channel="admin", actor=actor)
    office.cut()
    assert office.active(office.agent) == [False]
    rows = [each.restored_at for each in office.rows() if each.person_id == office.agent.pk]
    assert [each is None for each in rows] == [False, True]
    office.approve(office.ask_back(), office.second)
    assert office.active(office.agent, office.clerk) == [True, True]


def test_the_rows_are_seen_by_the_group_alone_and_stand_in_order(office: Branch) -> None:
    office.cut()
    with estate.acting(office.outside):
        assert not UnitCut.objects.exists()
    with (
        scopes.acting(estate.system()),
        pytest.raises(IntegrityError, match="unit_cut_is_restored_after_it_was_cut"),
        transaction.atomic(),
    ):
        UnitCut.objects.update(restored_at=clock.now() - timedelta(days=1))


def test_on_the_board(office: Branch) -> None:
    client = Client(HTTP_ACCEPT_LANGUAGE="zh-hans")
    estate.login(client, office.lead, stepped_up=True)
    where = f"/admin/incident/{office.case.code}/"
    page = client.get(where).content.decode()
    assert "含下级机构 1 个 · 3 人" in page
    assert "恢复整个机构的访问" not in page, "nothing is cut yet"
    assert client.post(where, {"act": "cut_unit", "unit": "NT"}).status_code == 422
    said = {"act": "cut_unit", "text": "名单仍在流出"}
    own = client.post(where, {**said, "unit": office.lead.unit.code})
    assert own.status_code == 422
    assert "您本人在其中" in own.content.decode()
    assert client.post(where, {**said, "unit": "NT"}).status_code == 302
    office.approve(Approval.objects.get(kind=unit_cutting.CUT), office.second)
    page = client.get(where).content.decode()
    assert "恢复整个机构的访问" in page
    assert f"机构 {office.branch} · 3 人" in page
    back = {"act": "restore_unit", "unit": "NT", "text": "已查清"}
    assert client.post(where, back).status_code == 302
