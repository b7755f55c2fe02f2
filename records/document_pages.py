"""One document as the answer to a request: looked at through the same door as everything else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import StreamingHttpResponse

from access import gate
from access.actions import Action
from access.actors import Actor
from records import documents
from records.models import Document


def numbered(
    papers: Iterable[Any], number: int, *, of: str, purpose: str, channel: str, actor: Actor
) -> StreamingHttpResponse:
    """The paper with this `number` of what goes by the reference `of`; an absent one leaves its entry too."""
    paper = next((each for each in papers if each.number == number), None)
    if paper is None:
        gate.refuse_unknown(
            actor, Action.DOCUMENT_READ, asked=f"{of}/{number}", purpose=purpose, channel=channel
        )
    return inline(
        paper.document, called=f"{of}-{number}", purpose=purpose, channel=channel, actor=actor
    )


def inline(
    document: Document, *, called: str, purpose: str, channel: str, actor: Actor
) -> StreamingHttpResponse:
    """The file in clear, after its entry is written. Raises `Refused`, `StepUpNeeded`.

    `called` is the file's name without its ending: what somebody called it herself may say who she is.
    """
    permit = documents.permit_to_read(document, purpose=purpose, channel=channel, actor=actor)
    response = StreamingHttpResponse(
        documents.read(document, permit), content_type=document.media_type
    )
    name = f"{called}.{documents.extension_of(document)}"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
