"""The pages that say no: what happened, why, what next, and a reference."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from structlog.contextvars import get_contextvars

from custodian.site.context import facts

# Django passes what happened by this name; the page must not repeat it.
_Cause = Exception | None


def _page(status: int) -> HttpResponse:
    """Drawn without request, person or database: any of them may be what failed."""
    reference = str(get_contextvars().get("request_id", ""))[:8]
    html = render_to_string(f"{status}.html", {**facts(), "reference": reference})
    return HttpResponse(html, status=status, headers={"Cache-Control": "no-store"})


def bad_request(_request: HttpRequest, exception: _Cause = None) -> HttpResponse:
    return _page(400)


def permission_denied(_request: HttpRequest, exception: _Cause = None) -> HttpResponse:
    return _page(403)


def not_found(_request: HttpRequest, exception: _Cause = None) -> HttpResponse:
    return _page(404)


def server_error(_request: HttpRequest) -> HttpResponse:
    return _page(500)


def unavailable(_request: HttpRequest) -> HttpResponse:
    """The log cannot be written, so nothing is shown."""
    response = _page(503)
    response["Retry-After"] = "30"
    return response
