"""The officers' pages of recertification: the campaigns, a new one, and how far each has come."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from access import gate
from access.actions import Action
from access.admin_pages import (
    Headline,
    actor_of,
    enter,
    headlines,
    page,
    panel,
    row_of,
)
from access.models import Campaign, HeldRight
from access.reasons import sentence
from access.recertification import campaigns, progress, scope
from access.recertification.words import TONES, what
from access.recertification_forms import CampaignForm
from custodian import clock

READ, OPEN = Action.RECERTIFICATION_READ, Action.RECERTIFICATION_OPEN
STATES = {"waiting": "warn", "open": "accent", "closed": "ok", "returned": "danger"}
SHOWN = 200
# What of a campaign's rows is listed, by the word in the address.
PARTS = {
    "removed": ("remove", "lapsed"),
    "spared": ("spared",),
    "open": ("",),
    "kept": ("keep",),
    "gone": ("gone",),
}


@page("recertifications/", name="recertifications", action=READ)
@require_safe
def table(request: HttpRequest) -> HttpResponse:
    rows = Campaign.objects.select_related("unit", "approval")[:SHOWN]
    following = progress.following()
    context = {
        "title": _("权限复核"),
        "rows": [_row(each) for each in rows],
        "next": following[0] if following else None,
        "may_open": gate.may(actor_of(request), OPEN),
        "mine": progress.waiting_for(actor_of(request)),
    }
    return _template(request, "table", context)


@page("recertifications/new/", name="recertification_new", action=OPEN, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    enter(request, OPEN)
    form = CampaignForm(request.POST if request.method == "POST" else None, initial=_usual())
    valid = form.is_bound and form.is_valid()
    if valid and request.POST.get("act") != "preview":
        try:
            campaign = _propose(request, form)
        except campaigns.NobodyMeant as error:
            form.add_error(None, str(error.message))
        else:
            return redirect("admin:approval", campaign.approval.ref)
    said = form.cleaned_data if form.is_bound else {}
    context = {
        "title": _("新的权限复核"),
        "form": form,
        "may_import": gate.may(actor_of(request), Action.USER_CHANGE),
        "preview": scope.preview(said.get("unit"), said.get("roles", ())),
    }
    wrong = form.is_bound and bool(form.errors)
    return _template(request, "new", context, status=422 if wrong else 200)


@page("recertifications/<uuid:ref>/", name="recertification", action=READ, logs_itself=True)
@require_safe
def campaign_page(request: HttpRequest, ref: UUID) -> HttpResponse:
    rows = Campaign.objects.select_related("unit", "opened_by", "approval__decided_by")
    campaign = row_of(request, READ, rows.filter(ref=ref), asked=ref)
    enter(request, READ, row=str(campaign.ref))
    tally = progress.tally(campaign)
    part = _part(request, campaign, tally)
    found = campaign.rights.filter(decision__in=PARTS[part])
    context = {
        **_row(campaign, tally),
        "title": campaign.name,
        "roles": campaigns.roles_in_words(campaign.roles),
        "reviewers": progress.by_reviewer(campaign),
        "next": progress.next_due(campaign),
        "part": part,
        "parts": [(name, label, number) for name, label, number in _parts(tally)],
        "found": [_right(each) for each in _listed(found)],
        "more": max(0, found.count() - SHOWN),
        "least": SHOWN,
    }
    return _template(request, "campaign", context)


def _propose(request: HttpRequest, form: CampaignForm) -> Campaign:
    said = form.cleaned_data
    return campaigns.propose(
        said["name"],
        unit=said["unit"],
        roles=said["roles"],
        due_at=said["due"],
        repeat_months=said["repeat_months"],
        actor=actor_of(request),
    )


def _usual() -> dict[str, Any]:
    """The company's default: a fortnight, twice a year."""
    due = clock.local() + timedelta(days=campaigns.DAYS)
    return {"due": due.date().isoformat(), "repeat_months": campaigns.MONTHS}


def _part(request: HttpRequest, campaign: Campaign, tally: progress.Tally) -> str:
    """What is listed: as asked, else what is most worth seeing."""
    asked = request.GET.get("show", "")
    if asked in PARTS:
        return asked
    if campaign.status == Campaign.Status.OPEN and not tally.ended:
        return "open"
    return "removed"


def _parts(tally: progress.Tally) -> list[tuple[str, str, int]]:
    return [
        ("removed", _("已取消"), tally.ended),
        ("spared", _("到期未取消"), tally.spared),
        ("open", _("未决定"), tally.open),
        ("kept", _("已保留"), tally.kept),
        ("gone", _("已先行结束"), tally.gone),
    ]


def _listed(rights: Any) -> Any:
    rows = rights.select_related("person__unit", "reviewer", "decided_by")
    return rows.order_by("person__staff_no", "pk")[:SHOWN]


def _right(right: HeldRight) -> dict[str, Any]:
    return {
        "right": right,
        "what": what(right),
        "tone": TONES.get(right.decision, ""),
        "because": sentence(right.because) if right.because else "",
    }


def _row(campaign: Campaign, tally: progress.Tally | None = None) -> dict[str, Any]:
    begun = campaign.started_at is not None
    late = campaign.status == Campaign.Status.OPEN and campaign.due_at <= clock.now()
    return {
        "campaign": campaign,
        "begun": begun,
        "tally": tally or progress.tally(campaign),
        "left": progress.days_left(campaign),
        "state": _("正在取消") if late else campaign.get_status_display(),
        "tone": "warn" if late else STATES.get(campaign.status, ""),
    }


@panel(26, column="main", template="admin/panels/recertification.html")
def running(request: HttpRequest) -> dict[str, Any] | None:
    """Campaigns that run, and with whom most is left; or when the next one is due."""
    if not gate.may(actor_of(request), READ):
        return None
    rows = [_row(each) for each in Campaign.objects.open().order_by("due_at")[:3]]
    for row in rows:
        standings = progress.by_reviewer(row["campaign"])
        row["slowest"] = [each for each in standings if each.tally.open][:3]
    following = progress.following()
    if not rows and following is None:
        return None
    due = following[0] if following else None
    return {"rows": rows, "next": due, "url": reverse("admin:recertifications")}


def next_one(request: HttpRequest) -> Headline | None:
    """The habit is kept by a person: the next campaign needs somebody who proposes it."""
    if not gate.may(actor_of(request), OPEN):
        return None
    following = progress.following()
    if following is None or following[0] > clock.now():
        return None
    words = _("权限复核又到时间了。")
    last = following[1]
    said = {"name": last.name, "n": last.repeat_months}
    detail = _("“%(name)s”定为每 %(n)s 个月一次。") % said
    return Headline(22, words, detail, reverse("admin:recertification_new"), _("开始下一次"))


def mine(request: HttpRequest) -> Headline | None:
    """What lies with this person, here as well as in the navigation."""
    actor = actor_of(request)
    count = progress.waiting_for(actor) if gate.may(actor, Action.RECERTIFICATION_DECIDE) else 0
    if not count:
        return None
    words = ngettext("%(n)s 项权限等您保留或取消。", "%(n)s 项权限等您保留或取消。", count) % {
        "n": f"{count:,}"
    }
    return Headline(23, words, _("到截止时没有确认的自动取消。"), reverse("recertify"), _("去决定"))


def _template(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    more = {**admin.site.each_context(request), **context}
    return render(request, f"admin/recertification/{name}.html", more, status=status)


headlines += [next_one, mine]
