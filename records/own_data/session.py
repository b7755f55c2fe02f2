"""Which entries this very session has made: of several representatives each is shown her own."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest

_KEY: Final = "portal.entries"
_KEPT: Final = 60


def entries(request: HttpRequest) -> list[int]:
    held = request.session.get(_KEY)
    return [each for each in held if isinstance(each, int)] if isinstance(held, list) else []


def note(request: HttpRequest, *made: int) -> None:
    request.session[_KEY] = [*entries(request), *made][-_KEPT:]
