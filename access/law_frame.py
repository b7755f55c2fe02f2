"""What the pages of the law library share: versions in words, refusals on record, who may propose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from access import gate
from access.actions import Action
from access.admin_pages import CHANNEL, actor_of, enter, purpose_of
from access.law import telling
from access.law.clock_book import UnknownClock
from access.law.counts import UnknownCount
from access.law.purpose_overriding import UnknownPurpose
from access.law.reading import UnknownClause, UnknownRule

T = TypeVar("T")
# How a version stands: word, tone.
STATES: dict[str, tuple[Callable[[], str], str]] = {
    "now": (lambda: _("现行"), "ok"),
    "ahead": (lambda: _("将生效"), "info"),
    "past": (lambda: _("已失效"), ""),
    "replaced": (lambda: _("已被取代"), ""),
    "never": (lambda: _("从未生效"), ""),
}


def told(versions: list[telling.Version]) -> list[dict[str, Any]]:
    return [
        {"version": each, "state": STATES[each.state][0](), "tone": STATES[each.state][1]}
        for each in versions
    ]


def posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def found(request: HttpRequest, action: Action, code: str, find: Callable[[str], T]) -> T:
    """What the code names, with the entry of the look at it; or a refusal that is on record."""
    actor = actor_of(request)
    if not gate.may(actor, action):
        enter(request, action)  # which refuses, and puts that on record
    try:
        found = find(code)
    except (UnknownClause, UnknownClock, UnknownCount, UnknownPurpose, UnknownRule):
        gate.refuse_unknown(
            actor, action, asked=code[:40], purpose=purpose_of(actor), channel=CHANNEL
        )
    enter(request, action, row=code)
    return found


def template(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    more = {
        **admin.site.each_context(request),
        "may_propose": gate.may(actor, Action.LAW_PROPOSE),
        "may_read_approvals": gate.may(actor, Action.APPROVAL_READ),
        "here": "admin:law",
        **context,
    }
    return render(request, f"admin/law/{name}.html", more, status=status)
