"""Who looked at my data: by day, in words, each look with how far its proof has come."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access import gate, own_looks
from access.actions import Action
from access.actors import Actor
from access.public_log import TEXT
from access.querylog import proofs
from custodian import clock
from records.models import Customer
from records.own_data import session, telling
from records.portal_home import Panel
from records.portal_pages import CHANNEL, PURPOSE, not_found, portal_page

READ = Action.OWN_LOOKS_READ
_LONGEST = 18


@require_safe
@portal_page(query=("before",))
def looks(request: HttpRequest, *, actor: Actor, customer: Customer) -> HttpResponse:
    before = request.GET.get("before", "")
    if before and not (before.isdecimal() and len(before) < _LONGEST):
        return redirect("portal:looks")
    page = own_looks.page(
        customer.subject,
        before=int(before) if before else None,
        capacity=actor.capacity,
        mine=session.entries(request),
    )
    # Who looked is told of data that are stored only as well: it shows no value of hers.
    permit = gate.permit(
        actor, READ, purpose=PURPOSE, channel=CHANNEL, subjects=[customer.pk], masked=True
    )
    session.note(request, permit.entry)
    context = {
        "title": _("谁看过我的资料"),
        "days": telling.told(page.days, page.standing),
        "older": page.older,
        "first": not before,
        "recent": own_looks.recent(customer.subject, capacity=actor.capacity)
        if not before
        else None,
        "represents": actor.capacity != "self",
        "today": clock.local().date(),
        "state": page.standing.state(max(page.standing.sealed - 1, 0)),
    }
    return render(request, "portal/looks.html", context)


@require_safe
@portal_page()
def proof(request: HttpRequest, *, index: int, actor: Actor, customer: Customer) -> HttpResponse:
    """A C2SP tlog-proof of a look at her; of all others nobody says whether there are any."""
    found = own_looks.find(customer.subject, index, capacity=actor.capacity)
    try:
        text = proofs.inclusion(index).as_text if found is not None else None
    except proofs.NoSuchProof:
        text = None
    if text is None:
        return not_found(f"#{index}", action=READ, actor=actor)  # type: ignore[no-any-return]
    response = HttpResponse(text, content_type=TEXT)
    response["Content-Disposition"] = f'attachment; filename="entry-{index}.tlog-proof"'
    return response


def panel(actor: Actor, customer: Customer) -> Panel:
    """The home page's first panel: how often, and the newest in a sentence."""
    recent = own_looks.recent(customer.subject, capacity=actor.capacity)
    newest = telling.newest(recent.newest) if recent.newest else None
    return Panel(
        "portal/panels/looks.html",
        {"count": recent.count, "more": recent.more, "newest": newest, "days": own_looks.DAYS},
    )
