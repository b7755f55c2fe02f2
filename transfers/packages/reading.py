"""Read a package: its signature first, over bytes of which nothing was interpreted; then frame by frame."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from custodian.crypto import signing
from custodian.tlog.verify import leaf_hash
from transfers.packages import layout
from transfers.packages.errors import PackageRefused
from transfers.packages.header import Header
from transfers.packages.layout import (
    BLOCK,
    FRAME,
    LENGTH,
    LONGEST_FRAME,
    LONGEST_HEADER,
    MAGIC,
    TRAILER_LENGTH,
    Frame,
    Trailer,
)
from transfers.packages.recipient import WRAPPED_LENGTH, OwnKey
from transfers.packages.segments import Segment
from transfers.packages.tree import Frontier

KeyOf = Callable[[str], Ed25519PublicKey | None]
_SHORTEST: Final = len(MAGIC) + LENGTH.size + WRAPPED_LENGTH


@dataclass(frozen=True)
class Opened:
    """One frame in clear; `leaf` is that of a record. `begins` says where its segment lies, to go on from."""

    kind: Frame
    body: bytes
    begins: Position
    leaf: bytes = b""

    def __repr__(self) -> str:
        return f"<{self.kind.name} of {len(self.body)} bytes>"


@dataclass(frozen=True)
class Position:
    """Where a segment begins, its number, and how many records lie before it."""

    offset: int
    segment: int
    records: int


@dataclass(frozen=True)
class Package:
    """A file whose signature held. What was sealed in it is still sealed."""

    header: Header
    trailer: Trailer
    wrapped: bytes
    begins: Position

    @classmethod
    def known(cls, header: Header, *, size: int) -> Package:
        """A file of this size that was verified before, for whoever kept its secret: frames open by that."""
        length = size - TRAILER_LENGTH
        begins = Position(_SHORTEST + len(header.dump()), 1, 0)
        return cls(header, Trailer(length, b"", b"", b""), b"", begins)

    def secret(self, key: OwnKey) -> bytes:
        return key.unwrap(self.wrapped, info=self.header.dump())

    def frames(
        self, file: IO[bytes], secret: bytes, *, begin: Position | None = None
    ) -> Iterator[Opened]:
        """Every frame in its place up to the manifest, which is the last; raises `PackageRefused`."""
        at = begin or self.begins
        yield from _Frames(file, secret, self.header.digest, self.trailer.length).after(at)


def verify(file: IO[bytes], *, key_of: KeyOf) -> Package:
    """Check length, blocks and signature of the whole file, and only then read its header.

    `key_of` gives the signing key of an insurer by its id, None for a stranger. Raises `PackageRefused`.
    """
    trailer = _trailer(file)
    key = key_of(trailer.key_id)
    if key is None:
        raise PackageRefused("unknown-sender")
    message = layout.signed(trailer.length, trailer.root, trailer.key)
    held = signing.verify(key, trailer.signature, message, domain=layout.SIGNATURE_DOMAIN)
    if not held or _root(file, trailer.length) != trailer.root:
        raise PackageRefused("signature")
    return _package(file, trailer)


def _trailer(file: IO[bytes]) -> Trailer:
    size = file.seek(0, os.SEEK_END)
    if size < _SHORTEST + TRAILER_LENGTH:
        raise PackageRefused("not-a-package")
    file.seek(size - TRAILER_LENGTH)
    trailer = Trailer.read(file.read(TRAILER_LENGTH))
    if trailer.length != size - TRAILER_LENGTH:
        raise PackageRefused("signature")
    return trailer


def _root(file: IO[bytes], length: int) -> bytes:
    blocks, left = Frontier(), length
    file.seek(0)
    while left:
        block = file.read(min(BLOCK, left))
        if not block:
            raise PackageRefused("signature")
        blocks.add(block)
        left -= len(block)
    return blocks.root


def _package(file: IO[bytes], trailer: Trailer) -> Package:
    file.seek(0)
    if file.read(len(MAGIC)) != MAGIC:
        raise PackageRefused("not-a-package")
    (length,) = LENGTH.unpack(file.read(LENGTH.size))
    if length > min(LONGEST_HEADER, trailer.length - _SHORTEST):
        raise PackageRefused("not-a-package")
    header = Header.read(file.read(length))
    wrapped = file.read(WRAPPED_LENGTH)
    return Package(header, trailer, wrapped, Position(_SHORTEST + length, 1, 0))


class _Frames:
    def __init__(self, file: IO[bytes], secret: bytes, header: bytes, end: int) -> None:
        self._file, self._secret, self._header, self._end = file, secret, header, end

    def after(self, begin: Position) -> Iterator[Opened]:
        self._offset, self._records = begin.offset, begin.records
        self._file.seek(begin.offset)
        segment: Segment | None = None
        at, expected = begin, begin.segment
        last: Frame | None = None
        while self._offset < self._end:
            if last is Frame.MANIFEST:
                raise PackageRefused("does-not-open")
            before = Position(self._offset, expected, self._records)
            kind, body = self._next()
            if kind is Frame.SEGMENT:
                segment = Segment.resume(self._secret, self._header, body, expected=expected)
                at, expected = before, expected + 1
                continue
            if segment is None:
                raise PackageRefused("does-not-open")
            last = kind
            yield self._opened(kind, segment.open(kind, body), at)
        if last is not Frame.MANIFEST:
            raise PackageRefused("does-not-open")

    def _opened(self, kind: Frame, body: bytes, at: Position) -> Opened:
        if kind is not Frame.RECORD:
            return Opened(kind, body, at)
        self._records += 1
        return Opened(kind, body, at, leaf_hash(body))

    def _next(self) -> tuple[Frame, bytes]:
        head = self._file.read(FRAME.size)
        try:
            number, length = FRAME.unpack(head)
            kind = Frame(number)
        except (ValueError, struct.error):
            raise PackageRefused("does-not-open") from None
        if length > min(LONGEST_FRAME, self._end - self._offset - FRAME.size):
            raise PackageRefused("does-not-open")
        self._offset += FRAME.size + length
        return kind, self._file.read(length)
