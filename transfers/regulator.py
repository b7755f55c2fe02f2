"""The supervising office's view of transfers: those that a case of hers lets her see, to read and no more."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
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
from transfers.models import Receipt, Stage, Transfer
from transfers.progress import moving
from transfers.receipts import supervised


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
    found = _seen(code, actor)
    told = {**telling.facts(found, view=str(found.side)), **supervised.facts(found)}
    return _page(request, "transfer", actor, **told)


@require_safe
@guests_only(Action.TRANSFER_READ)
def papers(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """Both signed papers with both public keys and a program that checks them; no customer is in any."""
    found = _seen(code, actor)
    receipt = Receipt.objects.filter(transfer=found).exclude(release=b"").first()
    if receipt is None:
        raise Http404
    body = supervised.archive(found, receipt)
    response = HttpResponse(body, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{found.code}-receipt.zip"'
    return response


def _seen(code: str, actor: Actor) -> Transfer:
    rows = sight.visible_to(actor).select_related("counterparty", "book")
    found = rows.filter(code=code).first()
    if found is None:
        gate.refuse_unknown(
            actor, Action.TRANSFER_READ, asked=code[:40], purpose=purpose_of(actor), channel=CHANNEL
        )
    return found


def _page(request: HttpRequest, name: str, actor: Actor, **context: Any) -> HttpResponse:
    open_cases = Case.objects.visible_to(actor).order_by("-access_until")
    until = open_cases.values_list("access_until", flat=True).first()
    more = {"access_until": until, "marked": True, **context}
    return render(request, f"regulator/{name}.html", more)


urlpatterns = [
    path("transfers/", transfers, name="transfers"),
    path("transfers/<str:code>/", transfer, name="transfer"),
    path("transfers/<str:code>/receipt.zip", papers, name="transfer_papers"),
]
