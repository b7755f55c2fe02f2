"""Exercises: played by the clock, scored by points, and nothing of them is real."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from access import approvals, scopes
from access.models import Approval, User
from access.vocabulary import Role
from custodian import clock
from incidents import tasks, triage, waiting
from incidents.cases import (
    cutting,
    decisions,
    due,
    exercising,
    group,
    links,
    playbooks,
    scenarios,
    scoring,
    todo,
)
from incidents.cases.standing import NotTheLead, OnlyExercise, Over, require_real, worked_on
from incidents.models import Alert, DueTelling, Exercise, Incident, IncidentTask
from incidents.notices import drafting as notices
from incidents.notices import exempting, texts
from incidents.reports import kinds, referring, writing
from records.notices.contents import Both
from tests import estate, pdfs

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def own_store(settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path / "var"


class Cast:
    def __init__(self) -> None:
        self.lead = estate.user(Role.COMPLIANCE_OFFICER, name="陈静")
        self.second = estate.user(Role.SECURITY_OFFICER, name="孙强")
        self.outside = estate.user(Role.COMPLIANCE_OFFICER, name="刘敏")
        with estate.acting(self.lead) as actor:
            self.case = exercising.begin("insider_sale", actor=actor)
            group.let_in(self.case, self.second, "member", actor=actor)
            self.begun: datetime = Exercise.objects.get().begun_at

    def at(self, minute: float) -> Any:
        return clock.at(self.begun + minute * MINUTE)

    def answer(self, minute: float, code: str, said: str, by: User | None = None) -> None:
        with self.at(minute), estate.acting(by or self.second) as actor:
            exercising.answer(self.case, code, said, actor=actor)

    def settle(self, minute: float, step: str, status: str = "done", note: str = "") -> None:
        with self.at(minute), estate.acting(self.second) as actor:
            todo.settle(self.case.tasks.get(step=step), status, note=note, actor=actor)

    def end(self, minute: float) -> Exercise:
        with self.at(minute), estate.acting(self.lead) as actor:
            return exercising.end(self.case, actor=actor)

    def client(self, person: User) -> Client:
        return estate.login(Client(HTTP_ACCEPT_LANGUAGE="zh-hans"), person, stepped_up=True)


@pytest.fixture
def cast() -> Cast:
    return Cast()


def test_it_is_a_case_like_any_other_but_for_its_number(cast: Cast) -> None:
    assert cast.case.code.startswith("E-")
    with estate.acting(cast.lead):
        steps = set(cast.case.tasks.values_list("step", flat=True))
        assert cast.case.clocks.exists()
    assert steps == {each.code for each in playbooks.of("insider")}
    with estate.acting(cast.outside):
        assert not Exercise.objects.exists()
        assert not Incident.objects.exists()


def test_what_is_told_and_asked_comes_with_its_minute(cast: Cast) -> None:
    with estate.acting(cast.second):
        row = Exercise.objects.get()
        for minute, told, asked in ((0, 1, 1), (14, 1, 1), (15, 2, 2), (999, 4, 4)):
            with cast.at(minute):
                assert len(exercising.told_by_now(row)) == told
                assert len(exercising.asked_by_now(row)) == asked


def test_the_first_answer_stands_and_none_comes_before_its_question(cast: Cast) -> None:
    with pytest.raises(exercising.NotAsked):
        cast.answer(14, "ours", "38")
    for wrong in ("viele", "-3", "", "1.5", "9" * 12):
        with pytest.raises(exercising.NoAnswer):
            cast.answer(16, "ours", wrong)
    with pytest.raises(exercising.NoAnswer):
        cast.answer(16, "first", "nothing")
    cast.answer(16, "ours", " 1,038 ")
    with pytest.raises(exercising.NotAsked):
        cast.answer(17, "ours", "38")
    with pytest.raises(exercising.NotAsked):
        cast.answer(17, "another", "38")
    with estate.acting(cast.lead):
        assert Exercise.objects.get().answers["ours"]["answer"] == "1038"


def test_the_score_adds_up_times_answers_and_what_was_forgotten(cast: Cast) -> None:
    cast.answer(1, "first", "evidence")
    cast.answer(16, "ours", "37")
    cast.settle(60, "cut_person")
    cast.settle(121, "assess")
    cast.settle(30, "trace", "not_needed", "样本太少")
    with pytest.raises(NotTheLead), estate.acting(cast.second) as actor:
        exercising.end(cast.case, actor=actor)
    row = cast.end(180)
    found = {each["code"]: (each["outcome"], each["points"], each["most"]) for each in row.score}
    assert found == {
        "cut_person": ("in_time", 2, 2), "secure": ("forgotten", 0, 2), "assess": ("late", 1, 2),
        "regulator": ("forgotten", 0, 2), "trace": ("left_out", 0, 2), "scope": ("forgotten", 0, 2),
        "first": ("right", 2, 2), "ours": ("wrong", 0, 2), "cut": ("unanswered", 0, 2),
        "press": ("unanswered", 0, 2),
    }  # fmt: skip
    assert (row.points, row.most) == (5, 20)
    assert scoring.arithmetic(row.score) == "2 + 0 + 1 + 0 + 0 + 0 + 2 + 0 + 0 + 0 = 5"
    with pytest.raises(Over):
        cast.end(200)


def test_it_ends_with_nothing_running_and_nothing_waiting(cast: Cast) -> None:
    with estate.acting(cast.lead) as actor:
        waiting_one = decisions.ask(cast.case, "contain", "x", actor=actor)
    cast.end(90)
    waiting_one.refresh_from_db()
    assert waiting_one.status == "void"
    with estate.acting(cast.lead):
        cast.case.refresh_from_db()
        assert cast.case.status == "closed"
        assert not cast.case.clocks.filter(stopped_at=None).exists()


class TestNothingIsReal:
    def test_nothing_of_it_stands_in_the_real_lists(self, cast: Cast, rf: Any) -> None:
        with estate.acting(cast.lead) as actor:
            assert due.of(actor) == []
            assert not worked_on(actor).exists()
            request = rf.get("/admin/")
            request.actor = actor
            assert waiting.tasks(request) == waiting.Tasks(0, 0)
        page = cast.client(cast.lead).get("/admin/").content.decode()
        assert cast.case.code not in page
        assert "演练" in cast.client(cast.lead).get("/admin/incident/").content.decode()

    def test_no_letter_is_sent_of_it(self, cast: Cast) -> None:
        for person in (cast.lead, cast.second):
            person.email = "somebody@qinghe.example"
            person.save(update_fields=["email"])
        mail.outbox.clear()
        with cast.at(60 * 24 * 30):
            tasks.tell_due()
        with scopes.acting(estate.system()):
            assert not DueTelling.objects.exists()
        assert mail.outbox == []

    def test_nobody_is_cut_off(self, cast: Cast) -> None:
        agent = estate.user(Role.AGENT, name="王磊")
        with estate.acting(cast.lead) as actor:
            row = links.link(cast.case, "operator", agent.staff_no, actor=actor)
            approval = cutting.ask(cast.case, [row], "演练", actor=actor)
        epoch = agent.session_epoch
        with estate.acting(cast.second, stepped_up=True) as actor:
            shown = str(approvals.kind_of(approval).describe(approval.payload))
            approvals.approve(approval, seen=approval.digest, actor=actor)
        agent.refresh_from_db()
        assert agent.is_active
        assert agent.session_epoch == epoch
        assert f"演练：{cast.case.code}" in shown
        with estate.acting(cast.lead):
            assert cast.case.timeline.get(what="cut").facts["ended"] == 0

    def test_no_real_alert_goes_into_it_and_it_is_not_closed_like_a_case(self, cast: Cast) -> None:
        with estate.acting(cast.lead) as actor:
            alert, _new = triage.raise_alert("staff", "真的", actor=actor)
            with pytest.raises(OnlyExercise):
                triage.merge(alert, cast.case, actor=actor)
            with pytest.raises(OnlyExercise):
                decisions.ask_to_close(cast.case, text="结案", actor=actor)
        assert Alert.objects.get(pk=alert.pk).status == "new"
        assert not Approval.objects.filter(kind="incident-close").exists()

    def test_whatever_would_leave_the_house_is_refused(self, cast: Cast) -> None:
        with pytest.raises(OnlyExercise):
            require_real(cast.case)
        require_real(Incident(code="I-1"))

    def test_no_report_notice_or_referral_of_it_goes_out(self, cast: Cast) -> None:
        both = {"zh": "演练。", "en": "An exercise."}
        with estate.acting(cast.lead, stepped_up=True) as actor:
            report = writing.begin(cast.case, "CN-NFRA-2H", actor=actor)
            writing.write(report, dict.fromkeys(kinds.SECTIONS, both), actor=actor)
            words = dict.fromkeys(texts.PARTS, Both(**both))
            batch = notices.draft(cast.case, words, public=True, actor=actor)
            with pytest.raises(OnlyExercise):
                writing.submit(report, actor=actor)
            with pytest.raises(OnlyExercise):
                notices.submit(batch, actor=actor)
            with pytest.raises(OnlyExercise):
                exempting.ask(cast.case, "CN-EX-AVERTED", "演练", actor=actor)
            with pytest.raises(OnlyExercise):
                referring.take(
                    cast.case, to="公安机关", note="演练", purpose="security", actor=actor
                )
        assert not mail.outbox

    def test_an_open_case_is_no_exercise(self, cast: Cast) -> None:
        with estate.acting(cast.lead) as actor:
            Incident.objects.filter(pk=cast.case.pk).update(exercise=False)
            Exercise.objects.all().delete()
            cast.case.refresh_from_db()
            with pytest.raises(exercising.NoExercise):
                exercising.end(cast.case, actor=actor)


def test_the_pages_lead_from_the_scenario_to_the_score(cast: Cast) -> None:
    lead, outside = cast.client(cast.lead), cast.client(cast.outside)
    assert lead.post("/admin/incident-exercise/", {"scenario": "x"}).status_code == 422
    made = lead.post("/admin/incident-exercise/", {"scenario": "misdirected_mail"})
    assert made.status_code == 302
    page = made.url
    code = page.rstrip("/").rpartition("/")[2]
    assert outside.get(page).status_code == 404
    shown = lead.get(page).content.decode()
    assert "320 名被保险人" in shown
    assert "隐藏工作表" not in shown, "it comes at its minute"
    for said, status, words in (
        ({"question": "recall"}, 422, "请选择一项"),
        ({"question": "recall", "answer": "x"}, 422, "请选择一项"),
        ({"question": "people", "answer": "405"}, 409, "还没有到时间"),
        ({"question": "nothing"}, 200, "320"),
        ({"question": "recall", "answer": "delete"}, 302, ""),
        ({"question": "recall", "answer": "ignore"}, 409, "已经回答过"),
    ):
        answer = lead.post(page, said)
        assert answer.status_code == status, said
        assert words in answer.content.decode(), said
    assert lead.get(f"{page}score.pdf").status_code == 404
    board = lead.get(f"/admin/incident/{code}/").content.decode()
    assert "这是演练" in board
    assert "提交结案" not in board
    assert lead.post(page, {"act": "end"}).status_code == 302
    shown = lead.get(page).content.decode()
    assert "得分 PDF" in shown
    assert "0 + 0 + 0 + 0 + 2 + 0 + 0 = 2" in shown
    text = pdfs.text(lead.get(f"{page}score.pdf").content)
    assert "2 / 14" in text
    assert "0 + 0 + 0 + 0 + 2 + 0 + 0 = 2" in text
    assert outside.get(f"{page}score.pdf").status_code == 404


def test_its_title_is_read_in_the_readers_language(cast: Cast) -> None:
    reader = estate.login(Client(HTTP_ACCEPT_LANGUAGE="en"), cast.second, stepped_up=True)
    reader.cookies["django_language"] = "en"
    for page in (
        f"/admin/incident/{cast.case.code}/",
        "/admin/incident/",
        "/admin/incident-exercise/",
        f"/admin/incident-exercise/{cast.case.code}/",
    ):
        shown = reader.get(page).content.decode()
        assert "An insider sells a list of customers" in shown, page
        assert "内部人员倒卖客户名单" not in shown, page


def test_a_step_is_in_time_up_to_its_last_second() -> None:
    scenario, book, begun = scenarios.of("insider_sale"), scenarios.book(), clock.now()
    for seconds, outcome in ((3600, "in_time"), (3601, "late")):
        task = IncidentTask(
            step="cut_person", status="done", done_at=begun + timedelta(seconds=seconds)
        )
        lines = scoring.of(scenario, {"cut_person": task}, {}, begun_at=begun, book=book)
        assert lines[0].outcome == outcome
        told = scoring.told(scenario, scoring.data(lines))[0]
        assert (told.expected, told.came) == ("≤ 1:00", "1:00" if outcome == "in_time" else "1:01")


def test_a_wrong_file_of_scenarios_is_refused() -> None:
    good = (Path(scenarios.__file__).parent.parent / "exercises.yaml").read_text()
    assert len(scenarios.parsed(good).scenarios) == 5
    for old, new in (
        ("kind: insider\n", "kind: nothing\n"),
        ("steps: [cut_person,", "steps: [lessons,"),
        ("- {minute: 0, zh: 客服", "- {minute: 3, zh: 客服"),
        ("least: 38, most: 38", "least: 39, most: 38"),
        (", right: true", ""),
        ("late: 1", "late: 2"),
        ("en: A laptop is lost", "en: ''"),
        ("{code: ours, minute: 15,", "{code: ours, minute: 16,"),
        ("{code: ours,", "{code: first,"),
    ):
        assert old in good, old
        with pytest.raises(scenarios.ScenarioRefused):
            scenarios.parsed(good.replace(old, new, 1))
