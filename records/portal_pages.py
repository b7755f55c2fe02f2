"""What every page of the portal does first: know the customer, refuse unknown parameters, explain a no."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from access import gate
from access.actions import Action
from access.actors import Actor
from access.gate import Refused
from access.vocabulary import Channel, Purpose, Role
from records import explanations
from records.desk_pages import require_known
from records.models import Customer

CHANNEL = Channel.PORTAL.value
PURPOSE = Purpose.SELF.value
View = Callable[..., HttpResponseBase]


def portal_page(
    *, query: Iterable[str] = (), body: Iterable[str] = (), files: Iterable[str] = ()
) -> Callable[[View], View]:
    """The view gets the actor and her `customer` (whom she represents, if she does).

    Whoever is not signed in goes to the sign-in page, which never says where he wanted to go.
    """
    known = {"query": frozenset(query), "body": frozenset(body), "files": frozenset(files)}

    def decorate(view: View) -> View:
        @wraps(view)
        def page(request: HttpRequest, **named: Any) -> HttpResponseBase:
            actor = customer_actor(request)
            if actor is None:
                return redirect("portal:login")
            require_known(request, **known)
            try:
                return view(request, actor=actor, customer=customer_of(actor), **named)
            except Refused as refused:
                return refusal(request, refused)

        return page

    return decorate


def customer_actor(request: HttpRequest) -> Actor | None:
    """The signed-in customer; staff who wander in are nobody here."""
    actor: Actor | None = getattr(request, "actor", None)
    return actor if actor is not None and actor.role is Role.CUSTOMER else None


def customer_of(actor: Actor) -> Customer:
    """The customer whose rows these are. Her session ends with her data, so she is there."""
    found: Customer = (
        Customer.objects.visible_to(actor).select_related("subject").get(pk=actor.subjects[0])
    )
    return found


def refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The verdict, its reason and what to do, with the entry that it left."""
    context = {
        "title": _("这一步现在不能办理"),
        "why": explanations.plainly(refused.decision),
        "entry": refused.entry,
    }
    return render(request, "portal/refused.html", context, status=refused.status)


def not_found(asked: str, *, action: Action, actor: Actor) -> Any:
    """What is absent and what is somebody else's leave the same entry and the same page."""
    gate.refuse_unknown(actor, action, asked=asked[:64], purpose=PURPOSE, channel=CHANNEL)
