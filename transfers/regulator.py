"""The supervising office's view of transfers: those that a case of hers lets her see, to read and no more."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access import gate
from access.actions import Action
from access.actors import Actor
from access.models import Case
from access.regulator import CHANNEL, guests_only, purpose_of
from transfers import routes, sight, telling
from transfers.models import Stage
from transfers.progress import moving


@require_safe
@guests_only(Action.TRANSFER_READ)
def transfers(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    rows = sight.visible_to(actor).select_related("counterparty", "book")
    found = []
    for each in rows:
        now = moving.now_at(each)
        found.append(
            {
                "transfer": each,
                "route": routes.name(routes.of(each)),
                "now": Stage(now.stage).label if now else "",
                "tone": telling.TONES[each.status],
            }
        )
    return _page(request, "transfers", actor, title=_("转让"), rows=found)


@require_safe
@guests_only(Action.TRANSFER_READ)
def transfer(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    found = sight.visible_to(actor).select_related("counterparty", "book").filter(code=code).first()
    if found is None:
        gate.refuse_unknown(
            actor, Action.TRANSFER_READ, asked=code[:40], purpose=purpose_of(actor), channel=CHANNEL
        )
    return _page(request, "transfer", actor, **telling.facts(found, view=str(found.side)))


def _page(request: HttpRequest, name: str, actor: Actor, **context: Any) -> HttpResponse:
    open_cases = Case.objects.visible_to(actor).order_by("-access_until")
    until = open_cases.values_list("access_until", flat=True).first()
    more = {"access_until": until, "marked": True, **context}
    return render(request, f"regulator/{name}.html", more)


urlpatterns = [
    path("transfers/", transfers, name="transfers"),
    path("transfers/<str:code>/", transfer, name="transfer"),
]
