"""The back office's page of retention: the last reckoning, what falls due when, what lacks a date, rules."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access.actions import Action
from access.admin_pages import page
from access.law import words as law_words
from custodian import clock
from custodian.jobs import JobStatus
from custodian.regimes.packs import Mark
from records.models import DestructionBatch, KeepingRun
from records.retention import horizon, own_records, reckoning, rules, telling

FILES = frozenset({"complaint"})  # what rules name apart, though it is a request as well
MOVING = frozenset({JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.PAUSED, JobStatus.FAILED})


@page("retention/", name="retention", action=Action.RETENTION_READ)
@require_safe
def retention(request: HttpRequest) -> HttpResponse:
    today = clock.local().date()
    newest = KeepingRun.objects.order_by("-day").first()
    missing, more = horizon.undated(today, after=request.GET.get("after", "")[:20])
    heads, rows = horizon.states()
    context = {
        **admin.site.each_context(request),
        "title": _("保存期限"),
        "last": reckoning.last(),
        "running": newest if newest and newest.status in MOVING else None,
        "works": newest is not None and newest.status in {JobStatus.QUEUED, JobStatus.RUNNING},
        "horizon": horizon.horizon(today),
        "waiting": horizon.WAITING,
        "heads": heads,
        "states": rows,
        "most": max((sum_ for _label, _counts, sum_ in rows), default=0),
        "held": sum(sum_ for _label, _counts, sum_ in rows),
        "undated": missing,
        "older": more,
        "schedule": _schedule(today),
        "batch": DestructionBatch.objects.filter(stage=DestructionBatch.Stage.PROPOSED).first(),
    }
    return render(request, "admin/retention/page.html", context)


@page("retention/records/", name="retention_records", action=Action.RETENTION_READ)
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """The house's own records, each kind with its rule."""
    context = {
        **admin.site.each_context(request),
        "title": _("本系统自身的记录"),
        "rows": [_own(each) for each in own_records.table(clock.local().date())],
    }
    return render(request, "admin/retention/records.html", context)


def _own(row: own_records.Row) -> dict[str, Any]:
    term = row.rule
    return {
        "row": row,
        "period": law_words.period(term.period) if term else "",
        "source": telling.Source(term.clause, law_words.mark_key(Mark(term.mark)), term.code)
        if term
        else None,
    }


def _schedule(today: Any) -> list[telling.ToldRule]:
    """Those of customers' holdings; the house's own records have a table of their own."""
    found = [each for each in rules.on(today) if set(each.about) & {*telling.KINDS, *FILES}]
    return [telling.rule(each) for each in found]
