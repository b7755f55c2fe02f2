"""The officers' pages of storage: what was checked, what is wrong, and the register of places."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import gate
from access.actions import Action
from access.admin_pages import CHANNEL, Headline, actor_of, enter, headlines, page, row_of
from access.models import Finding
from custodian import clock
from custodian.errors import CustodianError
from custodian.jobs import OPEN, JobStatus
from records.damage import DAMAGED
from records.models import Disposal, Inspection, ScrubRun, StoragePlace
from records.storage import disposals, faults, history, inspecting, places, scheduling
from records.storage.page_forms import FORMS, PlaceForm, ScrubForm, forms_of
from records.storage.words import STEPS, step_words

READ, CHANGE, SCRUB = Action.STORAGE_READ, Action.STORAGE_CHANGE, Action.STORAGE_SCRUB
PROPOSE = Action.MEDIA_DISPOSAL_PROPOSE
SHOWN = 50
FAULTS = (faults.KIND, inspecting.KIND, DAMAGED)


@page("storage/", name="storage", action=READ)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    return _overview(request, ScrubForm())


@page("storage/scrub/", name="storage_scrub", action=SCRUB, logs_itself=True)
@require_POST
def scrub_now(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    if not gate.may(actor, SCRUB):
        enter(request, SCRUB)  # which refuses, and puts that on record
    form = ScrubForm(request.POST)
    if not form.is_valid():
        enter(request, READ)
        return _overview(request, form, status=422)
    try:
        said = form.cleaned_data
        scheduling.request(said["kind"], reason=said["reason"], channel=CHANNEL, actor=actor)
    except scheduling.AtWork as error:
        messages.error(request, str(error.message))
    else:
        messages.info(request, _("已提交，马上开始；进度在本页。"))
    return redirect("admin:storage")


@page("storage/places/new/", name="storage_place_new", action=CHANGE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new_place(request: HttpRequest) -> HttpResponse:
    enter(request, CHANGE)
    form = PlaceForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        place = places.add(form.terms(), actor=actor_of(request))
        messages.info(request, _("已登记。"))
        return redirect("admin:storage_place", place.ref)
    context = {"title": _("登记存储位置"), "form": form}
    return _template(request, "new", context, status=422 if form.is_bound else 200)


@page("storage/places/<uuid:ref>/", name="storage_place", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def place_page(request: HttpRequest, ref: UUID) -> HttpResponse:
    act = request.POST.get("act", "")
    action = READ if request.method != "POST" else PROPOSE if act == "dispose" else CHANGE
    rows = StoragePlace.objects.select_related("owner", "unit").filter(ref=ref)
    place = row_of(request, action, rows, asked=ref)
    if request.method != "POST":
        enter(request, READ, row=str(place.ref))
        return _place(request, place, forms_of(place))
    ready = forms_of(place)
    if act not in ready:
        return redirect("admin:storage_place", ref)
    form = FORMS[act](request.POST, auto_id=f"{act}_%s")
    if form.is_valid():
        try:
            return _done(request, place, act, form)
        except CustodianError as error:
            form.add_error(None, str(error.message))
    enter(request, READ, row=str(place.ref))
    return _place(request, place, {**ready, act: form}, status=422)


def _done(request: HttpRequest, place: StoragePlace, act: str, form: Any) -> HttpResponse:
    actor, said = actor_of(request), form.cleaned_data
    if act == "dispose":
        asked = disposals.propose(
            place,
            method=said["method"],
            done_on=said["done_on"],
            certificate=said["certificate"],
            proof_sha256=said["proof"],
            actor=actor,
        )
        return redirect("admin:approval", asked.approval.ref)
    if act == "inspect":
        places.inspect(place, **said, actor=actor)
    elif act == "maintain":
        places.maintain(place, **said, actor=actor)
    else:
        places.charge(place, **said, actor=actor)
    messages.info(request, _("已登记。"))
    return redirect("admin:storage_place", place.ref)


def _overview(request: HttpRequest, form: ScrubForm, *, status: int = 200) -> HttpResponse:
    drawn = history.columns()
    last = ScrubRun.objects.filter(status=JobStatus.DONE).first()
    moving = ScrubRun.objects.filter(status__in=OPEN).order_by("pk").first()
    open_ones = Finding.objects.filter(kind__in=FAULTS, status=Finding.Status.OPEN)
    context = {
        "title": _("存储检查"),
        "last": last,
        "steps": _steps(last),
        "moving": moving,
        "failed": _failed(),
        "drawn": drawn,
        "marked": history.days_marked(drawn),
        "chart": {"width": history.WIDTH, "height": history.HEIGHT, "base": history.BASE},
        "faults": open_ones[:SHOWN],
        "fault_count": open_ones.count(),
        "may_find": gate.may(actor_of(request), Action.FINDING_READ),
        "places": [
            _line(each)
            for each in StoragePlace.objects.select_related("owner", "unit")[: SHOWN * 4]
        ],
        "may_scrub": gate.may(actor_of(request), SCRUB) and moving is None,
        "may_change": gate.may(actor_of(request), CHANGE),
        "form": form,
        "days": settings.CUSTODIAN_SCRUB_DAYS,
        "size": settings.CUSTODIAN_SCRUB_SAMPLE,
    }
    return _template(request, "overview", context, status=status)


def _steps(run: ScrubRun | None) -> list[tuple[str, int]]:
    """What was checked, in the order of the steps; the database keeps none."""
    counts = run.counts if run else {}
    return [(step_words(name), counts[name]) for name in STEPS if name in counts]


def _line(place: StoragePlace) -> dict[str, Any]:
    newest, due = places.newest_inspection(place), places.due(place)
    wrong = newest is not None and newest.result == Inspection.Result.FAULT
    late = due < clock.local().date()
    state, tone = _("正常"), "ok"
    if place.disposed_at:
        state, tone = _("已销毁"), ""
    elif wrong:
        state, tone = _("有异常"), "danger"
    elif late:
        state, tone = _("逾期未查"), "warn"
    elif newest is None:
        state, tone = _("尚未检查"), "warn"
    return {"place": place, "newest": newest, "due": due, "state": state, "tone": tone}


def _place(
    request: HttpRequest, place: StoragePlace, ready: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    in_use = place.disposed_at is None
    context = {
        **_line(place),
        "title": str(place),
        "location": places.location(place),
        "holds": places.holds(place),
        "inspections": [
            _inspection(each) for each in place.inspections.select_related("by")[:SHOWN]
        ],
        "maintenance": place.maintenance.select_related("by")[:SHOWN],
        "disposals": Disposal.objects.filter(place=place).select_related(
            "approval", "proposed_by", "witness"
        ),
        "waiting": disposals.waiting(place),
        "forms": ready,
        "may_change": in_use and gate.may(actor, CHANGE),
        "may_dispose": in_use and "dispose" in ready and gate.may(actor, PROPOSE),
    }
    return _template(request, "place", context, status=status)


def _inspection(inspection: Inspection) -> dict[str, Any]:
    looks = [
        {"words": inspecting.look_words(name, facts), "ok": ok}
        for name, facts, ok in inspection.looks
    ]
    return {"inspection": inspection, "looks": looks}


def _template(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    more = {**admin.site.each_context(request), **context}
    return render(request, f"admin/storage/{name}.html", more, status=status)


def _failed() -> ScrubRun | None:
    """The newest run, if it broke off."""
    newest = ScrubRun.objects.first()
    return newest if newest is not None and newest.status == JobStatus.FAILED else None


def overdue(request: HttpRequest) -> Headline | None:
    """For the morning page: places that nobody looked at in time."""
    if not gate.may(actor_of(request), CHANGE):
        return None
    late = places.overdue()
    if not late:
        return None
    words = ngettext(
        "%(n)s 处存储位置逾期没有检查。", "%(n)s 处存储位置逾期没有检查。", len(late)
    ) % {"n": len(late)}
    detail = _("最早的是“%(place)s”，应在 %(due)s 检查。")
    first = min(late, key=places.due)
    said = {"place": first, "due": f"{places.due(first):%Y-%m-%d}"}
    return Headline(18, words, detail % said, reverse("admin:storage"), _("查看存储位置"))


def broken_off(request: HttpRequest) -> Headline | None:
    """A check that does not end says nothing about what it did not reach."""
    if not gate.may(actor_of(request), SCRUB) or _failed() is None:
        return None
    return Headline(
        19,
        _("密封值检查中断。"),
        _("系统每十分钟再试一次；若一直不成，请管理员查看后台作业。"),
        reverse("admin:storage"),
        _("查看存储检查"),
    )


headlines += [overdue, broken_off]
