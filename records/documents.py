"""Documents of a customer: application forms, recordings, evidence. The file lies sealed in the store."""

from __future__ import annotations

import hmac
import mimetypes
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from access import gate, keystore, scopes
from access.actions import Action
from access.actors import Actor, system
from access.gate import Permit
from custodian.errors import CustodianError, NotVisible
from custodian.keys import source_key
from records import states, vault
from records.models import Customer, Document, Withheld

NAME: Final = "document.name"
CONTENT: Final = "document.content"
PROOF: Final = "document.proof"
CHUNK: Final = 1 << 16
LARGEST: Final = 2 << 30


@dataclass(frozen=True)
class Received:
    """A file as it came, before it was drawn anew: its size and the keyed hash of its bytes."""

    size: int
    digest: bytes
    pages: int


class DocumentTooLarge(CustodianError):
    """More than a document may be; nothing of it was kept."""

    code = "document-too-large"
    status = 413


# The files of the transaction around, so that they do not outlive its rows.
_filed: ContextVar[list[Path]] = ContextVar("custodian_filed_documents")


def add(
    customer: Customer,
    *,
    kind: Document.Kind,
    name: str,
    media_type: str,
    chunks: Iterable[bytes],
    channel: str,
    purpose: str = "policy_service",
    received: Received | None = None,
    facts: Mapping[str, Any] | None = None,
    actor: Actor,
) -> Document:
    """Seal a file part by part and file it under the customer; a broken transfer leaves nothing behind."""
    holding = uuid4()
    document = Document(
        subject_id=customer.pk,
        kind=kind,
        media_type=media_type,
        holding=holding,
        origins={},
        added_by_id=actor.id,
        channel=channel,
    )
    if received is not None:
        document.pages, document.received_size = received.pages, received.size
        document.received_digest = received.digest
    path = path_of(document)
    try:
        with transaction.atomic(), scopes.acting(system("importer")):
            sealed = _seal(document, name, chunks, path)
            document.save()
            found = scopes.find([customer.pk])
            gate.authorise(
                actor,
                Action.DOCUMENT_ADD,
                channel=channel,
                purpose=purpose,
                subjects=gate.tagged(found),
                facts={
                    "document": kind.value, "state": states.keep([sealed]), "held": 1,
                    **(facts or {}),
                },
            )  # fmt: skip
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    _filed.get([]).append(path)
    return document


@contextmanager
def filing() -> Iterator[None]:
    """A transaction around filing: where it does not come to its end, the files of it go as its rows do."""
    outer, mine = _filed.get(None), list[Path]()
    token = _filed.set(mine)
    try:
        with transaction.atomic():
            yield
    except BaseException:
        for path in mine:
            path.unlink(missing_ok=True)
        raise
    finally:
        _filed.reset(token)
    if outer is not None:
        outer += mine


def read(document: Document, permit: Permit) -> Iterator[bytes]:
    """The file in clear, part by part. Raises `NotCovered` unless the permit is for this document."""
    covered = document.subject_id in permit.subjects and element_of(document) in permit.elements
    if permit.masked or not covered or document.holding not in permit.holdings:
        raise vault.NotCovered
    permit.spend()
    vault.OPENED.inc()
    return _opened(document)


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


def _seal(document: Document, name: str, chunks: Iterable[bytes], path: Path) -> vault.SealedValues:
    holding: UUID = document.holding
    key = keystore.create({holding: document.subject_id})[holding]
    counted, element = _Counted(chunks), element_of(document)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        for part in vault.seal_file(counted, holding=holding, key=key, element=element):
            file.write(part)
        file.flush()
        os.fsync(file.fileno())
    sealed = vault.seal({NAME: name}, holding=holding, key=key)
    document.name_sealed = sealed.blobs[NAME]
    document.epoch, document.state_mac = sealed.epoch, sealed.mac
    document.size, document.digest = counted.size, counted.digest.digest()
    return sealed


def _opened(document: Document) -> Iterator[bytes]:
    if Withheld.objects.filter(holding=document.holding).exists():
        raise vault.Damaged
    keys = keystore.unlock({document.holding: document.subject_id})
    if document.holding not in keys:
        raise NotVisible
    key = keys[document.holding]
    with path_of(document).open("rb") as file:
        parts = iter(lambda: file.read(CHUNK), b"")
        yield from vault.open_file(
            parts, holding=document.holding, key=key, element=element_of(document)
        )


class _Counted:
    """Passes chunks on while it counts them and takes their keyed hash."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self.size = 0
        self.digest = hmac.new(source_key(CONTENT), digestmod="sha256")

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.size += len(chunk)
            if self.size > LARGEST:
                raise DocumentTooLarge
            self.digest.update(chunk)
            yield chunk
