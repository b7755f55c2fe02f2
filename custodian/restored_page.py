"""The page instead of every page, while a restored database waits to be reconciled."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from access import restored
from access.restored import RestoredNotReconciled
from custodian.middleware import PUBLIC, Handler, answer

OPEN = (*PUBLIC, "/language/")


class NotServed:
    """503 with the reason and the way out, in the reader's language; health and files are answered."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(OPEN) and restored.waits():
            return answer(request, RestoredNotReconciled())
        return self.get_response(request)
