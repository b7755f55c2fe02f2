"""Archives files: sealed part by part, each under its own key, in the store before its row is there."""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import transaction

from access import gate, keystore, scopes
from access.actions import Action
from access.actors import Actor, system
from access.keystore import DataKey
from custodian import clock
from custodian.errors import CustodianError
from custodian.keys import source_key
from records import states, vault
from records.documents import CONTENT, NAME, element_of, path_of
from records.models import Customer, Document
from records.vault import SealedValues

LARGEST: Final = 2 << 30


@dataclass(frozen=True)
class Received:
    """A file as it came, before it was drawn anew: its size and the keyed hash of its bytes."""

    size: int
    digest: bytes
    pages: int


@dataclass(frozen=True)
class NewDocument:
    """A file on its way into the store; `added_at` is when it was filed somewhere else before."""

    subject: int
    kind: Document.Kind
    name: str
    media_type: str
    chunks: Iterable[bytes]
    received: Received | None = None
    added_at: datetime | None = None


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
    new = NewDocument(customer.pk, kind, name, media_type, chunks, received)
    return add_each([new], channel=channel, purpose=purpose, facts=facts, actor=actor)[0]


def add_each(
    new: Sequence[NewDocument],
    *,
    channel: str,
    purpose: str,
    facts: Mapping[str, Any] | None = None,
    actor: Actor,
) -> list[Document]:
    """The same for several, all or none; those of one kind share an entry. In the order of `new`."""
    holdings = [uuid4() for _each in new]
    made, sealed = list[Document](), list[SealedValues]()
    try:
        with transaction.atomic(), scopes.acting(system("importer")):
            owners = zip(holdings, (each.subject for each in new), strict=True)
            keys = keystore.create(dict(owners))
            for each, holding in zip(new, holdings, strict=True):
                made.append(_document(each, holding, channel, actor))
                sealed.append(_seal(made[-1], each, keys[holding]))
            Document.objects.bulk_create(made)
            for kind, held in _by_kind(made, sealed):
                gate.authorise(
                    actor,
                    Action.DOCUMENT_ADD,
                    channel=channel,
                    purpose=purpose,
                    subjects=gate.tagged(scopes.find(sorted({one.subject_id for one, _ in held}))),
                    facts={
                        "document": kind, "state": states.keep([own for _, own in held]),
                        "held": len(held), **(facts or {}),
                    },
                )  # fmt: skip
    except BaseException:
        for document in made:
            path_of(document).unlink(missing_ok=True)
        raise
    _filed.get([]).extend(map(path_of, made))
    return made


def _by_kind(
    made: Sequence[Document], sealed: Sequence[SealedValues]
) -> Iterator[tuple[str, list[tuple[Document, SealedValues]]]]:
    pairs = sorted(
        ((str(each.kind), each, own) for each, own in zip(made, sealed, strict=True)),
        key=itemgetter(0),
    )
    for kind, group in groupby(pairs, key=itemgetter(0)):
        yield kind, [(each, own) for _kind, each, own in group]


def _document(new: NewDocument, holding: UUID, channel: str, actor: Actor) -> Document:
    document = Document(
        subject_id=new.subject,
        kind=new.kind.value,
        media_type=new.media_type,
        holding=holding,
        origins={},
        added_at=new.added_at or clock.now(),
        added_by_id=actor.id,
        channel=channel,
    )
    if new.received is not None:
        document.pages, document.received_size = new.received.pages, new.received.size
        document.received_digest = new.received.digest
    return document


@contextmanager
def together() -> Iterator[None]:
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


def _seal(document: Document, new: NewDocument, key: DataKey) -> SealedValues:
    holding: UUID = document.holding
    counted, element = _Counted(new.chunks), element_of(document)
    handle = os.open(path_of(document), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        for part in vault.seal_file(counted, holding=holding, key=key, element=element):
            file.write(part)
        file.flush()
        os.fsync(file.fileno())
    sealed = vault.seal({NAME: new.name}, holding=holding, key=key)
    document.name_sealed = sealed.blobs[NAME]
    document.epoch, document.state_mac = sealed.epoch, sealed.mac
    document.size, document.digest = counted.size, counted.digest.digest()
    return sealed


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
