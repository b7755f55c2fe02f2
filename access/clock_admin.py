"""Clocks and the working-day calendar in the law library: what holds, its versions, and proposals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access import law_frame
from access.actions import Action
from access.admin_pages import actor_of, page
from access.clock_forms import ClockForm, YearForm
from access.law import calendar_entering, clock_overriding, clock_telling, clock_words, words
from access.law.clock_book import Book, UnknownClock, is_ours
from access.law.clock_telling import ToldYear
from access.law.reading import today
from access.models import ClockOverride
from custodian.regimes.clocks import ClockRule
from custodian.regimes.packs import regimes
from custodian.regimes.rows import Mark

READ, PROPOSE = Action.LAW_READ, Action.LAW_PROPOSE


@page("law/clocks/", name="law_clocks", action=READ)
@require_safe
def clocks(request: HttpRequest) -> HttpResponse:
    regime = request.GET.get("regime", "")
    regime = regime if regime in regimes() else settings.CUSTODIAN_REGIME
    known = clock_telling.clocks(regime, today())
    groups = [
        (_("法律与标准的时限"), [each for each in known if not each.is_company]),
        (_("本公司自定的时限"), [each for each in known if each.is_company]),
    ]
    context = {
        "title": _("时限"),
        "regime": words.regime_title(regime),
        "chosen": regime,
        "orders": [(each, words.regime_title(each)) for each in regimes()],
        "is_ours": regime == settings.CUSTODIAN_REGIME,
        "groups": groups,
        "total": len(known),
    }
    return law_frame.template(request, "clocks", context)


@page("law/clocks/<str:code>/", name="law_clock", action=READ, logs_itself=True)
@require_safe
def clock(request: HttpRequest, code: str) -> HttpResponse:
    found, on = law_frame.found(request, READ, code, Book().known), today()
    waiting = clock_overriding.waiting(code)
    told = clock_telling.told(code, on, Book(), waiting)
    context = {
        "title": clock_words.name(found),
        "told": told,
        "rule": found,
        "mark": words.mark_key(found.mark),
        "is_ours": is_ours(found),
        "versions": law_frame.told(clock_telling.versions_of_clock(found, on)),
        "waiting": waiting,
    }
    return law_frame.template(request, "clock", context)


@page("law/clocks/<str:code>/change/", name="law_clock_change", action=PROPOSE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def change_clock(request: HttpRequest, code: str) -> HttpResponse:
    found = law_frame.found(request, PROPOSE, code, _ours)
    newest = ClockOverride.objects.filter(rule=code).first()
    form = ClockForm(found, newest, law_frame.posted(request))
    if form.is_bound and form.is_valid():
        answer = _proposed(
            form,
            lambda: clock_overriding.propose_clock(code, **form.terms(), actor=actor_of(request)),
        )
        if answer is not None:
            return answer
    context = {
        "title": _("提出另一时限：%(clock)s") % {"clock": clock_words.name(found)},
        "form": form,
        "told": clock_telling.told(code, today(), Book(), None),
    }
    return law_frame.template(request, "clock_edit", context, status=422 if form.is_bound else 200)


def _ours(code: str) -> ClockRule:
    """Another order's clocks are read here and changed nowhere."""
    found = Book().known(code)
    if not is_ours(found):
        raise UnknownClock
    return found


FIELDS = {
    clock_overriding.LawIsShorter: "length",
    clock_overriding.BadLength: "length",
    clock_overriding.TargetIsLonger: "target",
    clock_overriding.NotAhead: "since",
    calendar_entering.NotRead: "read_on",
}
ERRORS = (*clock_overriding.ERRORS, *calendar_entering.ERRORS)


def _proposed(form: ClockForm | YearForm, propose: Callable[[], Any]) -> HttpResponse | None:
    """On to the approval, or back to the form with what is wrong."""
    try:
        asked = propose()
    except ERRORS as error:
        field = FIELDS.get(type(error))
        form.add_error(field if field in form.fields else None, str(error.message))
        return None
    return redirect("admin:approval", asked.ref)


@page("law/calendar/", name="law_calendar", action=READ)
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    known = clock_telling.years()
    next_year = (known[-1].year.number if known else today().year) + 1
    context = {
        "title": _("工作日历"),
        "years": [(each, clock_telling.working_days(each.year.number)) for each in known],
        "next": next_year if calendar_entering.may_enter(next_year) else None,
        "may_enter": [
            each.year.number for each in known if calendar_entering.may_enter(each.year.number)
        ],
    }
    return law_frame.template(request, "calendar", context)


@page("law/calendar/<int:year>/", name="law_calendar_year", action=READ, logs_itself=True)
@require_safe
def calendar_year(request: HttpRequest, year: int) -> HttpResponse:
    found = law_frame.found(request, READ, str(year), _year)
    context = {
        "title": _("%(year)s 年工作日历") % {"year": year},
        "told": found,
        "mark": words.mark_key(found.year.mark),
        "working": clock_telling.working_days(year),
        "months": list(clock_telling.months(year)),
        "weekdays": [(_short(each), WEEKDAYS[each]) for each in range(7)],
        "versions": law_frame.told(clock_telling.versions_of_year(year, today())),
        "waiting": found.waiting,
        "may_enter": calendar_entering.may_enter(year),
    }
    return law_frame.template(request, "calendar_year", context)


@page("law/calendar/<int:year>/enter/", name="law_calendar_enter", action=PROPOSE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def enter_year(request: HttpRequest, year: int) -> HttpResponse:
    known = law_frame.found(request, PROPOSE, str(year), _enterable)
    form = YearForm(known.year if known else None, law_frame.posted(request))
    if form.is_bound and form.is_valid():
        said = {**form.cleaned_data, "mark": Mark(form.cleaned_data["mark"])}
        answer = _proposed(
            form, lambda: calendar_entering.propose_year(year, **said, actor=actor_of(request))
        )
        if answer is not None:
            return answer
    context = {
        "title": _("登记 %(year)s 年工作日历") % {"year": year},
        "form": form,
        "year": year,
        "known": known,
    }
    return law_frame.template(
        request, "calendar_edit", context, status=422 if form.is_bound else 200
    )


def _short(weekday: int) -> str:
    """一, Mon."""
    return str(WEEKDAYS[weekday])[:3] if words.english() else str(WEEKDAYS[weekday])[-1:]


def _enterable(text: str) -> ToldYear | None:
    """What is known of a year that may be entered, if anything."""
    if not calendar_entering.may_enter(int(text)):
        raise UnknownClock
    return clock_telling.year(int(text))


def _year(text: str) -> ToldYear:
    found = clock_telling.year(int(text))
    if found is None:
        raise UnknownClock
    return found
