"""The mark over every staff page that tells, on a photograph, whose screen it was."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from custodian import clock
from custodian.site.context import viewer

# Every other row is set off by half a tile; what leaves at the right comes back at the left.
_PLACES = ((24, 128), (214, 278), (-166, 278))
_TILE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="380" height="300" viewBox="0 0 380 300" '
    'font-family="sans-serif" font-size="13" fill="#15211F" fill-opacity="0.07">{}</svg>'
)
_LINE = '<text x="{0}" y="{1}" transform="rotate(-18 {0} {1})">{2}</text>'


@require_safe
@never_cache
def viewer_mark(request: HttpRequest) -> HttpResponse:
    person = viewer(request)
    if person is None:
        raise Http404
    words = f"{person.name} {person.number} · {clock.local():%Y-%m-%d %H:%M}"
    lines = format_html_join("", _LINE, ((x, y, words) for x, y in _PLACES))
    tile = format_html(_TILE, lines)
    return HttpResponse(tile, content_type="image/svg+xml")
