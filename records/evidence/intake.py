"""Takes one file of evidence: what arrived is hashed, what is kept is drawn anew and sealed."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final

from access.actors import Actor
from custodian.keys import source_key
from records import archiving, documents
from records.evidence import stripping
from records.evidence.stripping import Stripped
from records.models import Customer, Document

_UNTIDY: Final = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
LONGEST_NAME: Final = 120


@dataclass(frozen=True)
class Drawn:
    """A file drawn anew, before any of it is kept; whoever holds it has opened no transaction yet."""

    name: str = field(repr=False)
    kept: Stripped
    received: archiving.Received


def draw(content: bytes, *, name: str) -> Drawn:
    """Raises `EvidenceRefused`, and then nothing of it is anywhere. It takes seconds, so it comes first."""
    kept = stripping.strip(content)
    received = archiving.Received(
        size=len(content),
        digest=hmac.digest(source_key(documents.CONTENT), content, "sha256"),
        pages=kept.pages,
    )
    return Drawn(tidy_name(name), kept, received)


def keep(
    drawn: Drawn,
    *,
    customer: Customer,
    kind: Document.Kind,
    purpose: str,
    channel: str,
    facts: Mapping[str, Any] | None = None,
    actor: Actor,
) -> Document:
    """Seal and file it.

    The chain of custody is in the row (when, by which channel, how large it came, keyed hashes of what
    came and of what is kept) and in the entry, which says who brought it.
    """
    return archiving.add(
        customer,
        kind=kind,
        name=drawn.name,
        media_type=drawn.kept.media_type,
        chunks=[drawn.kept.content],
        purpose=purpose,
        channel=channel,
        received=drawn.received,
        facts=facts,
        actor=actor,
    )


def take(
    content: bytes,
    *,
    name: str,
    customer: Customer,
    kind: Document.Kind,
    purpose: str,
    channel: str,
    actor: Actor,
) -> Document:
    """Both at once. Raises `EvidenceRefused`."""
    drawn = draw(content, name=name)
    return keep(drawn, customer=customer, kind=kind, purpose=purpose, channel=channel, actor=actor)


def tidy_name(name: str) -> str:
    """What somebody called the file, for her own eyes: no folders, nothing invisible, not endless."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return _UNTIDY.sub("", last)[-LONGEST_NAME:] or "—"
