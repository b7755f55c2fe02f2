"""The customer's page of incidents: what of hers leaked, what it may do, and what helps."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from access import own_looks
from access.actions import Action
from access.actors import Actor
from incidents.notices import hers, texts
from records import portal_home
from records.models import Customer
from records.portal_home import Panel
from records.portal_pages import CHANNEL, portal_page


@require_safe
@portal_page()
def notices(request: HttpRequest, *, actor: Actor, customer: Customer) -> HttpResponse:
    found = [
        (each, texts.told(each.batch, clear=each.clear, masked=each.masked))
        for each in hers.of(customer, actor=actor)
    ]
    context = {
        "title": texts.title() if found else _("安全通知"),
        "rows": found,
        "represents": actor.capacity != "self",
    }
    return render(request, "portal/incident/notices.html", context)


@require_POST
@portal_page()
def look(request: HttpRequest, *, actor: Actor, customer: Customer) -> HttpResponse:
    """She opens them: that is kept as proof that she was told."""
    hers.see(customer, channel=CHANNEL, actor=actor)
    return redirect("portal_incident:notices")


def panel(actor: Actor, customer: Customer) -> Panel | None:
    """On the first page until she has opened it."""
    if all(each.seen_at for each in hers.of(customer, actor=actor)):
        return None
    return Panel("portal/incident/panel.html", {"title": texts.title()})


def ready() -> None:
    portal_home.register_panel("incident", 1, panel)
    own_looks.tell_change(Action.INCIDENT_NOTICE_SEE, gettext_lazy("打开了安全通知"))
