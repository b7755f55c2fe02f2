"""Puts the actor into the request and into every statement, and asks staff for a second factor."""

from __future__ import annotations

import time
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from access import actors, portal_sessions, scopes, second_factor, sessions, sign_ins, tokens
from access.actions import Action
from access.actors import Actor
from access.models import User
from custodian.errors import CustodianError
from custodian.middleware import answer

Handler = Callable[[HttpRequest], HttpResponse]
PORTAL = "/portal/"
second_factor_at = second_factor.shown_at

# What a person between password and code needs; the API answers 401 by itself.
OPEN_TO_HALF_SIGNED_IN = (
    "/accounts/login/",
    "/accounts/logout/",
    "/accounts/reauthenticate/",
    "/accounts/second-factor/",
    "/accounts/step-up/",
    "/api/",
    "/incidents/",
    "/language/",
    "/livez",
    "/log/",
    "/metrics",
    "/notices/",
    "/readyz",
    "/rules/",
    "/static/",
    "/tips/",
    "/transfers/",
    "/viewer-mark",
)


class ActorMiddleware:
    """`request.actor` is the signed-in person, the bearer of a token, or None.

    A bearer token is read here and not in the API's views, so that the scope covers the whole
    request and ends with it; with a token the session is not looked at.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            actor = tokens.bearer(request) if tokens.carried_by(request) else _person(request)
        except CustodianError as error:
            return _challenge(answer(request, error))
        request.actor = actor  # type: ignore[attr-defined]
        with scopes.acting(actor):
            return self.get_response(request)


class StaffSecondFactor:
    """No page for a signed-in person who has not shown a second factor in this session."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        half = request.user.is_authenticated and second_factor_at(request) is None
        if half and not request.path.startswith(OPEN_TO_HALF_SIGNED_IN):
            return redirect(reverse("account_second_factor"))
        return self.get_response(request)


def _challenge(response: HttpResponse) -> HttpResponse:
    """A 401 says how to authenticate (RFC 9110, 11.6.1)."""
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="custodian"'
    return response


def stepped_up(request: HttpRequest) -> bool:
    """Whether the second factor is fresh. A password alone never counts, whatever allauth remembers."""
    shown = second_factor_at(request)
    return shown is not None and time.time() - shown < settings.CUSTODIAN_STEP_UP_SECONDS


def _person(request: HttpRequest) -> Actor | None:
    user = request.user
    if not isinstance(user, User):
        # A customer's session counts in the portal and nowhere else.
        within = request.path.startswith(PORTAL)
        return portal_sessions.actor_of(request) if within else None
    if why := sessions.ended(request):
        mark = sessions.mark_of(request)
        logout(request)
        sign_ins.record(request, Action.SESSION_CLOSE, why=(why,), session=mark, user=user)
        return None
    sessions.note(request)
    if second_factor_at(request) is None:
        return None
    address = sign_ins.known_address(request)
    return actors.staff(
        user,
        stepped_up=stepped_up(request),
        address=address,
        session=sessions.mark_of(request),
    )
