"""The reviewer's page, for desk and back office alike: each right of one's people, to keep or to remove."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from access import gate
from access.actions import Action
from access.actors import Actor
from access.admin_pages import purpose_of
from access.models import HeldRight
from access.models.people import BACK_OFFICE
from access.reasons import sentence
from access.recertification import deciding, endings, progress
from access.recertification.words import MEANING, TONES, what
from access.sign_ins import channel_of

REVIEW, DECIDE = Action.RECERTIFICATION_REVIEW, Action.RECERTIFICATION_DECIDE
PEOPLE = 25
DONE = 50
KEEP = deciding.Decision.KEEP.value


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest) -> HttpResponse:
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return redirect_to_login(request.get_full_path())
    if request.method != "POST":
        return _page(request, actor)
    if not gate.may(actor, DECIDE):
        _enter(actor, DECIDE)  # which refuses, and puts that on record
    return _decide(request, actor)


def _enter(actor: Actor, action: Action) -> None:
    gate.permit(actor, action, purpose=purpose_of(actor), channel=channel_of(actor.role))


def _decide(request: HttpRequest, actor: Actor) -> HttpResponse:
    asked = request.POST.get("person", "")
    rights = _of(asked, actor)
    if not rights:
        gate.refuse_unknown(
            actor,
            DECIDE,
            asked=asked[:40],
            purpose=purpose_of(actor),
            channel=channel_of(actor.role),
        )
    said = _said(request, rights)
    if not said:
        wrong = _("还没有选。请在每一项旁选“保留”或“取消”，或按“全部保留”。")
        return _page(request, actor, asked=asked, said=said, wrong=wrong, status=422)
    try:
        ended = deciding.decide(said, actor=actor)
    except deciding.DecidedAlready as error:
        wrong = str(error.message)
        return _page(request, actor, asked=asked, said=said, wrong=wrong, status=error.status)
    except endings.HouseNeeds as needs:
        wrong = _("没有取消：%(why)s。请先任命另一人，再取消。") % {"why": sentence(needs.because)}
        return _page(request, actor, asked=asked, said=said, wrong=wrong, status=needs.status)
    messages.info(request, _told(len(said), ended))
    return redirect("recertify")


def _said(request: HttpRequest, rights: Iterable[HeldRight]) -> dict[UUID, str]:
    """The choice for each of the person's rights; those without one stay as they are."""
    if request.POST.get("act") == "keep":
        waiting = HeldRight.objects.waiting().filter(pk__in=[each.pk for each in rights])
        return dict.fromkeys(waiting.values_list("ref", flat=True), KEEP)
    chosen = {each.ref: request.POST.get(f"right-{each.ref}", "") for each in rights}
    return {ref: choice for ref, choice in chosen.items() if choice in deciding.CHOICES}


def _told(count: int, ended: int) -> str:
    if ended:
        return ngettext(
            "已决定 %(n)s 项，其中 %(ended)s 项已结束。",
            "已决定 %(n)s 项，其中 %(ended)s 项已结束。",
            count,
        ) % {"n": count, "ended": ended}
    return ngettext("已决定 %(n)s 项。", "已决定 %(n)s 项。", count) % {"n": count}


def _page(
    request: HttpRequest,
    actor: Actor,
    *,
    asked: str = "",
    said: dict[UUID, str] | None = None,
    wrong: str = "",
    status: int = 200,
) -> HttpResponse:
    _enter(actor, REVIEW)
    mine = HeldRight.objects.for_reviewer(actor)
    waiting = list(_in_order(mine.waiting()))
    people = [
        (person, list(rights)) for person, rights in groupby(waiting, lambda each: each.person)
    ]
    done = mine.filter(decided_by_id=actor.id or 0).order_by("-decided_at", "-pk")
    running = [each.campaign for each in waiting]
    first = min(running, key=lambda each: each.due_at, default=None)
    decided = done.filter(campaign__in={each.pk for each in running}).count()
    context = {
        "title": _("权限复核"),
        "frame": "admin/page.html" if actor.role in BACK_OFFICE else "frames/desk.html",
        "people": [
            _person(person, rights, said or {}, wrong if str(person.ref) == asked else "")
            for person, rights in people[:PEOPLE]
        ],
        "beyond": len(people) - PEOPLE if len(people) > PEOPLE else 0,
        "open": len(waiting),
        "decided": decided,
        "share": decided / (decided + len(waiting)) if waiting else 1.0,
        "campaign": first,
        "left": progress.days_left(first) if first else 0,
        "done": [_line(each) for each in _with_names(done)[:DONE]],
        # What cannot be said beside a person is said on top.
        "wrong": wrong if all(str(person.ref) != asked for person, _r in people[:PEOPLE]) else "",
    }
    return render(request, "account/recertification.html", context, status=status)


def _in_order(rights: Any) -> Any:
    return _with_names(rights).order_by("person__staff_no", "campaign__due_at", "pk")


def _with_names(rights: Any) -> Any:
    return rights.select_related("person__unit", "campaign", "reviewer")


def _person(
    person: Any, rights: list[HeldRight], said: dict[UUID, str], wrong: str
) -> dict[str, Any]:
    return {
        "person": person,
        "wrong": wrong,
        "pooled": rights[0].reviewer_id is None,
        "rights": [{**_line(each), "chosen": said.get(each.ref, "")} for each in rights],
    }


def _line(right: HeldRight) -> dict[str, Any]:
    return {
        "right": right,
        "what": what(right),
        "meaning": MEANING[right.kind],
        "tone": TONES.get(right.decision, ""),
        "because": sentence(right.because) if right.because else "",
    }


def _of(asked: str, actor: Actor) -> list[HeldRight]:
    """All rights of that person that lie with the actor; none for a person who does not exist either."""
    try:
        person = UUID(asked)
    except ValueError:
        return []
    return list(HeldRight.objects.for_reviewer(actor).filter(person__ref=person))
