"""The pages that say no: what happened, why, what next, and a reference."""

from __future__ import annotations

import sys

import psycopg2
import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from structlog.contextvars import get_contextvars

from custodian import problems
from custodian.site.context import facts

GONE = (OperationalError, InterfaceError, psycopg2.OperationalError, psycopg2.InterfaceError)
_log = structlog.get_logger("custodian")

# Django passes what happened by this name; the page must not repeat it.
_Cause = Exception | None


def _page(status: int) -> HttpResponse:
    """Drawn without request, person or database: any of them may be what failed."""
    reference = str(get_contextvars().get("request_id", ""))[:8]
    html = render_to_string(f"{status}.html", {**facts(), "reference": reference})
    return HttpResponse(html, status=status, headers={"Cache-Control": "no-store"})


def _answer(request: HttpRequest, status: int) -> HttpResponse:
    """A page for people, problem details for the API."""
    if request.path.startswith("/api/"):
        return problems.response(problems.of_status(status))
    return _page(status)


def bad_request(request: HttpRequest, exception: _Cause = None) -> HttpResponse:
    return _answer(request, 400)


def permission_denied(request: HttpRequest, exception: _Cause = None) -> HttpResponse:
    return _answer(request, 403)


def not_found(request: HttpRequest, exception: _Cause = None) -> HttpResponse:
    return _answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """What no layer caught. A database that goes away in a middleware ends here, and is a 503."""
    error = sys.exc_info()[1]
    _log.error("not-caught", reason=type(error).__name__)
    return _answer(request, 503 if isinstance(error, GONE) else 500)


def unavailable(_request: HttpRequest) -> HttpResponse:
    """The log cannot be written, so nothing is shown."""
    response = _page(503)
    response["Retry-After"] = "30"
    return response
