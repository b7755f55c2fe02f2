"""Documents of a customer: application forms, recordings, evidence. The file lies sealed in the store."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from django.conf import settings

from access import gate, keystore
from access.actions import Action
from access.actors import Actor
from access.gate import Permit
from custodian.errors import NotVisible
from records import vault
from records.models import Document, Withheld

NAME: Final = "document.name"
CONTENT: Final = "document.content"
PROOF: Final = "document.proof"
CHUNK: Final = 1 << 16


def read(document: Document, permit: Permit) -> Iterator[bytes]:
    """The file in clear, part by part. Raises `NotCovered` unless the permit is for this document."""
    return read_each([document], permit)[0]


def read_each(documents: Sequence[Document], permit: Permit) -> list[Iterator[bytes]]:
    """Several files of one permit, in their order; each is opened when it is read.

    Raises `NotCovered` unless the permit is for all of them, `Damaged` where one is withheld, `NotVisible`
    where a key is gone.
    """
    if permit.masked or not all(_covers(permit, each) for each in documents):
        raise vault.NotCovered
    permit.spend()
    holdings = {each.holding: each.subject_id for each in documents}
    if Withheld.objects.filter(holding__in=holdings).exists():
        raise vault.Damaged
    keys = keystore.unlock(holdings)
    if keys.keys() != holdings.keys():
        raise NotVisible
    vault.OPENED.inc(len(documents))
    return [_opened(each, keys[each.holding]) for each in documents]


def _covers(permit: Permit, document: Document) -> bool:
    covered = document.subject_id in permit.subjects and element_of(document) in permit.elements
    return covered and document.holding in permit.holdings


def permit_to_read(
    document: Document, *, purpose: str, channel: str, reason: str = "", actor: Actor
) -> Permit:
    """The look at one document: decided and logged like any other."""
    return gate.permit(
        actor,
        Action.DOCUMENT_READ,
        purpose=purpose,
        channel=channel,
        subjects=[document.subject_id],
        elements=[element_of(document)],
        holdings=[document.holding],
        reason=reason,
    )


def extension_of(document: Document) -> str:
    """The ending of a file's name, by its format; what somebody called it does not matter."""
    found = mimetypes.guess_extension(document.media_type) or ".bin"
    return found.removeprefix(".")


def element_of(document: Document) -> str:
    """What its content is in the catalogue, and to what it is bound."""
    return PROOF if document.kind == Document.Kind.PROOF else CONTENT


def path_of(document: Document) -> Path:
    folder = Path(settings.VAR / "store")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / document.ref


def _opened(document: Document, key: keystore.DataKey) -> Iterator[bytes]:
    with path_of(document).open("rb") as file:
        parts = iter(lambda: file.read(CHUNK), b"")
        yield from vault.open_file(
            parts, holding=document.holding, key=key, element=element_of(document)
        )
