"""Customers who are in: with the session that the sign-in would have begun."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.test import Client, RequestFactory

from access import portal_sessions
from records.models import Customer


def signed_in(
    client: Client, customer: Customer, *, capacity: str = "self", proof: str = "mobile"
) -> Client:
    """The client as this customer's browser; `proof` is how she showed who she is."""
    request: Any = RequestFactory().get("/portal/")
    key = client.cookies.get(settings.SESSION_COOKIE_NAME)
    store = import_module(settings.SESSION_ENGINE).SessionStore
    request.session = store(key.value) if key else store()
    portal_sessions.begin(request, customer.pk, capacity=capacity, proof=proof)
    request.session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key
    return client
