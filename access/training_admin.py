"""The back office's pages of training: courses and undertakings, units, gaps, and forms that change terms."""

from __future__ import annotations

from typing import Any, NoReturn

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access import gate
from access.actions import Action
from access.admin_pages import CHANNEL, actor_of, enter, page, panel, purpose_of
from access.models import Course, Undertaking, Unit, User
from access.training import completion, courses, standing, undertakings
from access.training.completion import Trainee
from access.training.words import LAWS, STATES, months_words, role_words
from access.training_forms import CourseForm, UndertakingForm

READ, PROPOSE = Action.TRAINING_READ, Action.TRAINING_PROPOSE
SHOWN = 200
WORST = 3


@page("training/", name="training", action=READ)
@require_safe
def training(request: HttpRequest) -> HttpResponse:
    """What there is to learn and sign, how far each unit has come, and who is behind."""
    everybody = completion.everybody()
    units = completion.by_unit(everybody)
    wanted = request.GET.get("unit", "")
    unit = next((each.of for each in units if each.of.code == wanted), None)
    chosen = [each for each in everybody if unit is None or _under(each, unit)]
    behind = [each for each in chosen if each.gaps]
    tallies = completion.by_code(chosen)
    context = {
        "title": _("培训与承诺"),
        "people": len(chosen),
        "in_order": len(chosen) - len(behind),
        "courses": [_taught(each, tallies) for each in Course.objects.in_force()],
        "undertakings": [_taught(each, tallies) for each in Undertaking.objects.in_force()],
        "units": units,
        "unit": unit,
        "behind": [_behind(each) for each in behind[:SHOWN]],
        "more": max(len(behind) - SHOWN, 0),
        "gap_count": len(behind),
        "may_change": gate.may(actor_of(request), PROPOSE),
    }
    return _template(request, "page", context)


def _under(trainee: Trainee, unit: Unit) -> bool:
    return trainee.user.unit.path.startswith(unit.path)


def _taught(taught: Any, tallies: dict[str, completion.Tally]) -> dict[str, Any]:
    kind = courses if isinstance(taught, Course) else undertakings
    return {
        "taught": taught,
        "roles": role_words(taught.roles),
        "months": months_words(taught.months) if isinstance(taught, Course) else "",
        "law": LAWS.get(taught.law, ""),
        "tally": tallies.get(taught.code) or completion.Tally(taught, 0, 0, 0),
        "waiting": kind.waiting(taught.code),
    }


def _behind(trainee: Trainee) -> dict[str, Any]:
    gaps = [
        _("%(title)s（%(state)s）") % {"title": each.taught.title, "state": STATES[each.state][0]}
        for each in trainee.gaps
    ]
    return {"user": trainee.user, "gaps": _("、").join(gaps)}


@page("training/courses/<slug:code>/", name="training_course", action=PROPOSE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def change_course(request: HttpRequest, code: str) -> HttpResponse:
    base = _found(request, code, courses.in_force)
    form = CourseForm(_posted(request), initial=courses.terms_of(base))
    if form.is_bound and form.is_valid():
        try:
            asked = courses.propose(
                form.terms(),
                base=base,
                reason=form.cleaned_data["reason"],
                actor=actor_of(request),
            )
        except (courses.Unchanged, courses.Pending) as error:
            form.add_error(None, str(error.message))
        else:
            return redirect("admin:approval", asked.ref)
    return _edit(request, form, base, _("修改课程《%(title)s》") % {"title": base.title})


@page(
    "training/undertakings/<slug:code>/",
    name="training_undertaking",
    action=PROPOSE,
    logs_itself=True,
)
@require_http_methods(["GET", "HEAD", "POST"])
def change_undertaking(request: HttpRequest, code: str) -> HttpResponse:
    base = _found(request, code, undertakings.in_force)
    start = {**undertakings.texts_of(base), "roles": base.roles}
    form = UndertakingForm(_posted(request), initial=start)
    if form.is_bound and form.is_valid():
        try:
            asked = undertakings.propose(
                form.texts(),
                roles=form.cleaned_data["roles"],
                base=base,
                reason=form.cleaned_data["reason"],
                actor=actor_of(request),
            )
        except undertakings.SameVersion as error:
            form.add_error("clause_version", str(error.message))
        except (undertakings.Unchanged, undertakings.Pending) as error:
            form.add_error(None, str(error.message))
        else:
            return redirect("admin:approval", asked.ref)
    return _edit(request, form, base, _("修改承诺《%(title)s》") % {"title": base.title})


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _found(request: HttpRequest, code: str, find: Any) -> Any:
    """What is in force under the code, with the entry of the look at it."""
    actor = actor_of(request)
    if not gate.may(actor, PROPOSE):
        enter(request, PROPOSE)  # which refuses, and puts that on record
    found = find(code)
    if found is None:
        _refuse_unknown(request, code)
    enter(request, PROPOSE, row=code)
    return found


def _refuse_unknown(request: HttpRequest, code: str) -> NoReturn:
    actor = actor_of(request)
    gate.refuse_unknown(actor, PROPOSE, asked=code[:40], purpose=purpose_of(actor), channel=CHANNEL)


def _edit(request: HttpRequest, form: forms.Form, base: Any, title: str) -> HttpResponse:
    context = {
        "title": title,
        "form": form,
        "base": base,
        "signs_anew": isinstance(base, Undertaking),
    }
    return _template(request, "edit", context, status=422 if form.is_bound else 200)


@panel(40, column="side", template="admin/panels/training.html")
def gaps(request: HttpRequest) -> dict[str, Any] | None:
    """How many are behind, and in which units most."""
    if not gate.may(actor_of(request), READ):
        return None
    everybody = completion.everybody()
    units = [
        each
        for each in completion.by_unit(everybody)
        if each.gaps and _is_their_own(each, everybody)
    ]
    return {
        "people": len(everybody),
        "gaps": sum(bool(each.gaps) for each in everybody),
        "worst": sorted(units, key=lambda each: each.share)[:WORST],
        "url": reverse("admin:training"),
    }


def _is_their_own(tally: completion.Tally, everybody: list[Trainee]) -> bool:
    """Whether some of those behind work in the unit itself: the ones above it would only repeat them."""
    return any(each.gaps and each.user.unit_id == tally.of.pk for each in everybody)


def of_person(request: HttpRequest, person: User) -> dict[str, Any]:
    """The part of a person's page; empty for whoever may not see it."""
    if not gate.may(actor_of(request), READ):
        return {}
    rows = [{"part": each, "state": STATES[each.state]} for each in standing.parts_of(person)]
    return {"training": rows, "may_train": True}


def _template(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    more = {**admin.site.each_context(request), **context}
    return render(request, f"admin/training/{name}.html", more, status=status)
