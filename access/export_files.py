"""How an export leaves the house: found for whom it is for, and sent as a browser saves it."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.http import StreamingHttpResponse

from access import gate
from access.actions import Action
from access.actors import Actor
from access.exports.files import TYPES
from access.models import Export


def export_of(ref: UUID, actor: Actor, *, action: Action, purpose: str, channel: str) -> Export:
    """One that this person may know of; to everybody else it does not exist, and his asking is on record."""
    rows = Export.objects.visible_to(actor).select_related(
        "approval__decided_by", "requested_by__unit", "recipient__unit"
    )
    found: Export | None = rows.filter(ref=ref).first()
    if found is None:
        gate.refuse_unknown(actor, action, asked=str(ref), purpose=purpose, channel=channel)
    return found


def attachment(export: Export, body: Iterator[bytes]) -> StreamingHttpResponse:
    """It is opened, piece by piece, only as it is sent."""
    response = StreamingHttpResponse(body, content_type=TYPES[export.format])
    response["Content-Disposition"] = f'attachment; filename="{export.name}"'
    response["Content-Length"] = str(export.length)
    return response
