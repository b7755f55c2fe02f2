"""The review before a closing: times that are measured, words that two approve, once for each closing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from access import approvals
from access.models import Approval
from custodian import clock
from incidents.cases import decisions, milestones, opening, reviewing, todo
from incidents.cases.milestones import Milestone
from incidents.cases.standing import NotTheLead
from incidents.models import IncidentReview, IncidentTask
from tests import estate
from tests.incidents.test_cases import Office

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)
SAID = {
    "cause": "rights", "cause_text": "离岗后权限没有收回", "worked": "一小时内停用", "failed": "名单核算慢",
    "lessons": "离岗当天收回", "playbook": "加一步：核对离岗人员",
}  # fmt: skip


@pytest.fixture(autouse=True)
def own_store(settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path / "var"


@pytest.fixture
def office() -> Office:
    return Office()


def asked(office: Office) -> Approval:
    with estate.acting(office.lead) as actor:
        return reviewing.ask(office.case, SAID, actor=actor)


def found(office: Office) -> dict[str, Milestone]:
    with estate.acting(office.lead):
        office.case.refresh_from_db()
        return {each.code: each for each in milestones.of(office.case)}


def test_the_lead_writes_it_once_handling_is_over_and_another_approves(office: Office) -> None:
    with pytest.raises(reviewing.NotHandled):
        asked(office)
    office.handle()
    with estate.acting(office.second) as actor, pytest.raises(NotTheLead):
        reviewing.ask(office.case, SAID, actor=actor)
    waiting = asked(office)
    with pytest.raises(decisions.Pending):
        asked(office)
    with pytest.raises(decisions.NotOfTheGroup):
        office.approve(waiting, office.outside)
    with estate.acting(office.outside):
        assert "离岗" not in str(approvals.kind_of(waiting).describe(waiting.payload))
    office.approve(waiting, office.second)
    with estate.acting(office.second):
        made = IncidentReview.objects.get()
        assert (made.cause, made.lessons) == ("rights", "离岗当天收回")
        assert office.case.timeline.get(what="reviewed").text == "离岗当天收回"
        with pytest.raises(DatabaseError, match="kept as it was"), transaction.atomic():
            IncidentReview.objects.update(lessons="x")
    with estate.acting(office.outside):
        assert not IncidentReview.objects.exists()


def test_one_that_waits_is_void_when_the_case_is_taken_up_again(office: Office) -> None:
    office.handle()
    waiting = asked(office)
    with estate.acting(office.lead) as actor:
        decisions.reopen(office.case, text="又有新线索", actor=actor)
    waiting.refresh_from_db()
    assert waiting.status == "void"
    with pytest.raises(approvals.ContentChanged):
        office.approve(waiting, office.second)


def test_each_moment_follows_from_the_facts(office: Office) -> None:
    at = found(office)
    assert [at[each].at for each in ("occurred", "contained", "assessed", "reported")] == [None] * 4
    earlier = office.case.aware_at - HOUR / 4
    with estate.acting(office.lead) as actor:
        opening.settle_times(
            office.case, occurred_at=earlier, aware_at=office.case.aware_at, why="邮件", actor=actor
        )
        for step in ("scope", "cut_person"):
            todo.settle(office.case.tasks.get(step=step), "done", note="", actor=actor)
        cut = office.case.tasks.get(step="cut_person")
    office.handle()
    at = found(office)
    assert at["occurred"].at == earlier
    assert at["contained"].at == cut.done_at, "to find out who is hit holds nothing up"
    assert at["contained"].limit == office.case.aware_at + HOUR
    assert at["assessed"].limit == office.case.aware_at + 2 * HOUR
    with estate.acting(office.lead):
        first = office.case.clocks.order_by("stopped_at").exclude(stopped_at=None).first()
        assert at["assessed"].at == office.case.assessments.get().made_at
    assert first is not None
    assert at["reported"].at is not None
    assert at["reported"].at >= first.stopped_at
    assert at["handled"].at == office.case.handled_at


def test_a_step_that_was_not_needed_contained_nothing(office: Office) -> None:
    with estate.acting(office.lead) as actor:
        task = office.case.tasks.get(step="cut_person")
        todo.settle(task, IncidentTask.Status.NOT_NEEDED, note="本人已离职", actor=actor)
    assert found(office)["contained"].at is None


def test_the_bars_stand_in_proportion_and_say_what_came_late() -> None:
    start = clock.now()
    lines = milestones.drawn(
        [
            Milestone("aware", start),
            Milestone("contained", start + HOUR, start + 2 * HOUR),
            Milestone("assessed", start + 4 * HOUR, start + 2 * HOUR),
            Milestone("reported", None, start + 900 * HOUR),
        ]
    )
    assert [round(each.share, 4) for each in lines] == [0, round(1 / 900, 4), round(4 / 900, 4), 0]
    assert [each.late for each in lines] == [False, False, True, False]
    assert lines[1].tick == lines[2].tick == pytest.approx(2 / 900)
    assert milestones.drawn([Milestone("occurred", None)]) == []


def test_what_was_measured_stays_as_it_was_approved(office: Office) -> None:
    office.handle()
    office.approve(asked(office), office.second)
    with estate.acting(office.lead):
        made = office.case.reviews.get()
        office.case.refresh_from_db()
        assert milestones.read(made.measured) == milestones.of(office.case)


def test_the_board_shows_the_times_and_takes_the_review(office: Office) -> None:
    page = f"/admin/incident/{office.case.code}/"
    lead = estate.login(Client(HTTP_ACCEPT_LANGUAGE="zh-hans"), office.lead, stepped_up=True)
    assert "处置结束后由负责人写复盘" in lead.get(page).content.decode()
    office.handle()
    shown = lead.get(page).content.decode()
    assert "结案之前还要" in shown
    assert 'href="#review"' in shown
    answer = lead.post(page, {"act": "close", "text": "结案"})
    assert answer.status_code == 409
    assert f'<a href="{page}#review">去复盘</a>' in answer.content.decode()
    answer = lead.post(page, {"act": "review", **SAID, "lessons": ""})
    assert answer.status_code == 422
    assert "教训" in answer.content.decode()
    assert lead.post(page, {"act": "review", **SAID}).status_code == 302
    waiting = Approval.objects.waiting().get()
    second = estate.login(Client(HTTP_ACCEPT_LANGUAGE="zh-hans"), office.second, stepped_up=True)
    approval = f"/admin/approvals/{waiting.ref}/"
    assert "离岗后权限没有收回" in second.get(approval).content.decode()
    office.approve(waiting, office.second)
    shown = lead.get(page).content.decode()
    assert "加一步：核对离岗人员" in shown
    assert "结案之前还要" not in shown
    assert lead.post(page, {"act": "close", "text": "结案"}).status_code == 302
