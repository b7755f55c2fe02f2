"""The portal's first page: what waits for the customer, and the ways on. Each capability brings its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from access import portal_sessions, scopes
from access.actors import Actor
from access.models import PortalLogin
from records import salutations
from records.models import Customer
from records.portal_pages import portal_page


@dataclass(frozen=True)
class Panel:
    """A part of the first page, drawn by its own template."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


Builder = Callable[[Actor, Customer], Panel | None]
Hint = Callable[[Actor, Customer], Any]


@dataclass(frozen=True)
class Way:
    """A way on: its title, and one line that may say how things stand there."""

    title: Any
    url_name: str
    hint: Hint


_panels: dict[str, tuple[int, Builder]] = {}
_ways: dict[str, tuple[int, Way]] = {}


def register_panel(name: str, order: int, builder: Builder) -> None:
    """Apps call it in `ready()`; a builder answers None when there is nothing to say."""
    _panels[name] = (order, builder)


def register_way(order: int, title: Any, url_name: str, hint: Hint) -> None:
    _ways[url_name] = (order, Way(title, url_name, hint))


@require_safe
@portal_page()
def home(request: HttpRequest, *, actor: Actor, customer: Customer) -> HttpResponse:
    panels = [builder(actor, customer) for _order, builder in _in_order(_panels)]
    with scopes.acting(actor):
        login = PortalLogin.objects.filter(pk=customer.pk).first()
    context = {
        "title": _("客户服务"),
        "called": salutations.of_customer(customer, actor=actor),
        "capacity": actor.capacity,
        "before": login.before_at if login else None,
        "panels": [each for each in panels if each is not None],
        "ways": list(_ways_of(actor, customer)),
    }
    return render(request, "portal/home.html", context)


def _in_order(known: Mapping[str, tuple[int, Any]]) -> list[tuple[int, Any]]:
    return sorted(known.values(), key=lambda each: each[0])


def _ways_of(actor: Actor, customer: Customer) -> list[dict[str, Any]]:
    found = []
    for _order, way in _in_order(_ways):
        try:
            url = reverse(way.url_name)
        except NoReverseMatch:
            continue
        found.append({"title": way.title, "url": url, "hint": way.hint(actor, customer)})
    return found


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Out, and nothing stays in the browser."""
    portal_sessions.end(request)
    response = redirect("portal:login")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
