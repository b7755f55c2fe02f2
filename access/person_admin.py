"""The back office's page of one person: rights, quotas, sign-ins, looks by the hour of the week, findings."""

from __future__ import annotations

import hashlib
import statistics
from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from access import exposure, gate, grants, quotas, sessions, training_admin
from access.actions import Action
from access.actors import REACH
from access.admin_pages import CHANNEL, actor_of, enter, page, row_of
from access.audits import shares
from access.models import BreakGlass, Finding, HeldRight, PolicyRule, User
from access.querylog import explore, hourly
from access.querylog.explore import Filters
from access.quota_words import counted, window
from access.rule_sentences import sentence, titles_of
from access.vocabulary import Role
from custodian import clock

DAYS = 30
LOOKS = ("search", "list", "view", "reveal")
SHOWN = 10


@page("people/<uuid:ref>/", name="person", action=Action.USER_READ, logs_itself=True)
@require_safe
def person_page(request: HttpRequest, ref: UUID) -> HttpResponse:
    person = _person_of(request, ref, Action.USER_READ)
    enter(request, Action.USER_READ, row=str(person.ref))
    actor, rules = actor_of(request), list(_rules(person))
    titles = titles_of(rules)
    context = {
        **admin.site.each_context(request),
        "title": str(person),
        "person": person,
        "reach": REACH[Role(person.role)].label,
        "rules": [sentence(each, titles) for each in rules],
        "confirmed": _confirmed(person),
        "grants": grants.open_ones().filter(user=person).order_by("until"),
        "quotas": [_quota(each) for each in quotas.used(person.pk, person.role)],
        "sessions": [_session(each) for each in UserSession.objects.purge_and_list(person)],
        "may_end": gate.may(actor, Action.SESSION_END),
        "may_change": gate.may(actor, Action.USER_CHANGE),
        "may_look": gate.may(actor, Action.LOG_READ),
        "owed": BreakGlass.objects.overdue().filter(user=person).exists(),
    }
    context |= training_admin.of_person(request, person)
    if context["may_look"]:
        context |= _looks(person)
    if gate.may(actor, Action.FINDING_READ):
        found = Finding.objects.filter(operator=person).order_by("-found_at")
        context |= {"findings": found[:SHOWN], "may_find": True}
    return render(request, "admin/person.html", context)


@page(
    "people/<uuid:ref>/sessions/",
    name="person_sessions",
    action=Action.SESSION_END,
    logs_itself=True,
)
@require_POST
def end_sessions(request: HttpRequest, ref: UUID) -> HttpResponse:
    """End one sign-in of a person, or all: the next request with it is nobody's."""
    person = _person_of(request, ref, Action.SESSION_END)
    held = UserSession.objects.purge_and_list(person)
    wanted = request.POST.get("session", "")
    ended = [each for each in held if wanted in {"", _handle(each)}]
    with transaction.atomic():
        gate.authorise(
            actor_of(request),
            Action.SESSION_END,
            channel=CHANNEL,
            facts={"target": str(person.ref), "ended": len(ended)},
        )
        for each in ended:
            each.end()
    words = ngettext("已结束 %(n)s 次登录。", "已结束 %(n)s 次登录。", len(ended)) % {
        "n": len(ended)
    }
    messages.info(request, words)
    return redirect("admin:person", person.ref)


def _person_of(request: HttpRequest, ref: UUID, action: Action) -> User:
    rows = User.objects.select_related("unit", "manager").filter(ref=ref)
    return row_of(request, action, rows, asked=ref)


def _rules(person: User) -> Any:
    return PolicyRule.objects.in_force().filter(role=person.role).order_by("code")


def _confirmed(person: User) -> HeldRight | None:
    """The last time that somebody said this person keeps the role."""
    kept = HeldRight.objects.filter(person=person, kind="role", decision="keep")
    return kept.select_related("decided_by").order_by("-decided_at").first()


def _quota(each: quotas.Used) -> dict[str, Any]:
    limit = each.limit
    near = limit.warn is not None and each.used >= limit.warn
    return {
        "window": window(limit.hours),
        "counted": counted(limit.measure, "" if limit.kind == quotas.ANY else limit.kind),
        "used": each.used,
        "most": each.most,
        "share": each.share,
        "tone": "danger" if near else "",
    }


def _session(held: UserSession) -> dict[str, Any]:
    return {
        "handle": _handle(held),
        "address": held.ip,
        "agent": held.user_agent[:80],
        "mark": _mark(held),
        "since": held.created_at,
        "seen": held.last_seen_at,
    }


def _mark(held: UserSession) -> str:
    """What the log calls it."""
    engine: Any = import_module(settings.SESSION_ENGINE)
    return str(engine.SessionStore(held.session_key).get(sessions.MARK, ""))


def _handle(held: UserSession) -> str:
    """Names a session without being it: the key itself signs its bearer in."""
    return hashlib.sha256(f"session {held.session_key}".encode()).hexdigest()[:16]


def _looks(person: User) -> dict[str, Any]:
    """The hours of the week of a month, and how that compares to people of the same role."""
    until = clock.local().date()
    since = until - timedelta(days=DAYS - 1)
    week = explore.week(Filters(since=since, until=until, actor=person.ref))
    peers = set(
        User.objects.filter(role=person.role, is_active=True)
        .exclude(pk=person.pk)
        .values_list("ref", flat=True)
    )
    sums: dict[UUID, int] = dict.fromkeys(peers, 0)
    mine = 0
    for each in hourly.by_act(Filters(since=since, until=until)):
        if each.act not in LOOKS:
            continue
        if each.actor == person.ref:
            mine += each.count
        elif each.actor in sums:
            sums[each.actor] += each.count
    usual = statistics.median(sums.values()) if sums else 0
    most = max([mine, usual, 1])
    return {
        "share": shares.of(person.pk, since, until),
        "house": shares.under("", since, until),
        "seen": len(exposure.seen(person.pk, since=since, until=until)),
        "week": week,
        "mine": mine,
        "usual": usual,
        "peers": len(peers),
        "mine_share": mine / most,
        "usual_share": usual / most,
        "log_url": f"{reverse('admin:querylog')}?no={person.staff_no}&since={since}&until={until}",
    }
