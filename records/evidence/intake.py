"""Takes one file of evidence: what arrived is hashed, what is kept is drawn anew and sealed."""

from __future__ import annotations

import hmac
import re
from pathlib import PurePosixPath
from typing import Final

from access.actors import Actor
from custodian.keys import source_key
from records import documents
from records.evidence import stripping
from records.models import Customer, Document

_UNTIDY: Final = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
LONGEST_NAME: Final = 120


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
    """Strip, seal and file it; raises `EvidenceRefused`, and then nothing of it is anywhere.

    The chain of custody is in the row (when, by which channel, how large it came, keyed hashes of what
    came and of what is kept) and in the entry, which says who brought it.
    """
    kept = stripping.strip(content)
    return documents.add(
        customer,
        kind=kind,
        name=tidy_name(name),
        media_type=kept.media_type,
        chunks=[kept.content],
        purpose=purpose,
        channel=channel,
        received=documents.Received(
            size=len(content),
            digest=hmac.digest(source_key(documents.CONTENT), content, "sha256"),
            pages=kept.pages,
        ),
        actor=actor,
    )


def tidy_name(name: str) -> str:
    """What somebody called the file, for her own eyes: no folders, nothing invisible, not endless."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return _UNTIDY.sub("", last)[-LONGEST_NAME:] or "—"
