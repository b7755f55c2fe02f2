"""Files as they arrived, sealed in parts: nothing of them ever lies on a disk in clear."""

from __future__ import annotations

import hmac
import os
from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, Final, Self
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from access import keystore
from access.keystore import DataKey
from custodian import clock
from custodian.keys import source_key
from records import vault
from records.importing.readers import Source, SourceRefused
from records.importing.readers.sheets import DEFAULT_LIMITS, Limits
from records.models import ImportFile

CHUNK: Final = 1 << 16
UNUSED: Final = timedelta(days=1)
_CONTENT: Final = "import-file.content"
_NAME: Final = "import-file.name"
_TEXT: Final = (".csv", ".tsv", ".txt")


class Arriving:
    """A file on its way in: written in sealed parts, and a row of the table only once it is whole."""

    def __init__(self, name: str, *, limits: Limits = DEFAULT_LIMITS) -> None:
        self.name = Path(name).name or "upload"
        self.size = 0
        text = Path(self.name).suffix.lower() in _TEXT
        self._most = limits.file_bytes if text else limits.workbook_bytes
        self._ref, self._holding = uuid4(), uuid4()
        self._key: DataKey = keystore.create({self._holding: None})[self._holding]
        self._digest = hmac.new(source_key(_CONTENT), digestmod="sha256")
        self._path = path_of(self._ref.hex)
        self._sealer = _Sealer(self._path, holding=self._holding, key=self._key)

    def take(self, chunk: bytes) -> None:
        self.size += len(chunk)
        if self.size > self._most:
            raise SourceRefused("file-size")
        self._digest.update(chunk)
        self._sealer.take(chunk)

    def keep(self) -> ImportFile:
        self._sealer.finish()
        context = self._key.context(
            insurer=settings.CUSTODIAN_INSURER, holding=self._holding, element=_NAME, version=1
        )
        return ImportFile.objects.create(
            ref=self._ref,
            holding=self._holding,
            name_sealed=self._key.seal(self.name.encode(), context=context),
            size=self.size,
            digest=self._digest.digest(),
            complete=True,
        )

    def drop(self) -> None:
        self._sealer.abandon()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            self.drop()


def receive(source: Source, *, limits: Limits = DEFAULT_LIMITS) -> ImportFile:
    """Seal a whole file into the store."""
    with Arriving(source.name, limits=limits) as arriving:
        with source.open() as stream:
            _pour(stream, arriving)
        return arriving.keep()


def _pour(stream: BinaryIO, arriving: Arriving) -> None:
    while chunk := stream.read(CHUNK):
        arriving.take(chunk)


def source_of(file: ImportFile) -> Source:
    """The file for a reader: opened part by part, in memory only."""
    key = _key_of(file)
    return Source.from_chunks(name_of(file), lambda: _opened(file, key))


def name_of(file: ImportFile) -> str:
    key = _key_of(file)
    context = key.context(
        insurer=settings.CUSTODIAN_INSURER, holding=file.holding, element=_NAME, version=1
    )
    return key.open(bytes(file.name_sealed), context=context).decode()


def seen_before(file: ImportFile) -> ImportFile | None:
    """An earlier file of the same content, if one was imported or is waiting, also when it is gone since."""
    there = Q(complete=True) | Q(removed_at__isnull=False)
    same = ImportFile.objects.filter(there, digest=file.digest, id__lt=file.pk)
    return same.exclude(run=None).order_by("-id").first()


def remove(file: ImportFile) -> None:
    """File, key and row."""
    with transaction.atomic():
        forget([file.pk])
        ImportFile.objects.filter(pk=file.pk).delete()
    unlink([file.ref])


def forget(files: Collection[int]) -> None:
    """Destroy the names and keys of these files, in the caller's transaction; the caller unlinks afterwards.

    What is left of each row says when it came, how large it was, and by its digest whether it comes again.
    """
    gone = {"removed_at": clock.now(), "complete": False, "name_sealed": b""}
    ImportFile.objects.filter(pk__in=files, removed_at=None).update(**gone)
    with connection.cursor() as cursor:
        cursor.execute("SELECT records_forget_import_files(%s::bigint[])", [list(files)])


def unlink(refs: Iterable[UUID]) -> None:
    for ref in refs:
        path_of(ref.hex).unlink(missing_ok=True)


def tidy() -> int:
    """Remove files that were received, but that nobody began to import within a day."""
    left = ImportFile.objects.filter(run=None, received_at__lt=clock.now() - UNUSED)
    for file in left:
        remove(file)
    return len(left)


def path_of(ref: str) -> Path:
    folder = settings.VAR / "store"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Path(folder / ref)


def _key_of(file: ImportFile) -> DataKey:
    keys = keystore.unlock({file.holding: None})
    if file.holding not in keys:
        raise keystore.NoKey
    return keys[file.holding]


def _opened(file: ImportFile, key: DataKey) -> Iterator[bytes]:
    with path_of(file.ref.hex).open("rb") as stream:
        chunks: Iterable[bytes] = iter(lambda: stream.read(CHUNK), b"")
        yield from vault.open_file(chunks, holding=file.holding, key=key, element=_CONTENT)


class _Sealer:
    """Turns the sealer around: it pulls its chunks, an upload pushes them.

    It is asked for a part only when enough has come for one, so it never waits for more.
    """

    def __init__(self, path: Path, *, holding: UUID, key: DataKey) -> None:
        self._path = path
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._waiting = bytearray()
        self._fed: list[bytes] = []
        self._enough = CHUNK + 1  # the sealer holds one byte back, because a part may be the last
        self._ended = False
        self._parts = vault.seal_file(self._chunks(), holding=holding, key=key, element=_CONTENT)
        self._file.write(next(self._parts))

    def take(self, chunk: bytes) -> None:
        self._waiting += chunk
        while len(self._waiting) >= self._enough:
            self._fed.append(bytes(self._waiting[: self._enough]))
            del self._waiting[: self._enough]
            self._enough = CHUNK
            self._file.write(next(self._parts))

    def finish(self) -> None:
        self._fed.append(bytes(self._waiting))
        self._ended = True
        for part in self._parts:
            self._file.write(part)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def abandon(self) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)

    def _chunks(self) -> Iterator[bytes]:
        while True:
            while self._fed:
                yield self._fed.pop(0)
            if self._ended:
                return
            raise RuntimeError("the sealer asked for more than had come")
