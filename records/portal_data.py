"""My data: what is held about the customer, why and until when; what she asks to see lights up a minute."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from access import gate
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Purpose
from custodian import elements
from records import recipients, vault
from records.models import Customer
from records.own_data import copies, session, sheet
from records.own_data.sheet import Sheet
from records.portal_pages import CHANNEL, PURPOSE, not_found, portal_page

REVEAL = Action.CUSTOMER_REVEAL
HINT = gettext_lazy("我们保存了什么、为什么、到何时")


@require_safe
@portal_page()
def data(request: HttpRequest, *, actor: Actor, customer: Customer) -> HttpResponse:
    return _page(request, sheet.of(customer, actor=actor), actor=actor)


@require_POST
@portal_page(body=("of", "element"))
def reveal(request: HttpRequest, *, actor: Actor, customer: Customer) -> HttpResponse:
    """One value or a whole part, recorded first; the page that answers is lit for a minute."""
    of, wanted = request.POST.get("of", ""), request.POST.getlist("element")
    target = sheet.target(customer, of, actor=actor)
    if target is None:
        return not_found(of, action=REVEAL, actor=actor)  # type: ignore[no-any-return]
    codes = [
        code
        for code in target.codes
        if not elements.get(code).never_shown and (not wanted or code in wanted)
    ]
    if not codes:
        return redirect("portal:data")
    permit = gate.permit(
        actor,
        REVEAL,
        purpose=PURPOSE,
        channel=CHANNEL,
        subjects=[customer.pk],
        elements=codes,
        holdings=target.holdings,
    )
    plain = vault.reveal(permit)
    session.note(request, permit.entry)
    return _page(request, sheet.of(customer, actor=actor, plain=plain), actor=actor, lit=True)


def hint(_actor: Actor, _customer: Customer) -> Any:
    return HINT


def _page(request: HttpRequest, page: Sheet, *, actor: Actor, lit: bool = False) -> HttpResponse:
    session.note(request, page.entry)
    context: dict[str, Any] = {
        "title": _("我的资料"),
        "sheet": page,
        "entry": page.entry,
        "lit": lit,
        "seconds": settings.CUSTODIAN_LAMP_SECONDS,
        "purpose": Purpose.SELF.label,
        "hide_url": reverse("portal:data"),
        "represents": actor.capacity != "self",
        "copies": copies.of(page.customer, actor=actor),
        "recipients": recipients.of(page.customer),
        "here": "portal:data",
    }
    return render(request, "portal/data.html", context)
