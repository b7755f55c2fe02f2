"""The back office's pages of exercises: choosing a scenario, playing it, and the score."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from access import gate
from access.actions import Action
from access.admin_pages import actor_of, enter, page, row_of
from incidents import exercise_report
from incidents.case_frame import template
from incidents.cases import exercising, scenarios, scoring
from incidents.cases.scenarios import Question
from incidents.cases.standing import Status, part_of
from incidents.models import Exercise, Incident, Member
from transfers.admin_frame import done

READ, OPEN, WORK = Action.INCIDENT_READ, Action.INCIDENT_OPEN, Action.INCIDENT_WORK
HERE = "admin:incident_exercise"


class ScenarioForm(forms.Form):
    use_required_attribute = False
    scenario = forms.ChoiceField(
        label=gettext_lazy("场景"),
        error_messages={
            "required": gettext_lazy("请选择场景"),
            "invalid_choice": gettext_lazy("请选择场景"),
        },
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        field: Any = self.fields["scenario"]
        field.choices = [(code, each.title) for code, each in scenarios.book().scenarios.items()]


class AnswerForm(forms.Form):
    """Of one question: one of its options, or a number."""

    use_required_attribute = False

    def __init__(self, question: Question, data: Any = None) -> None:
        super().__init__(data, auto_id=f"{question.code}-%s")
        self.question = question
        missing = {"required": _("请选择一项，或填写一个整数")}
        if question.options:
            self.fields["answer"] = forms.ChoiceField(
                label=str(question.words),
                choices=list(question.options.items()),
                widget=forms.RadioSelect,
                error_messages={**missing, "invalid_choice": missing["required"]},
            )
        else:
            self.fields["answer"] = forms.CharField(
                label=str(question.words),
                max_length=12,
                widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
                error_messages=missing,
            )


def _cases(request: HttpRequest) -> Any:
    return Incident.objects.visible_to(actor_of(request)).filter(exercise=True)


def _exercise(request: HttpRequest, code: str) -> Exercise:
    """One in whose working group the actor is; any other one is not there."""
    rows = Exercise.objects.filter(incident__in=_cases(request), incident__code=code)
    return row_of(request, READ, rows.select_related("incident"), asked=code)


@page("incident-exercise/", name="incident_exercises", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    actor, posts = actor_of(request), request.method == "POST"
    if posts and not gate.may(actor, OPEN):
        enter(request, OPEN)  # which refuses, and that is on record
    form = ScenarioForm(request.POST if posts else None)
    if posts and form.is_valid():
        case = exercising.begin(form.cleaned_data["scenario"], actor=actor)
        messages.success(request, _("演练已开始，您是负责人；先把参加的人加入工作组"))
        return redirect(HERE, case.code)
    enter(request, READ)
    rows = Exercise.objects.filter(incident__in=_cases(request)).select_related("incident")
    context = {
        "title": _("事件演练"),
        "rows": [(each, exercising.scenario_of(each).title) for each in rows[:100]],
        "form": form if gate.may(actor, OPEN) else None,
    }
    return template(request, "exercises", context, status=422 if form.errors else 200)


@page("incident-exercise/<str:code>/", name="incident_exercise", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def play(request: HttpRequest, code: str) -> HttpResponse:
    """What was told by now, and what is asked; at the end the score."""
    exercise, actor = _exercise(request, code), actor_of(request)
    failed: AnswerForm | None = None
    status = 200
    if request.method == "POST" and request.POST.get("act") == "end":
        exercising.end(exercise.incident, actor=actor)
        messages.success(request, _("演练已结束，得分在下面"))
        return redirect(HERE, code)
    question = exercising.scenario_of(exercise).question(request.POST.get("question", ""))
    if request.method == "POST" and question is not None:
        failed, status = AnswerForm(question, request.POST), 422
        if failed.is_valid():
            said = failed.cleaned_data["answer"]
            ok, status = done(
                failed,
                lambda: exercising.answer(exercise.incident, question.code, said, actor=actor),
                field="answer",
            )
            if ok:
                messages.success(request, _("回答已记下"))
                return redirect(HERE, code)
            if status == exercising.NotAsked.status:  # where its form is not there
                messages.error(request, str(exercising.NotAsked.message))
    enter(request, READ, row=exercise.incident.code)
    return template(request, "exercise", _shown(exercise, actor, failed), status=status)


def _shown(exercise: Exercise, actor: Any, failed: AnswerForm | None) -> dict[str, Any]:
    case, scenario = exercise.incident, exercising.scenario_of(exercise)
    part, live = part_of(case, actor), case.status != Status.CLOSED
    works = live and part in {Member.Part.LEAD, Member.Part.MEMBER} and gate.may(actor, WORK)
    return {
        "title": f"{case.code} {scenario.title}",
        "case": case,
        "exercise": exercise,
        "injects": [
            (each, _asks(exercise, each.minute)) for each in exercising.told_by_now(exercise)
        ],
        "questions": [_asked(exercise, each, failed) for each in exercising.asked_by_now(exercise)],
        "works": works,
        "leads": live and part == Member.Part.LEAD,
        "score": scoring.told(scenario, exercise.score),
        "arithmetic": scoring.arithmetic(exercise.score),
    }


def _asks(exercise: Exercise, minute: int) -> bool:
    """What is told renews itself, and what is asked does not, under somebody's hands: a link leads there."""
    open_ones = exercising.asked_by_now(exercise) if exercise.ended_at is None else []
    return any(each.minute == minute and each.code not in exercise.answers for each in open_ones)


def _asked(exercise: Exercise, question: Question, failed: AnswerForm | None) -> dict[str, Any]:
    said = exercise.answers.get(question.code)
    mine = failed if failed is not None and failed.question == question else None
    return {
        "question": question,
        "answer": question.told(said["answer"]) if said else "",
        "form": mine or AnswerForm(question),
    }


@page(
    "incident-exercise/<str:code>/score.pdf",
    name="incident_exercise_pdf",
    action=READ,
    logs_itself=True,
)
@require_safe
def score(request: HttpRequest, code: str) -> HttpResponse:
    exercise = _exercise(request, code)
    enter(request, READ, row=exercise.incident.code, view="score.pdf")
    if exercise.ended_at is None:
        raise Http404
    response = HttpResponse(exercise_report.as_pdf(exercise), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{exercise.incident.code}-score.pdf"'
    return response
