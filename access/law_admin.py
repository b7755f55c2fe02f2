"""The law library: clauses with their marks, rules of retention, their versions, and proposals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

# The addresses of clocks, of the calendar and of purposes stand before those of clauses, which are any word.
from access import clock_admin, count_admin, law_frame, purpose_admin  # noqa: F401
from access.actions import Action
from access.admin_pages import actor_of, enter, page
from access.law import clock_telling, confirming, overriding, reading, telling, words
from access.law.clock_telling import ToldClock
from access.law.reading import Provision
from access.law_forms import ConfirmationForm, LibraryForm, OwnRuleForm, PeriodForm, period_form
from access.models import RuleOverride
from custodian.regimes.packs import Mark, regimes

READ, PROPOSE = Action.LAW_READ, Action.LAW_PROPOSE


@page("law/", name="law", action=READ)
@require_safe
def library(request: HttpRequest) -> HttpResponse:
    regime = request.GET.get("regime", "")
    regime = regime if regime in regimes() else settings.CUSTODIAN_REGIME
    known = reading.clauses(regime)
    form = LibraryForm(request.GET or None, clauses=known.values(), regime=regime)
    asked = form.cleaned_data if form.is_valid() else {}
    of_law = [each for each in known.values() if asked.get("law") in {None, "", each.law}]
    shown = [each for each in of_law if asked.get("mark") in {None, "", each.mark}]
    is_ours = regime == settings.CUSTODIAN_REGIME
    rules = telling.rules(reading.today()) if is_ours else []
    clocks = clock_telling.clocks(regime, reading.today())
    context = {
        "title": _("法规条款库"),
        "form": form,
        "regime": words.regime_title(regime),
        "chosen": regime,
        "is_ours": is_ours,
        "filtered": bool(asked.get("law") or asked.get("mark")),
        "total": len(shown),
        "counts": _counts(of_law, {"regime": regime, "law": asked.get("law", "")}),
        "groups": _groups(shown, rules, clocks),
        "rules": rules,
    }
    return law_frame.template(request, "library", context)


def _counts(known: list[Provision], query: dict[str, str]) -> list[dict[str, Any]]:
    """How many clauses bear each mark, as a part of all, and where to see only those."""
    counted = Counter(each.mark for each in known)
    return [
        {
            "mark": words.mark_key(mark),
            "meaning": words.MEANINGS[mark],
            "count": counted[mark],
            "share": counted[mark] / len(known) if known else 0.0,
            "query": urlencode(
                {**{key: value for key, value in query.items() if value}, "mark": mark}
            ),
        }
        for mark in (Mark.READ, Mark.SECONDARY, Mark.UNCONFIRMED)
    ]


def _groups(
    shown: Iterable[Provision], rules: Iterable[telling.ToldRule], clocks: Iterable[ToldClock]
) -> list[dict[str, Any]]:
    """Clauses by law in the pack's order, each with the rules and the clocks that rest on it."""
    resting: dict[str, list[telling.ToldRule]] = {}
    for told in rules:
        resting.setdefault(told.rule.clause, []).append(told)
    running: dict[str, list[ToldClock]] = {}
    for clock in clocks:
        running.setdefault(clock.rule.clause, []).append(clock)
    groups: dict[str, list[dict[str, Any]]] = {}
    for each in shown:
        row = {
            **_clause_row(each),
            "rules": resting.get(each.code, ()),
            "clocks": running.get(each.code, ()),
        }
        groups.setdefault(words.law_of(each), []).append(row)
    return [
        {
            "law": law,
            "rows": rows,
            "unconfirmed": sum(each["clause"].mark is Mark.UNCONFIRMED for each in rows),
        }
        for law, rows in groups.items()
    ]


def _clause_row(found: Provision) -> dict[str, Any]:
    return {
        "clause": found,
        "article": words.article_of(found),
        "says": words.says(found),
        "mark": words.mark_key(found.mark),
    }


