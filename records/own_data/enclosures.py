"""The filed documents that go along with a copy of one's own data, each read as a look of her own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from access import gate
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel, Purpose
from records import documents, standings
from records.models import DataCopy, Document

# In one archive; company default. What is larger, as a recording may be, is asked for by itself.
LARGEST: Final = 100 << 20


@dataclass(frozen=True)
class Enclosure:
    """A document with its place in the archive."""

    document: Document
    path: str

    def described(self) -> dict[str, Any]:
        row = self.document
        return {"path": self.path, "media_type": row.media_type, "size": row.size}


def of(copy: DataCopy, *, actor: Actor) -> dict[str, Enclosure]:
    """By reference those that fit, newest first; none in a copy that is one file by itself.

    What is restricted or destroyed stays out, as its values do.
    """
    if copy.format != DataCopy.Format.ZIP or copy.subject.status != standings.ACTIVE:
        return {}
    idle, room = standings.of(copy.subject_id), LARGEST
    found: dict[str, Enclosure] = {}
    for row in Document.objects.visible_to(actor).filter(subject=copy.subject_id):
        if row.holding not in idle and row.size <= room:
            room -= row.size
            path = f"files/{row.ref}.{documents.extension_of(row)}"
            found[row.ref] = Enclosure(row, path)
    return found


def read(enclosure: Enclosure, copy: DataCopy, *, actor: Actor) -> Iterator[bytes]:
    """In clear, after its own entry. Raises `Refused`, `Damaged`."""
    row = enclosure.document
    permit = gate.permit(
        actor,
        Action.OWN_COPY_MAKE,
        purpose=Purpose.SELF.value,
        channel=Channel.PORTAL.value,
        subjects=[row.subject_id],
        elements=[documents.element_of(row)],
        holdings=[row.holding],
        facts={"copy": str(copy.ref)},
    )
    return documents.read(row, permit)
