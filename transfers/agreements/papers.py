"""Papers of agreements: drawn anew so that only pixels are kept, sealed each under a key of its own.

They are no customer's, so they have no holding of hers; and nothing could replace them, so they lie in the
database, where every backup takes them along.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final
from uuid import uuid4

from django.db import transaction

from access import actors, gate, keystore
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from records.evidence import stripping
from records.evidence.intake import tidy_name
from records.evidence.stripping import Stripped
from transfers.models import Agreement, AgreementPaper

KEY: Final = "agreement-paper"
Kind = AgreementPaper.Kind


@dataclass(frozen=True)
class Drawn:
    """A file drawn anew; whoever holds it has opened no transaction yet."""

    name: str = field(repr=False)
    kept: Stripped
    received: str


def draw(content: bytes, *, name: str) -> Drawn:
    """Raises `EvidenceRefused`. It takes seconds, so it comes before any transaction."""
    return Drawn(tidy_name(name), stripping.strip(content), sha256(content).hexdigest())


def file(agreement: Agreement, drawn: Drawn, *, kind: str, actor: Actor) -> AgreementPaper:
    """Seal and file it, with its entry, in one transaction. Raises `Refused`."""
    ref, content = uuid4(), drawn.kept.content
    digest = sha256(content).hexdigest()
    with transaction.atomic():
        gate.authorise(
            actor,
            Action.AGREEMENT_KEEP,
            channel=Channel.ADMIN,
            facts={"agreement": agreement.code, "paper": str(kind), "digest": digest},
        )
        sealed = keystore.seal_stream(f"{KEY}/{ref}", [content], element=f"{KEY}.content")
        return AgreementPaper.objects.create(
            ref=ref, agreement=agreement, kind=kind, name=drawn.name,
            media_type=drawn.kept.media_type, size=len(content), sha256=digest,
            received=drawn.received, filed_by_id=actors.person(actor), body=b"".join(sealed),
        )  # fmt: skip


def by_ref(agreement: Agreement) -> Mapping[str, AgreementPaper]:
    rows = agreement.papers.select_related("filed_by").defer("body")
    return {str(each.ref): each for each in rows}


def read(paper: AgreementPaper) -> Iterator[bytes]:
    """What was filed; raises `OpenFailed` where it is not as it was."""
    name = f"{KEY}/{paper.ref}"
    yield from keystore.open_stream(name, [bytes(paper.body)], element=f"{KEY}.content")
