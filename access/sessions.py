"""How long a session lasts: half an hour without anybody, eight hours at most."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.http import HttpRequest

from custodian import clock

BEGUN, SEEN = "custodian.begun", "custodian.seen"
# What the log calls a session: drawn by lot, no secret, and the same after its key has changed.
MARK = "custodian.mark"
# Noting every request would write the session every time.
_GRAIN = 60.0


def begin(request: HttpRequest, mark: str) -> None:
    now = clock.now().timestamp()
    request.session[BEGUN] = request.session[SEEN] = now
    request.session[MARK] = mark


def new_mark() -> str:
    return secrets.token_hex(6)


def mark_of(request: HttpRequest) -> str:
    return str(request.session.get(MARK, ""))


def ended(request: HttpRequest) -> str:
    """Why the session is over, as a reason code; empty while it is not."""
    now = clock.now().timestamp()
    if now - request.session.get(SEEN, now) > settings.CUSTODIAN_IDLE_SECONDS:
        return "idle"
    if now - request.session.get(BEGUN, now) > settings.SESSION_COOKIE_AGE:
        return "session-too-long"
    return ""


def note(request: HttpRequest) -> None:
    """Somebody is there. A page that renews itself is nobody."""
    if "X-Partial" in request.headers:
        return
    now = clock.now().timestamp()
    request.session.setdefault(BEGUN, now)
    request.session.setdefault(MARK, new_mark())
    if now - request.session.get(SEEN, 0.0) > _GRAIN:
        request.session[SEEN] = now
