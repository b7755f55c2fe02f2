"""The outermost layers: a database or key that is not there is a 503, and nothing is ever cached."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers

from custodian import problems
from custodian.errors import CustodianError, NotVisible, Unavailable

Handler = Callable[[HttpRequest], HttpResponse]
_log = structlog.get_logger("custodian")
PUBLIC = ("/static/", "/livez", "/readyz", "/metrics")
# From a page to the layer below, and never further: how long its answer may be kept.
_KEPT = "X-Custodian-Kept"


class FailClosed:
    """Answers for what the views did not catch; an answer never holds more than a code and a sentence."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError) as error:
            _log.error("database-unavailable", reason=type(error).__name__)
            return answer(request, Unavailable())

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, (OperationalError, InterfaceError)):
            _log.error("database-unavailable", reason=type(error).__name__)
            return answer(request, Unavailable())
        return answer(request, error) if isinstance(error, CustodianError) else None


def answer(request: HttpRequest, error: CustodianError) -> HttpResponse:
    """The page, or problem+json for the API, that goes with an error."""
    _log.warning("refused", code=error.code, status=error.status)
    if request.path.startswith("/api/"):
        return problems.response(problems.of_error(error))
    template = "404.html" if isinstance(error, NotVisible) else f"{_page(error.status)}.html"
    response = render(request, template, {"error": error}, status=error.status)
    if error.status == Unavailable.status:
        response["Retry-After"] = str(problems.RETRY_SECONDS)
    return response


def _page(status: int) -> int:
    return status if status in {400, 403, 404, 429, 503} else 400


def may_be_kept(request: HttpRequest, response: HttpResponse, *, seconds: int) -> HttpResponse:
    """What says the same to everybody may be kept by a cache; not what went to somebody signed in."""
    known = set(request.COOKIES) - {settings.LANGUAGE_COOKIE_NAME}
    if response.status_code == HTTPStatus.OK and not known:
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        response.headers[_KEPT] = f"public, max-age={seconds}"
    return response


class LeadBack:
    """An address that only takes what a form sends leads whoever opens it to the page above it.

    Somebody reads the answer to a form there and changes the language, or asks for the address again.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        read = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
        if not read or response.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            return response
        return redirect(f"{request.path.rstrip('/').rpartition('/')[0]}/")


class NoStore:
    """Nothing that a person is shown is kept by any cache, but for what a page says is for everybody."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        kept = response.headers.get(_KEPT, "")
        del response.headers[_KEPT]
        if kept and not response.cookies:
            response.headers["Cache-Control"] = kept
        elif not request.path.startswith("/static/"):
            response.headers["Cache-Control"] = "no-store"
            response.headers.pop("ETag", None)
            response.headers.pop("Last-Modified", None)
        return response