@page("law/rules/new/", name="law_rule_new", action=PROPOSE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new_rule(request: HttpRequest) -> HttpResponse:
    enter(request, PROPOSE)
    form = OwnRuleForm(law_frame.posted(request))
    if form.is_bound and form.is_valid():
        answer = _proposed(request, form, form.code(), own=form.own())
        if answer is not None:
            return answer
    lede = _("随附的法规库没有的保存规则，由本公司自定；它永远只是本公司默认。")
    context = {"title": _("新增保存规则"), "form": form, "lede": lede}
    return law_frame.template(request, "edit", context, status=422 if form.is_bound else 200)


@page("law/rules/<str:code>/", name="law_rule", action=READ, logs_itself=True)
@require_safe
def rule(request: HttpRequest, code: str) -> HttpResponse:
    found = law_frame.found(request, READ, code, reading.rule)
    on = reading.today()
    told = next((each for each in telling.rules(on) if each.rule.code == found.code), None)
    context = {
        "title": words.what(found),
        "rule": found,
        "told": told,
        "counted": words.counted(found),
        "mark": words.mark_key(found.mark),
        "is_own": found.code.startswith(reading.OWN),
        "versions": law_frame.told(telling.versions_of_rule(found, on)),
        "waiting": overriding.waiting(found.code),
    }
    return law_frame.template(request, "rule", context)


@page("law/rules/<str:code>/change/", name="law_rule_change", action=PROPOSE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def change_rule(request: HttpRequest, code: str) -> HttpResponse:
    found = law_frame.found(request, PROPOSE, code, reading.rule)
    newest = RuleOverride.objects.filter(rule=found.code).first()
    form = period_form(found, newest, law_frame.posted(request))
    if form.is_bound and form.is_valid():
        answer = _proposed(request, form, found.code)
        if answer is not None:
            return answer
    context = {
        "title": _("提出另一期限：%(rule)s") % {"rule": words.what(found)},
        "form": form,
        "rule": found,
        "counted": words.counted(found),
        "mark": words.mark_key(found.mark),
    }
    return law_frame.template(request, "edit", context, status=422 if form.is_bound else 200)


def _proposed(
    request: HttpRequest, form: PeriodForm, code: str, **more: Any
) -> HttpResponse | None:
    """On to the approval, or back to the form with what is wrong."""
    terms = {**form.terms(), **more}
    try:
        asked = overriding.propose_override(code, **terms, actor=actor_of(request))
    except overriding.LawIsLonger as error:
        form.add_error("number", str(error.message))
    except overriding.NotAhead as error:
        form.add_error("since", str(error.message))
    except overriding.ERRORS as error:
        form.add_error(None, str(error.message))
    else:
        return redirect("admin:approval", asked.ref)
    return None


@page("law/<str:code>/", name="law_clause", action=READ, logs_itself=True)
@require_safe
def clause(request: HttpRequest, code: str) -> HttpResponse:
    found = law_frame.found(request, READ, code, reading.clause)
    on = reading.today()
    is_ours = found.regime == settings.CUSTODIAN_REGIME
    context = {
        **_clause_row(found),
        "title": words.cite(found),
        "cited": (found.law, found.article, found.law_en, found.article_en),
        "regime": words.regime_title(found.regime),
        "is_ours": is_ours,
        "source": words.source(found),
        "meaning": words.MEANINGS[found.mark],
        "rules": [each for each in telling.rules(on) if each.rule.clause == code]
        if is_ours
        else [],
        "clocks": [
            each for each in clock_telling.clocks(found.regime, on) if each.rule.clause == code
        ],
        "versions": law_frame.told(telling.versions_of_clause(found, on)),
        "text_since": telling.text_since(found) if found.confirmation is None else [],
        "waiting": confirming.waiting(code),
    }
    return law_frame.template(request, "clause", context)


@page("law/<str:code>/confirm/", name="law_confirm", action=PROPOSE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    found = law_frame.found(request, PROPOSE, code, reading.clause)
    form = ConfirmationForm(reading.pack_clause(code), law_frame.posted(request))
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            asked = confirming.propose_confirmation(
                code,
                mark=Mark(said["mark"]),
                source=said["source"],
                read_on=said["read_on"],
                actor=actor_of(request),
            )
        except confirming.NotRead as error:
            form.add_error("read_on", str(error.message))
        except confirming.ERRORS as error:
            form.add_error(None, str(error.message))
        else:
            return redirect("admin:approval", asked.ref)
    context = {
        "title": _("核对原文：%(clause)s") % {"clause": words.cite(found)},
        "form": form,
        "clause": found,
    }
    return law_frame.template(request, "edit", context, status=422 if form.is_bound else 200)
