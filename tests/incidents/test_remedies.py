"""Remedies outlive a case: an owner who sees nothing else of it, a day, an end, and a second look."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from access.models import Approval, User
from access.vocabulary import Role
from custodian import clock
from incidents.cases import closing, decisions, group, links, remedying
from incidents.cases.standing import Observes, Over
from incidents.models import Incident, IncidentRemedy, TimelineEntry
from tests import estate
from tests.incidents.test_cases import Office

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def own_store(settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path / "var"


class Cast(Office):
    """With an owner at the service desk, who is in no group."""

    def __init__(self) -> None:
        super().__init__()
        self.owner = estate.user(Role.SERVICE_DESK, name="周明")

    def remedy(self, owner: User | None = None, *, days: int | None = 30) -> IncidentRemedy:
        with estate.acting(self.lead) as actor:
            return remedying.propose(
                self.case, title="停用共享账号", kind="technical", note="全部停用", owner=owner,
                due_on=today() + days * DAY if days is not None else None, actor=actor,
            )  # fmt: skip

    def finish(self, row: IncidentRemedy, by: User) -> None:
        with estate.acting(by) as actor:
            remedying.finish(row, result="已停用", evidence="变更 7", channel="admin", actor=actor)

    def verify(self, row: IncidentRemedy, by: User, **said: Any) -> None:
        with estate.acting(by) as actor:
            remedying.verify(row, **{"works": True, "note": "", **said}, actor=actor)

    def close(self) -> None:
        self.handle()
        self.review()
        with estate.acting(self.lead) as actor:
            approval = decisions.ask_to_close(self.case, text="结案", actor=actor)
        self.approve(approval, self.second)
        with estate.acting(self.lead):
            self.case.refresh_from_db()
            assert self.case.status == "closed"

    def told(self) -> list[str]:
        with estate.acting(self.lead):
            rows = self.case.timeline.filter(what="remedy")
            return [each.facts["outcome"] for each in rows]


def today() -> Any:
    return clock.local().date()


@pytest.fixture
def cast() -> Cast:
    return Cast()


def test_its_owner_sees_his_remedy_and_not_one_other_row_of_the_case(cast: Cast) -> None:
    mine, other = cast.remedy(cast.owner), cast.remedy(cast.second)
    with estate.acting(cast.owner):
        assert list(IncidentRemedy.objects.all()) == [mine]
        assert not Incident.objects.exists()
        assert not TimelineEntry.objects.exists()
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE incidents_incidentremedy SET title = 'x' WHERE id = %s", [other.pk]
            )
            assert cursor.rowcount == 0
    with estate.acting(cast.outside):
        assert not IncidentRemedy.objects.exists()


def test_the_owner_ends_it_and_another_member_says_that_it_works(cast: Cast) -> None:
    row = cast.remedy(cast.owner)
    cast.finish(row, cast.owner)
    cast.verify(row, cast.second)
    with estate.acting(cast.second):
        row.refresh_from_db()
    assert (row.state, row.result, row.evidence) == ("done", "已停用", "变更 7")
    assert (row.ended_by, row.verified_by) == (cast.owner, cast.second)
    assert cast.told() == ["opened", "done", "verified"]
    with pytest.raises(remedying.Settled):
        cast.verify(row, cast.lead)


def test_nobody_confirms_his_own(cast: Cast) -> None:
    """Neither its owner nor whoever called it done; the database says so as well."""
    row = cast.remedy(cast.second)
    cast.finish(row, cast.lead)
    for person in (cast.second, cast.lead):
        with pytest.raises(remedying.NotTheSecond):
            cast.verify(row, person)
        with estate.acting(cast.lead), pytest.raises(IntegrityError), transaction.atomic():
            IncidentRemedy.objects.update(verified_at=clock.now(), verified_by=person)
    with estate.acting(cast.lead) as actor:
        group.let_in(cast.case, cast.auditor, "observer", actor=actor)
    with pytest.raises(Observes):
        cast.verify(row, cast.auditor)


def test_what_does_not_work_is_open_again_and_says_why(cast: Cast) -> None:
    row = cast.remedy(cast.owner)
    cast.finish(row, cast.owner)
    with pytest.raises(remedying.SaysNothing):
        cast.verify(row, cast.second, works=False, note=" ")
    cast.verify(row, cast.second, works=False, note="还能登录")
    with estate.acting(cast.owner):
        row.refresh_from_db()
        assert (row.state, row.result) == ("open", "")
        assert remedying.owed_by(cast.owner.pk) == [row]


def test_another_day_and_dropping_need_a_reason(cast: Cast) -> None:
    row = cast.remedy(cast.owner)
    later = today() + 60 * DAY
    with estate.acting(cast.owner) as actor:
        for day, why, error in (
            (later, " ", remedying.SaysNothing),
            (today() - DAY, "x", remedying.NotInTime),
        ):
            with pytest.raises(error):
                remedying.move_day(row, day, why=why, channel="desk", actor=actor)
        remedying.move_day(row, later, why="等供应商", channel="desk", actor=actor)
        with pytest.raises(Observes):
            remedying.drop(row, why="不想办", actor=actor)
    with estate.acting(cast.second) as actor:
        row.refresh_from_db()
        assert row.due_on == later
        with pytest.raises(remedying.SaysNothing):
            remedying.drop(row, why="", actor=actor)
        remedying.drop(row, why="系统已下线", actor=actor)
        with pytest.raises(remedying.Settled):
            remedying.finish(row, result="x", evidence="", channel="admin", actor=actor)
    with estate.acting(cast.lead):
        moved = cast.case.timeline.filter(what="remedy", facts__outcome="moved").get()
    assert (moved.text, moved.recorded_by) == ("等供应商", cast.owner)


def test_who_owns_none_of_it_settles_none_of_it(cast: Cast) -> None:
    row = cast.remedy(cast.second)
    for person in (cast.owner, cast.outside):
        with pytest.raises(Exception, match="not-found"):
            cast.finish(row, person)
    assert cast.told() == ["opened"]


def test_nobody_owns_a_remedy_of_what_is_about_him(cast: Cast) -> None:
    gone = estate.user(Role.AGENT, name="离职")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    gone.refresh_from_db()
    with estate.acting(cast.lead) as actor:
        links.link(cast.case, "operator", cast.owner.staff_no, actor=actor)
    for person in (cast.owner, gone, estate.user(Role.REGULATOR, name="监管")):
        with pytest.raises(remedying.CannotOwn):
            cast.remedy(person)


def test_whom_it_turns_out_to_be_about_hands_his_remedy_on_first(cast: Cast) -> None:
    row = cast.remedy(cast.owner)
    with estate.acting(cast.lead) as actor:
        with pytest.raises(links.OwnsARemedy):
            links.link(cast.case, "operator", cast.owner.staff_no, actor=actor)
        remedying.settle_owner(row, cast.second, today() + 30 * DAY, why="", actor=actor)
        links.link(cast.case, "operator", cast.owner.staff_no, actor=actor)


class TestClosing:
    def asked(self, cast: Cast) -> Approval:
        with estate.acting(cast.lead) as actor:
            return decisions.ask_to_close(cast.case, text="结案", actor=actor)

    def test_each_thing_that_lacks_is_said_with_the_place_where_it_is_done(
        self, cast: Cast
    ) -> None:
        cast.remedy(None, days=None)
        with estate.acting(cast.lead):
            assert {each.place for each in closing.lacks(cast.case)} == {
                "tasks", "assessment", "clocks", "review", "remedies",
            }  # fmt: skip
        cast.handle()
        with pytest.raises(decisions.Unfinished) as raised:
            self.asked(cast)
        said = str(raised.value.message)
        assert f'/admin/incident/{cast.case.code}/#review">去复盘</a>' in said
        assert "#remedies" in said
        assert "#clocks" not in said

    def test_it_closes_with_open_ones_that_have_owner_and_day_and_names_them(
        self, cast: Cast
    ) -> None:
        row = cast.remedy(None, days=None)
        cast.handle()
        cast.review()
        with pytest.raises(decisions.Unfinished, match="没有负责人或期限"):
            self.asked(cast)
        with estate.acting(cast.second) as actor:
            remedying.settle_owner(row, cast.owner, today() + 9 * DAY, why="", actor=actor)
        cast_closing = self.asked(cast)
        with estate.acting(cast.second):
            shown = str(decisions._Close().describe(cast_closing.payload))
        assert "停用共享账号" in shown
        assert "周明" in shown
        cast.approve(cast_closing, cast.second)
        with estate.acting(cast.lead):
            (named,) = cast.case.timeline.get(what="closed").facts["remedies"]
        assert (named["title"], named["due"]) == ("停用共享账号", str(today() + 9 * DAY))

    def test_it_goes_on_after_closing_for_its_owner_and_the_group(self, cast: Cast) -> None:
        row = cast.remedy(cast.owner)
        cast.close()
        with estate.acting(cast.second) as actor:
            remedying.settle_owner(row, cast.owner, today() + 90 * DAY, why="等预算", actor=actor)
        cast.finish(row, cast.owner)
        cast.verify(row, cast.second)
        assert cast.told() == ["opened", "given", "done", "verified"]
        with pytest.raises(Over):
            cast.remedy(cast.owner)

    def test_one_that_came_up_after_it_was_asked_for_holds_the_closing_up(self, cast: Cast) -> None:
        cast.handle()
        cast.review()
        waiting = self.asked(cast)
        cast.remedy(cast.owner)
        with pytest.raises(decisions.Unfinished, match="重新提交结案"):
            cast.approve(waiting, cast.second)
        with estate.acting(cast.lead):
            cast.case.refresh_from_db()
            assert cast.case.status == "handled"

    def test_a_review_from_before_it_was_taken_up_again_is_not_enough(self, cast: Cast) -> None:
        cast.handle()
        cast.review()
        with estate.acting(cast.lead) as actor:
            decisions.reopen(cast.case, text="又有新线索", actor=actor)
            decisions.end_handling(cast.case, text="完成", actor=actor)
            cast.report_all(actor)
            cast.case.refresh_from_db()
            assert [each.place for each in closing.lacks(cast.case)] == ["review"]
        cast.review()
        with estate.acting(cast.lead):
            assert closing.lacks(cast.case) == []
            assert cast.case.reviews.count() == 2


class TestPages:
    def signed_in(self, person: User) -> Client:
        client = Client(HTTP_ACCEPT_LANGUAGE="zh-hans")
        return estate.login(client, person, stepped_up=True)

    def test_the_board_takes_a_remedy_from_its_proposal_to_its_confirmation(
        self, cast: Cast
    ) -> None:
        page = f"/admin/incident/{cast.case.code}/"
        lead, second = self.signed_in(cast.lead), self.signed_in(cast.second)
        said = {"act": "remedy", "title": "停用共享账号", "kind": "technical"}
        assert lead.post(page, said).status_code == 302
        with estate.acting(cast.lead):
            row = IncidentRemedy.objects.get()
        one = {"remedy": row.ref}
        for client, more, status, words in (
            (lead, {"act": "remedy-owner", "owner": "", "due_on": "2030-01-01"}, 422, "请填写负责人的工号"),
            (lead, {"act": "remedy-owner", "owner": "nobody", "due_on": "2030-01-01"}, 422, "没有这个工号"),
            (lead, {"act": "remedy-owner", "owner": cast.owner.staff_no, "due_on": "明天"}, 422, "日期无法识别"),
            (lead, {"act": "remedy-owner", "owner": cast.owner.staff_no, "due_on": "2020-01-01"}, 422, "不能早于今天"),
            (lead, {"act": "remedy-owner", "owner": cast.owner.staff_no, "due_on": "2030-01-01"}, 302, ""),
            (lead, {"act": "remedy-owner", "owner": cast.owner.staff_no, "due_on": "2031-01-01"}, 422, "请写明理由"),
            (second, {"act": "remedy-end", "end": "done", "result": ""}, 422, "办理结果"),
            (second, {"act": "remedy-end", "end": "done", "result": "已停用"}, 302, ""),
            (second, {"act": "remedy-verify", "works": "yes"}, 409, "另一名成员"),
            (lead, {"act": "remedy-verify", "works": "no", "note": ""}, 422, "请写明"),
            (lead, {"act": "remedy-verify", "works": "yes"}, 302, ""),
        ):  # fmt: skip
            answer = client.post(page, {**one, **more})
            assert answer.status_code == status, (more, answer.content.decode()[-2000:])
            assert words in answer.content.decode()
        assert "确认有效" in lead.get(page).content.decode()

    def test_whoever_approves_a_closing_that_lacks_something_by_now_is_told_what(
        self, cast: Cast
    ) -> None:
        cast.handle()
        cast.review()
        with estate.acting(cast.lead) as actor:
            waiting = decisions.ask_to_close(cast.case, text="结案", actor=actor)
        cast.remedy(None, days=None)
        said = {"act": "approve", "digest": waiting.digest}
        answer = self.signed_in(cast.second).post(f"/admin/approvals/{waiting.ref}/", said)
        assert answer.status_code == 409
        assert f'<a href="/admin/incident/{cast.case.code}/#remedies">' in answer.content.decode()

    def test_its_owner_finds_it_on_his_own_page_and_nobody_else_does(self, cast: Cast) -> None:
        row = cast.remedy(cast.owner)
        owner, other = self.signed_in(cast.owner), self.signed_in(cast.outside)
        listed = owner.get("/accounts/remedies/").content.decode()
        assert "停用共享账号" in listed
        assert "我的整改措施" in owner.get("/desk/").content.decode()
        one = f"/accounts/remedies/{row.ref}/"
        page = owner.get(one).content.decode()
        assert "全部停用" in page
        assert cast.case.code not in listed + page
        assert "名单外泄" not in listed + page
        assert other.get(one).status_code == 404
        assert "停用共享账号" not in other.get("/accounts/remedies/").content.decode()
        assert self.signed_in(cast.second).get(one).status_code == 404
        for said, status, words in (
            ({"act": "done", "result": ""}, 422, "办理结果"),
            ({"act": "day", "due_on": "2020-01-01", "why": "x"}, 422, "不能早于今天"),
            ({"act": "day", "due_on": "2031-01-01", "why": "等预算"}, 302, ""),
            ({"act": "done", "result": "已停用", "evidence": "变更 7"}, 302, ""),
            ({"act": "done", "result": "再来一次"}, 409, "状态已变"),
        ):
            answer = owner.post(one, said)
            assert answer.status_code == status, (said, answer.content.decode()[-1500:])
            assert words in answer.content.decode(), said
        assert "停用共享账号" not in owner.get("/accounts/remedies/").content.decode()
