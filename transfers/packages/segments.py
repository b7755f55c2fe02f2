"""Runs of frames under one key each: a writer that was stopped never uses a key and a number twice."""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from hmac import compare_digest
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from custodian.crypto import canonical
from custodian.crypto.committing import derive
from transfers.packages.errors import PackageRefused
from transfers.packages.layout import Frame

SALT_LENGTH: Final = 16
_OPENING = struct.Struct(">I16s32s")
_KDF_SALT: Final = b"custodian book segment 1"
_NONCE: Final = 12


@dataclass
class Segment:
    """The key of one run. Both sides count its frames; a frame opens in its place and in no other."""

    number: int
    salt: bytes
    commitment: bytes
    _aead: AESGCM
    _bound: bytes
    _frames: int = 0

    @classmethod
    def begin(cls, secret: bytes, header: bytes, number: int) -> Segment:
        return cls._of(secret, header, number, os.urandom(SALT_LENGTH))

    @classmethod
    def _of(cls, secret: bytes, header: bytes, number: int, salt: bytes) -> Segment:
        bound = canonical.encode(header, number, salt)
        keys = derive(secret, salt=_KDF_SALT, info=bound, length=64)
        return cls(number, salt, keys[32:], AESGCM(keys[:32]), bound)

    @classmethod
    def resume(cls, secret: bytes, header: bytes, opening: bytes, *, expected: int) -> Segment:
        """What the frame that opens a run says, checked against the commitment in it."""
        if len(opening) != _OPENING.size:
            raise PackageRefused("does-not-open")
        number, salt, commitment = _OPENING.unpack(opening)
        segment = cls._of(secret, header, number, salt)
        if number != expected or not compare_digest(segment.commitment, commitment):
            raise PackageRefused("does-not-open")
        return segment

    def opening(self) -> bytes:
        return _OPENING.pack(self.number, self.salt, self.commitment)

    def seal(self, kind: Frame, plaintext: bytes) -> bytes:
        nonce, aad = self._next(kind)
        return self._aead.encrypt(nonce, plaintext, aad)

    def open(self, kind: Frame, sealed: bytes) -> bytes:
        nonce, aad = self._next(kind)
        try:
            return self._aead.decrypt(nonce, sealed, aad)
        except InvalidTag:
            raise PackageRefused("does-not-open") from None

    def _next(self, kind: Frame) -> tuple[bytes, bytes]:
        number = self._frames
        self._frames += 1
        return number.to_bytes(_NONCE, "big"), self._bound + bytes([kind])
