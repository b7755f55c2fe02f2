"""Sealed files of any size, in parts: none can be dropped, moved or repeated.

`docs/stored-format.md` has the layout byte by byte.
"""

from __future__ import annotations

import hmac
import io
import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import IO, Any

from custodian.crypto import canonical
from custodian.crypto.committing import HEADER, CommittingKey, Kind, pack_header
from custodian.crypto.envelope import Context, DataKey
from custodian.crypto.errors import OpenFailed
from custodian.crypto.suites import NONCE_LENGTH, TAG_LENGTH

PARTS_DOMAIN = "custodian parts 1"
STREAM_SALT_LENGTH = 16
PART_LENGTH = 64 * 1024
LAST_PART = 1 << 31
FRAMED = 4 + PART_LENGTH + TAG_LENGTH
PARTS_IN_MEMORY = 8


def seal_parts(stream: Iterable[bytes], *, key: DataKey, context: Context) -> Iterator[bytes]:
    """Seal a file of any size in constant memory."""
    salt = os.urandom(STREAM_SALT_LENGTH)
    sealer = key.parts_key(salt)
    yield pack_header(Kind.PARTS, key.suite, context.version) + sealer.commitment + salt

    bound = context.aad(PARTS_DOMAIN, key.suite)
    for number, (part, last) in enumerate(_split(stream)):
        aad = bound + canonical.encode(number, int(last))
        sealed = sealer.aead.seal(_counted_nonce(number), part, aad)
        yield (len(sealed) | (LAST_PART if last else 0)).to_bytes(4, "big") + sealed


def open_parts(stream: Iterable[bytes], *, key: DataKey, context: Context) -> Iterator[bytes]:
    """Open what `seal_parts` made. Parts come before the end is known: act on the whole only."""
    source = _Exactly(stream)
    opener = _Opener(source, key, context)
    number, last = 0, False
    while not last:
        part, last = opener.part(source, number)
        yield part
        number += 1
    source.expect_end()


class PartFile(io.RawIOBase):
    """What `seal_parts` made, read at any place; its end is known to be the end from the beginning.

    Raises `OpenFailed` when a part was altered, or the file cut off. `sealed` stays the caller's to close.
    """

    def __init__(self, sealed: IO[bytes], *, key: DataKey, context: Context) -> None:
        self._sealed, self._at = sealed, 0
        self._opener = _Opener(_At(sealed), key, context)
        self._begin = sealed.tell()
        framed = sealed.seek(0, os.SEEK_END) - self._begin
        self._last = max(framed - 1, 0) // FRAMED
        self._part = lru_cache(PARTS_IN_MEMORY)(self._open)
        self._length = self._last * PART_LENGTH + len(self._part(self._last))
        if sealed.read(1):
            raise OpenFailed

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._length}[whence]
        if base + offset < 0:
            raise ValueError("before the beginning")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        number, skip = divmod(self._at, PART_LENGTH)
        if number > self._last:
            return 0
        taken = self._part(number)[skip : skip + len(buffer)]
        buffer[: len(taken)] = taken
        self._at += len(taken)
        return len(taken)

    def _open(self, number: int) -> bytes:
        self._sealed.seek(self._begin + number * FRAMED)
        part, last = self._opener.part(_At(self._sealed), number)
        if last != (number == self._last):
            raise OpenFailed
        return part


class _Opener:
    """The head of a sealed file, and with it any of its parts."""

    def __init__(self, source: _Exactly | _At, key: DataKey, context: Context) -> None:
        if HEADER.unpack(source.read(HEADER.size)) != (Kind.PARTS, key.suite, context.version):
            raise OpenFailed
        commitment = source.read(len(key.commitment))
        self._key: CommittingKey = key.parts_key(source.read(STREAM_SALT_LENGTH))
        if not hmac.compare_digest(commitment, self._key.commitment):
            raise OpenFailed
        self._bound = context.aad(PARTS_DOMAIN, key.suite)

    def part(self, source: _Exactly | _At, number: int) -> tuple[bytes, bool]:
        """The part at which `source` stands, and whether it says that it is the last."""
        length = int.from_bytes(source.read(4), "big")
        last, length = bool(length & LAST_PART), length & ~LAST_PART
        if length > PART_LENGTH + TAG_LENGTH:
            raise OpenFailed
        aad = self._bound + canonical.encode(number, int(last))
        return self._key.aead.open(_counted_nonce(number), source.read(length), aad), last


def _counted_nonce(number: int) -> bytes:
    return number.to_bytes(NONCE_LENGTH, "big")


def _split(stream: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    pending = bytearray()
    for chunk in stream:
        pending += chunk
        # A full part is held back until more follows, because it may be the last one.
        while len(pending) > PART_LENGTH:
            yield bytes(pending[:PART_LENGTH]), False
            del pending[:PART_LENGTH]
    yield bytes(pending), True


class _Exactly:
    """Reads exact lengths from chunks of any size; a stream that ends early does not open."""

    def __init__(self, stream: Iterable[bytes]) -> None:
        self._chunks = iter(stream)
        self._pending = bytearray()

    def read(self, length: int) -> bytes:
        while len(self._pending) < length:
            chunk = next(self._chunks, None)
            if chunk is None:
                raise OpenFailed
            self._pending += chunk
        taken = bytes(self._pending[:length])
        del self._pending[:length]
        return taken

    def expect_end(self) -> None:
        if self._pending or any(self._chunks):
            raise OpenFailed


class _At:
    """Reads exact lengths from where a file stands."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, length: int) -> bytes:
        taken = self._file.read(length)
        if len(taken) != length:
            raise OpenFailed
        return taken
