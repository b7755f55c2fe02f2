"""Exercises: a case that is played by the clock and scored. Nothing of it goes out, and nothing is cut."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate
from access.actions import Action
from access.actors import Actor
from access.models import Approval
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from incidents.cases import opening, scenarios, scoring, timeline
from incidents.cases.scenarios import Inject, Question, Scenario
from incidents.cases.standing import INCIDENT, held, require_lead, require_work
from incidents.models import Exercise, Incident, TimelineEntry

What = TimelineEntry.What


class NotAsked(CustodianError):
    """The question has not come up yet, or was answered."""

    code = "exercise-not-asked"
    status = 409
    message = _("这道题还没有到时间，或已经回答过")


class NoAnswer(CustodianError):
    """It is none of the options, or no number."""

    code = "exercise-no-answer"
    message = _("请选择一项，或填写一个整数")


class NoExercise(CustodianError):
    """The case is real."""

    code = "exercise-none"
    status = 409
    message = _("这不是演练")


def begin(code: str, *, actor: Actor) -> Incident:
    """Opened by an officer, who leads it. Raises KeyError for what is no scenario."""
    scenario, now = scenarios.of(code), clock.now()
    with transaction.atomic():
        case = opening.open_case(
            kind=scenario.kind,
            title=str(scenario.title),
            occurred_at=None,
            aware_at=now,
            exercise=True,
            actor=actor,
        )
        Exercise.objects.create(incident=case, scenario=code, begun_at=now)
    return case


def scenario_of(exercise: Exercise) -> Scenario:
    return scenarios.of(exercise.scenario)


def told_by_now(exercise: Exercise) -> list[Inject]:
    gone = _minute(exercise)
    return [each for each in scenario_of(exercise).injects if each.minute <= gone]


def asked_by_now(exercise: Exercise) -> list[Question]:
    gone = _minute(exercise)
    return [each for each in scenario_of(exercise).questions if each.minute <= gone]


def _minute(exercise: Exercise) -> float:
    """Of its own time, which stops with its end."""
    return ((exercise.ended_at or clock.now()) - exercise.begun_at).total_seconds() / 60


def answer(incident: Incident, code: str, said: str, *, actor: Actor) -> None:
    """The first answer stands. Raises `NotAsked`, `NoAnswer`, `NoExercise`, `Observes`, `Over`."""
    with held(incident) as row:
        require_work(row, actor)
        exercise = _held(row)
        question = next((each for each in asked_by_now(exercise) if each.code == code), None)
        if question is None or code in exercise.answers:
            raise NotAsked
        clean = _clean(question, said)
        facts = {"incident": row.code, "timeline": What.EXERCISE.value}
        gate.authorise(actor, Action.INCIDENT_WORK, channel=Channel.ADMIN, facts=facts)
        at = clock.now().isoformat()
        exercise.answers[code] = {"answer": clean, "at": at, "by": actors.person(actor)}
        exercise.save(update_fields=["answers"])
        told = {"scenario": exercise.scenario, "question": code, "answer": clean}
        timeline.write(row, What.EXERCISE, actor=actor, facts=told)


def _clean(question: Question, said: str) -> str:
    text = said.strip()
    if question.options:
        if text not in question.options:
            raise NoAnswer
        return text
    plain = text.replace(",", "").replace("，", "")
    if not plain.isascii() or not plain.isdigit() or len(plain) > 9:
        raise NoAnswer
    return str(int(plain))


def end(incident: Incident, *, actor: Actor) -> Exercise:
    """Scored and closed; what waits in it is void, and its clocks stop to run. Raises `NotTheLead`, …"""
    with held(incident) as row:
        require_lead(row, actor)
        exercise = _held(row)
        facts = {"incident": row.code, "timeline": What.EXERCISE.value}
        gate.authorise(actor, Action.INCIDENT_LEAD, channel=Channel.ADMIN, facts=facts)
        now, book = clock.now(), scenarios.book()
        tasks = {each.step: each for each in row.tasks.exclude(step="")}
        lines = scoring.of(
            scenario_of(exercise), tasks, exercise.answers, begun_at=exercise.begun_at, book=book
        )
        exercise.ended_at, exercise.score = now, scoring.data(lines)
        exercise.points = sum(each.points for each in lines)
        exercise.most = sum(each.most for each in lines)
        exercise.save()
        for waiting in Approval.objects.waiting().filter(payload__incident=row.code):
            approvals.void(waiting)
        row.clocks.filter(stopped_at=None).delete()
        INCIDENT.move(row, "play_out", {"handled_at": row.handled_at or now, "closed_at": now})
        told = {"scenario": exercise.scenario, "points": exercise.points, "most": exercise.most}
        timeline.write(row, What.EXERCISE, actor=actor, facts=told)
    return exercise


def _held(incident: Incident) -> Exercise:
    exercise = Exercise.objects.select_for_update().filter(incident=incident).first()
    if exercise is None:
        raise NoExercise
    return exercise
