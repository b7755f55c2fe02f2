"""The desk's place for one's own learning; the pages behind it are the same for everybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from access.actors import Actor
from access.training import pages
from records.desk_pages import desk_page


@require_safe
@desk_page()
def learning(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    return pages.overview_of(request, actor)
