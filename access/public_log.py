"""The log for anybody who asks: its head and its hashes, as C2SP tlog-tiles serves them. Never an entry."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from access.querylog import proofs
from access.querylog.heads import told_head
from custodian.tlog import verify
from custodian.tlog.verify import TILE, tile_path

TEXT = "text/plain; charset=utf-8"
SCRIPT = "text/x-python; charset=utf-8"
MOST_LEVEL = 63
_PLACE = re.compile(r"((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest witnessed head while it is recent, else the newest one."""
    head = told_head()
    if head is None:
        raise Http404
    return HttpResponse(head.note, content_type=TEXT)


@require_safe
def tile(request: HttpRequest, level: int, place: str) -> HttpResponse:
    found = _PLACE.fullmatch(place)
    if found is None or level > MOST_LEVEL or len(place) > 64:
        raise Http404
    index = int(found.group(1).replace("x", "").replace("/", ""))
    width = int(found.group(2) or TILE)
    # A tile has one address, so that no cache holds it twice.
    known = f"/{tile_path(level, index, width)}"
    if not request.path.endswith(known) or request.META["QUERY_STRING"]:
        raise Http404
    data = proofs.tile(level, index, width)
    if data is None:
        raise Http404
    return HttpResponse(data, content_type="application/octet-stream")


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    """Whose keys this log and its witnesses sign with; to be kept, not fetched anew each time."""
    path = settings.CUSTODIAN_LOG_POLICY
    if not path.exists():
        raise Http404
    return HttpResponse(path.read_bytes(), content_type=TEXT)


@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """The program that checks a bundle, from elsewhere than the bundle that it is to check."""
    response = HttpResponse(Path(verify.__file__).read_bytes(), content_type=SCRIPT)
    response["Content-Disposition"] = 'attachment; filename="verify.py"'
    return response
