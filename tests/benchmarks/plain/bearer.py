"""The product's own token check, without the scope that it puts around statements."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from access import tokens


class Bearer:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if tokens.carried_by(request):
            request.actor = tokens.bearer(request)
        return self.get_response(request)
