"""The back office's pages of leak tracing: the list of traces with the upload, and one answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access.actions import Action
from access.admin_pages import actor_of, enter, page, row_of
from custodian import elements
from custodian.jobs import OPEN, JobStatus
from incidents.models import LeakTrace
from incidents.tracing import jobs, layout_words, telling
from incidents.tracing.weighing import Strength
from incidents.tracing_forms import TraceForm
from records import matching
from records.blind_indexes import COMBINED
from records.importing.report import refusal

TRACE = Action.LEAK_TRACE
SHOWN = 50
_MARKS = {1: "ok", 0: "dash", -1: "no"}
_TONES = {Strength.STRONG: "danger", Strength.MODERATE: "warn"}
_FILLED = {Strength.STRONG: 3, Strength.MODERATE: 2, Strength.WEAK: 1, Strength.NONE: 0}


@page("leak-tracing/", name="leak_tracing", action=TRACE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    posts = request.method == "POST"
    actor = actor_of(request)
    form = TraceForm(actor, request.POST, request.FILES) if posts else TraceForm(actor)
    if posts and form.is_valid():
        said = form.cleaned_data
        job = jobs.ask(
            said["files"],
            label=said["label"],
            reason=said["reason"],
            since=said["since"],
            until=said["until"],
            incident=said["incident"],
            actor=actor,
        )
        return redirect("admin:leak_trace", job.ref)
    enter(request, TRACE)
    rows = LeakTrace.objects.select_related("requested_by")[:SHOWN]
    context = {
        "title": _("泄露溯源"),
        "form": form,
        "rows": [(each, _told_shortly(each)) for each in rows],
        "moving": any(each.status in OPEN for each in rows),
    }
    status = 422 if form.errors else 200
    return render(request, "admin/incidents/leak_tracing.html", context, status=status)


def _told_shortly(job: LeakTrace) -> dict[str, Any]:
    if not job.answer:
        return {}
    strong = [each for each in job.answer["candidates"] if each["strength"] == Strength.STRONG]
    return {"customers": job.answer["customers"], "strong": len(strong)}


@page("leak-tracing/<uuid:ref>/", name="leak_trace", action=TRACE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, ref: UUID) -> HttpResponse:
    rows = LeakTrace.objects.select_related("requested_by")
    job: LeakTrace = row_of(request, TRACE, rows.filter(ref=ref), asked=ref)
    if request.method == "POST":
        if job.status == JobStatus.FAILED:
            jobs.again(job, actor=actor_of(request))
            messages.success(request, _("已重新提交"))
        return redirect("admin:leak_trace", job.ref)
    enter(request, TRACE, row=job.code)
    said = telling.worded(job.answer) if job.answer else None
    context = {
        "title": _("溯源 %(code)s") % {"code": job.code},
        "job": job,
        "moving": job.status in OPEN,
        "refused": refusal(job.note, None) if job.status == JobStatus.REFUSED else "",
        **(_drawn(said, _chosen(request, said)) if said else {}),
    }
    return render(request, "admin/incidents/leak_trace.html", context)


def _chosen(request: HttpRequest, said: Mapping[str, Any]) -> int:
    typed = request.GET.get("n", "1")
    number = int(typed) if typed.isdecimal() and len(typed) < 3 else 1
    return number if 0 < number <= len(said["candidates"]) else 1


def _drawn(said: Mapping[str, Any], chosen: int) -> dict[str, Any]:
    ranked = [_row(number, each, said) for number, each in enumerate(said["candidates"], 1)]
    one = ranked[chosen - 1] if ranked else None
    return {
        "said": said,
        "matched_by": [(_element(code), n) for code, n in sorted(said["matched_by"].items())],
        "taken_after": _day(said["taken_after"]),
        "taken_before": _day(said["taken_before"]),
        "ranked": ranked,
        "one": one,
        "why": _why(one) if one else None,
        "together": [_pair(each, said) for each in said["together"]],
        "elsewhere": [each for each in said["sources"] if "layout" in each],
        "no_proof": layout_words.NO_PROOF,
    }


def _element(code: str) -> Any:
    if code == matching.REF:
        return _("客户编号")
    return _("姓名和出生日期") if code == COMBINED else elements.get(code).label


def _row(number: int, each: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    strength = Strength(each["strength"])
    listed = said["customers"]
    return {
        **each,
        "number": number,
        "kind": telling.KINDS[each["kind"]],
        "percent": round(each["share"] * 100, 1),
        "chance_share": min(each["expected"] / listed, 1.0) if listed else 0.0,
        "times": telling.number("lift", each["lift"]),
        "fewest": telling.number("chance", each["chance"]),
        "first": _day(each["first"]),
        "last": _day(each["last"]),
        "word": telling.STRENGTHS[strength],
        "tone": _TONES.get(strength, ""),
        "squares": range(_FILLED[strength]),
        "empty": range(3 - _FILLED[strength]),
    }


def _why(one: Mapping[str, Any]) -> dict[str, Any]:
    heading = _("为什么判为“%(word)s”") % {"word": one["word"]}
    facts = [(_MARKS[each["speaks"]], each["words"]) for each in one["because"]]
    return {"heading": heading, "tone": "plain", "facts": facts, "way_out": telling.NO_VERDICT}


def _pair(each: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **each,
        "percent": round(each["share"] * 100, 1),
        "neither": said["customers"] - each["covered"],
    }


def _day(text: str | None) -> Any:
    return parse_datetime(text) if text else None
