"""The back office's page of time-boxed grants: who has what of whom, until when, and an end at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from access import gate, grants
from access.actions import Action
from access.admin_pages import (
    CHANNEL,
    Headline,
    actor_of,
    headlines,
    page,
    panel,
    row_of,
)
from access.models import Grant
from custodian import clock
from custodian.workflow import IllegalMove

READ, END = Action.GRANT_READ, Action.GRANT_END
TONES = {"open": "ok", "waiting": "warn", "returned": "danger"}
SHOWN = 200


@page("grants/", name="grants", action=READ)
@require_safe
def table(request: HttpRequest) -> HttpResponse:
    rows = Grant.objects.select_related("user__unit", "item", "approval__decided_by")[:SHOWN]
    context = {
        **admin.site.each_context(request),
        "title": _("临时授权"),
        "rows": [_row(each) for each in rows],
        "may_end": gate.may(actor_of(request), END),
    }
    return render(request, "admin/grants.html", context)


@page("grants/<uuid:ref>/end/", name="grant_end", action=END, logs_itself=True)
@require_POST
def end(request: HttpRequest, ref: UUID) -> HttpResponse:
    grant = row_of(request, END, Grant.objects.filter(ref=ref), asked=ref)
    try:
        grants.end(grant, channel=CHANNEL, actor=actor_of(request))
    except IllegalMove:
        messages.error(request, _("这项授权已经结束。"))
    else:
        messages.info(request, _("已结束，从现在起不再有效。"))
    return redirect("admin:grants")


def _row(grant: Grant) -> dict[str, Any]:
    over = grant.status == Grant.Status.OPEN and grant.until <= clock.now()
    return {
        "grant": grant,
        "live": grant.status == Grant.Status.OPEN and not over,
        "state": _("已到期") if over else grant.get_status_display(),
        "tone": "" if over else TONES.get(grant.status, ""),
    }


@panel(40, column="side", template="admin/panels/grants.html")
def ending(request: HttpRequest) -> dict[str, Any] | None:
    """Those in force, the first to end first."""
    if not gate.may(actor_of(request), READ):
        return None
    rows = grants.open_ones().select_related("user").order_by("until")
    return {"rows": rows[:6], "count": rows.count(), "url": reverse("admin:grants")}


def waiting(request: HttpRequest) -> Headline | None:
    """Somebody cannot work until these are decided."""
    if not gate.may(actor_of(request), Action.GRANT_APPROVE):
        return None
    count = Grant.objects.filter(status=Grant.Status.WAITING, until__gt=clock.now()).count()
    if not count:
        return None
    words = ngettext("%(n)s 项临时授权等待复核。", "%(n)s 项临时授权等待复核。", count) % {
        "n": count
    }
    url = f"{reverse('admin:access_approval_changelist')}?status__exact=waiting"
    return Headline(24, words, _("申请人在等；到期前不复核即作罢。"), url, _("去复核"))


headlines.append(waiting)
