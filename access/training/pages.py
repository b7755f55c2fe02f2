"""A person's own learning: the overview, one screen for each lesson, the questions, and what to sign."""

from __future__ import annotations

from typing import Any, NoReturn

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from access import code_hints, desk_frame, gate, sign_ins, step_up
from access.account import Unprocessable, signed_in
from access.actions import Action
from access.actors import Actor
from access.admin_pages import actor_of
from access.models import Attempt, Course, Question, Undertaking, User
from access.models.people import BACK_OFFICE
from access.step_up import TooManyCodes
from access.training import attempts, courses, learning, standing, undertakings
from access.vocabulary import Role

FORM = ["GET", "HEAD", "POST"]


class SheetForm(forms.Form):
    """The questions in the order of one attempt; nothing in it tells which choice is right."""

    number = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, data: Any = None, *, number: int, sheet: Any) -> None:
        super().__init__(data, initial={"number": number})
        for place, (question, order) in enumerate(sheet, 1):
            self.fields[f"q{question.number}"] = _radios(place, question, order)

    def answers(self) -> dict[int, int]:
        said = self.cleaned_data
        return {int(name[1:]): value for name, value in said.items() if name != "number"}


def _radios(place: int, question: Question, order: list[int]) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=f"{place}. {question.text}",
        choices=[(at, question.choices[at]) for at in order],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("第 %(n)s 题还没有选") % {"n": place}},
    )


class SignForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    read = forms.BooleanField(
        label=gettext_lazy("我已逐条阅读，愿意遵守"),
        error_messages={"required": gettext_lazy("请先阅读全文，再勾选")},
    )
    code = forms.CharField(
        label=gettext_lazy("二次验证码"),
        max_length=12,
        help_text=gettext_lazy("验证器上的 6 位数字，相当于您的签名"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={"required": gettext_lazy("请输入验证器上的 6 位数字")},
    )

    def __init__(self, data: Any = None, *, seen: str, fresh: bool) -> None:
        super().__init__(data, initial={"seen": seen})
        if fresh:
            del self.fields["code"]


@require_safe
@signed_in
def overview(request: HttpRequest) -> HttpResponse:
    return overview_of(request, actor_of(request))


def overview_of(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What the person must have, what is lacking first."""
    parts = standing.parts_of(request.user)
    rows = learning.rows(parts, actor.role)
    soon = [each for each in rows if each.part.state == "soon"]
    context = {
        "title": _("我的学习"),
        "rows": rows,
        "gaps": [each for each in rows if each.part.is_gap],
        "soon": min(soon, key=lambda each: each.part.days_left or 0, default=None),
        "closed": _("、").join(_closed(rows)),
    }
    return _page(request, actor, "overview", context)


def _closed(rows: list[learning.Row]) -> list[str]:
    """What stays shut now for what is lacking."""
    return list(dict.fromkeys(label for each in rows if each.part.is_gap for label in each.classes))


@require_safe
@signed_in
def course(request: HttpRequest, code: str) -> HttpResponse:
    """One lesson on one screen."""
    taught = _course_or_404(request, code)
    lessons = list(taught.lessons.all())
    asked = request.GET.get("page", "")
    number = min(max(int(asked), 1), len(lessons)) if asked.isdecimal() and len(asked) < 5 else 1
    lesson = lessons[number - 1]
    context = {
        "title": taught.title,
        "course": taught,
        "lesson": lesson,
        "blocks": learning.blocks(lesson.body),
        "number": number,
        "total": len(lessons),
        "before": number - 1,
        "after": number + 1 if number < len(lessons) else 0,
        "asked": taught.questions.count(),
    }
    return _page(request, actor_of(request), "lesson", context)


@require_http_methods(FORM)
@signed_in
def questions(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet; handing it in leads to what came of it."""
    taught, actor = _course_or_404(request, code), actor_of(request)
    person = actor.id or 0
    number = attempts.next_number(taught, person)
    sheet = attempts.sheet(taught, person=person, number=number)
    form = SheetForm(request.POST if request.method == "POST" else None, number=number, sheet=sheet)
    if form.is_bound and request.POST.get("number", str(number)) != str(number):
        return redirect("account_result", code)
    if form.is_bound and form.is_valid():
        attempts.take(
            taught,
            form.answers(),
            number=number,
            channel=sign_ins.channel_of(Role(actor.role)),
            actor=actor,
        )
        return redirect("account_result", code)
    context = {
        "title": _("考核：%(title)s") % {"title": taught.title},
        "course": taught,
        "form": form,
    }
    return _page(request, actor, "questions", context, status=_status(form))


@require_safe
@signed_in
def result(request: HttpRequest, code: str) -> HttpResponse:
    """The newest attempt, question by question."""
    taught, actor = _course_or_404(request, code), actor_of(request)
    mine = Attempt.objects.filter(user_id=actor.id or 0, course__code=code)
    attempt = mine.select_related("course").order_by("-taken_at", "-pk").first()
    if attempt is None:
        return redirect("account_questions", code)
    marked = learning.marked(attempt)
    context = {
        "title": _("考核结果：%(title)s") % {"title": taught.title},
        "course": taught,
        "attempt": attempt,
        "marked": marked,
        "right": sum(each.right for each in marked),
    }
    return _page(request, actor, "result", context)


@require_http_methods(FORM)
@signed_in
def undertaking(request: HttpRequest, code: str) -> HttpResponse:
    """The words, and signing them with a fresh second factor."""
    held, actor = _undertaking_or_404(request, code), actor_of(request)
    posted = request.POST if request.method == "POST" else None
    form = SignForm(posted, seen=held.digest, fresh=actor.stepped_up)
    if form.is_bound and form.is_valid() and _proven(request, form):
        try:
            undertakings.sign(
                held,
                seen=form.cleaned_data["seen"],
                channel=sign_ins.channel_of(Role(actor.role)),
                actor=actor_of(request),
            )
        except undertakings.WordsChanged as error:
            form.add_error(None, str(error.message))
        else:
            messages.success(request, _("已签署，并已记入查询日志。"))
            return redirect("account_undertaking", code)
    context = {
        "title": held.title,
        "undertaking": held,
        "blocks": learning.blocks(held.text),
        "signature": undertakings.signature_of(held, actor.id or 0),
        "form": form,
        "code_hint": code_hints.hint_for(request.user) if isinstance(request.user, User) else None,
    }
    return _page(request, actor, "undertaking", context, status=_status(form))


def _proven(request: HttpRequest, form: SignForm) -> bool:
    """Whether the code that was typed, if one was asked for, is the person's own of this moment."""
    if "code" not in form.fields:
        return True
    try:
        proven = step_up.verify(request, form.cleaned_data["code"])
    except TooManyCodes as error:
        form.add_error("code", str(error.message))
        return False
    if not proven:
        form.add_error("code", _("验证码不符或已过期，请输入验证器上现在的 6 位数字"))
    return proven


def _status(form: forms.Form) -> int:
    return Unprocessable if form.is_bound else 200


def _course_or_404(request: HttpRequest, code: str) -> Course:
    found = courses.in_force(code)
    if found is None:
        _refuse_unknown(request, Action.TRAINING_TAKE, code)
    return found


def _undertaking_or_404(request: HttpRequest, code: str) -> Undertaking:
    found = undertakings.in_force(code)
    if found is None:
        _refuse_unknown(request, Action.UNDERTAKING_SIGN, code)
    return found


def _refuse_unknown(request: HttpRequest, action: Action, code: str) -> NoReturn:
    actor = actor_of(request)
    channel = sign_ins.channel_of(Role(actor.role))
    gate.refuse_unknown(actor, action, asked=code[:40], purpose="", channel=channel)


def _page(
    request: HttpRequest, actor: Actor, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """In the frame of the place where the person works."""
    more = {**_frame(request, actor), **context}
    return render(request, f"learning/{name}.html", more, status=status)


def _frame(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    if actor.role in BACK_OFFICE:
        home = reverse("account_learning")
        return {**admin.site.each_context(request), "frame": "admin/page.html", "home": home}
    if actor.role is Role.REGULATOR:
        return {"frame": "frames/regulator.html", "home": reverse("account_learning")}
    return {
        **desk_frame.of(actor),
        "frame": "frames/desk.html",
        "home": reverse("desk:learning"),
        "here": "desk:learning",
    }
