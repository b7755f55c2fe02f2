"""Puts the actor into the request and into every statement, and asks staff for a second factor."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from access import actors, scopes
from access.models import User

Handler = Callable[[HttpRequest], HttpResponse]
METHODS = "account_authentication_methods"
OPEN_TO_HALF_SIGNED_IN = (
    "/accounts/",
    "/static/",
    "/i18n/",
    "/livez",
    "/readyz",
    "/metrics",
    "/viewer-mark",
)


class ActorMiddleware:
    """`request.actor` is the signed-in person or None; statements outside a request see no scoped row."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        actor = None
        if isinstance(user, User) and user.is_active and second_factor_at(request):
            actor = actors.staff(user, stepped_up=stepped_up(request))
        request.actor = actor  # type: ignore[attr-defined]
        with scopes.acting(actor):
            return self.get_response(request)


class StaffSecondFactor:
    """No page for a signed-in person who has not shown a second factor in this session."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        half = request.user.is_authenticated and not second_factor_at(request)
        if half and not request.path.startswith(OPEN_TO_HALF_SIGNED_IN):
            return redirect(reverse("account_second_factor"))
        return self.get_response(request)


def second_factor_at(request: HttpRequest) -> float | None:
    """When this session last showed a second factor, in seconds since the epoch."""
    records = request.session.get(METHODS, [])
    return max((each["at"] for each in records if each.get("method") == "mfa"), default=None)


def stepped_up(request: HttpRequest) -> bool:
    """Whether the second factor is fresh. A password alone never counts, whatever allauth remembers."""
    shown = second_factor_at(request)
    return shown is not None and time.time() - shown < settings.CUSTODIAN_STEP_UP_SECONDS
