"""Finished files on disk, sealed in parts, each under a key of its own."""

from __future__ import annotations

import hashlib
import io
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from queue import Queue
from typing import IO, Any, BinaryIO
from uuid import UUID, uuid4

from django.conf import settings

from access import keystore

CHUNK = 1 << 20


@dataclass(frozen=True)
class Kept:
    length: int
    sha256: str


@dataclass(frozen=True)
class Shelf:
    """Where files of one kind lie, and how the keys that they are sealed under are named.

    Without a folder they lie in the store itself, beside customers' documents, whose backup they share.
    """

    folder: str
    kind: str

    @property
    def element(self) -> str:
        return f"{self.kind}.content"

    def holding(self, ref: UUID) -> str:
        return f"{self.kind}/{ref}"

    def path_of(self, ref: UUID) -> Path:
        store = Path(settings.VAR) / "store"
        return store / self.folder / f"{ref.hex}.sealed" if self.folder else store / ref.hex

    def attempts(self, ref: UUID) -> list[Path]:
        """What broken-off attempts left."""
        path = self.path_of(ref)
        return [each for each in path.parent.glob(f"{ref.hex}.*") if each != path]

    def read(self, ref: UUID) -> Iterator[bytes]:
        """The file part by part; raises `NoKey` or FileNotFoundError at once when it is gone."""
        sealed = self.path_of(ref).open("rb")
        parts = self._opened(ref, sealed)
        try:
            first = next(parts, b"")
        except BaseException:
            sealed.close()
            raise
        return chain([first], parts)

    def _opened(self, ref: UUID, sealed: IO[bytes]) -> Iterator[bytes]:
        with sealed:
            chunks = iter(lambda: sealed.read(CHUNK), b"")
            yield from keystore.open_stream(self.holding(ref), chunks, element=self.element)

    def remove(self, ref: UUID) -> None:
        for path in (self.path_of(ref), *self.attempts(ref)):
            path.unlink(missing_ok=True)


class Sealing(io.RawIOBase):
    """A file that is sealed as it is written: nothing of it ever lies on the disk in clear.

    The sealing runs in a thread, because a zip file is pushed and a sealed stream is pulled. Until it is
    whole the file bears the name of this attempt; what earlier attempts left behind goes away.
    """

    def __init__(self, ref: UUID, shelf: Shelf) -> None:
        self._ref, self._shelf, self._path = ref, shelf, shelf.path_of(ref)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        for left in shelf.attempts(ref):
            left.unlink(missing_ok=True)
        self._fresh = self._path.with_suffix(f".{uuid4().hex}")
        self._queue: Queue[bytes | None] = Queue(maxsize=16)
        self._digest, self._length = hashlib.sha256(), 0
        self._over = False
        self._error: BaseException | None = None
        sealed = keystore.seal_stream(shelf.holding(ref), self._pieces(), element=shelf.element)
        first = next(sealed)  # the key is made here, in the thread that has a connection
        self._thread = threading.Thread(target=self._write, args=(first, sealed), daemon=True)
        self._thread.start()

    def writable(self) -> bool:
        return True

    def write(self, chunk: Any) -> int:
        piece = bytes(chunk)
        self._digest.update(piece)
        self._length += len(piece)
        self._queue.put(piece)
        if self._error is not None:
            raise self._error
        return len(piece)

    @contextmanager
    def finished(self) -> Iterator[BinaryIO]:
        """The whole file to be read, before it is put in its place."""
        self._end()
        if self._error is not None:
            raise self._error
        with self._fresh.open("rb") as sealed:
            parts = keystore.open_file(
                self._shelf.holding(self._ref), sealed, element=self._shelf.element
            )
            yield io.BufferedReader(parts)

    def keep(self) -> Kept:
        """Finish the file and put it in its place."""
        self._end()
        if self._error is not None:
            self._fresh.unlink(missing_ok=True)
            raise self._error
        self._fresh.replace(self._path)
        return Kept(self._length, self._digest.hexdigest())

    def drop(self) -> None:
        self._end()
        self._fresh.unlink(missing_ok=True)

    def _end(self) -> None:
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def _pieces(self) -> Iterator[bytes]:
        yield from iter(self._queue.get, None)
        self._over = True

    def _write(self, first: bytes, sealed: Iterator[bytes]) -> None:
        try:
            descriptor = os.open(self._fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as out:
                for part in chain([first], sealed):
                    out.write(part)
                out.flush()
                os.fsync(out.fileno())
        except BaseException as error:  # noqa: BLE001  told to whoever writes
            self._error = error
            while not self._over and self._queue.get() is not None:
                pass
