"""The customer's page of the rules: what changed since she last looked, and that she has looked."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from access.actors import Actor
from records import portal_home
from records.models import Customer
from records.notices import in_force, seen, telling
from records.portal_home import Panel
from records.portal_pages import portal_page


@require_safe
@portal_page()
def rules(request: HttpRequest, *, actor: Actor, customer: Customer) -> HttpResponse:
    """Compared with what she knew; with the version before, if she has never looked."""
    found = seen.telling(customer, actor=actor)
    before = (found.known or in_force.before(found.version)) if found else None
    context = {
        "title": _("个人信息处理规则"),
        "found": found,
        "told": telling.told(found.version) if found else None,
        "change": telling.change(found.version, before) if found and before else None,
    }
    return render(request, "portal/rules.html", context)


@require_POST
@portal_page()
def look(request: HttpRequest, *, actor: Actor, customer: Customer) -> HttpResponse:
    """She opens what changed: that is kept, and the page is shown."""
    found = seen.telling(customer, actor=actor)
    if found is not None:
        seen.see(customer, found.version, actor=actor)
    return redirect("portal:rules")


def rules_panel(actor: Actor, customer: Customer) -> Panel | None:
    """Once for each version: whoever has opened it is not told again."""
    found = seen.telling(customer, actor=actor)
    if found is None or found.seen:
        return None
    context = {"told": telling.told(found.version), "is_new": found.known is not None}
    return Panel("portal/panels/rules.html", context)


def ready() -> None:
    portal_home.register_panel("rules", 15, rules_panel)
