"""The mark over every staff page that tells, on a photograph, whose screen it was."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from custodian import clock
from custodian.site.context import viewer

_TILE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="380" height="150" viewBox="0 0 380 150">'
    '<text x="24" y="128" transform="rotate(-18 24 128)" font-family="sans-serif" font-size="13" '
    'fill="#15211F" fill-opacity="0.07">{}</text></svg>'
)


@require_safe
@never_cache
def viewer_mark(request: HttpRequest) -> HttpResponse:
    person = viewer(request)
    if person is None:
        raise Http404
    moment = clock.local().strftime("%Y-%m-%d %H:%M")
    tile = format_html(_TILE, f"{person.name} {person.number} · {moment}")
    return HttpResponse(tile, content_type="image/svg+xml", headers={"Cache-Control": "no-store"})
