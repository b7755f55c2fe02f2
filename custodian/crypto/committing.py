"""Key-committing authenticated encryption, the frame that values and wrapped keys share.

GCM alone lets one sealed text open under two keys. HKDF (RFC 5869) therefore draws an encryption
key and a commitment from the secret; the commitment is in the frame and is compared first.
"""

from __future__ import annotations

import os
import struct
from enum import IntEnum
from hmac import compare_digest
from typing import NoReturn

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from custodian.crypto.errors import OpenFailed
from custodian.crypto.suites import NONCE_LENGTH, TAG_LENGTH, Sealed, Suite

SECRET_LENGTH = 32
COMMITMENT_LENGTH = 32
HEADER = struct.Struct(">BBI")
NUMBERS = range(1 << 32)
OVERHEAD = HEADER.size + COMMITMENT_LENGTH + NONCE_LENGTH + TAG_LENGTH
_KEYS_END = 112
_NONCE_AT = HEADER.size + COMMITMENT_LENGTH
_BODY_AT = _NONCE_AT + NONCE_LENGTH


class Kind(IntEnum):
    """First byte of everything sealed: what it is, and in which version of the format."""

    VALUE = 1
    PARTS = 2
    WRAPPED_KEY = 3


def derive(secret: bytes, *, salt: bytes, info: bytes, length: int = SECRET_LENGTH) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)


class CommittingKey:
    """A secret ready for use: cipher, commitment, MAC key and public key id, derived once."""

    __slots__ = ("_mac_key", "aead", "commitment", "key_id", "suite")

    def __init__(self, secret: bytes, suite: Suite, *, salt: bytes) -> None:
        if len(secret) != SECRET_LENGTH:
            raise ValueError("a secret has 32 bytes")
        keys = derive(secret, salt=salt, info=bytes([suite]), length=_KEYS_END)
        self.suite = suite
        self.aead = suite.aead(keys[: suite.key_length])
        self.commitment = keys[32:64]
        self._mac_key = keys[64:96]
        self.key_id = keys[96:_KEYS_END]

    def seal_frame(self, plaintext: bytes, *, kind: Kind, number: int, aad: bytes) -> bytes:
        nonce = os.urandom(NONCE_LENGTH)
        head = pack_header(kind, self.suite, number) + self.commitment + nonce
        return head + self.aead.seal(nonce, plaintext, aad)

    def open_frame(self, frame: Sealed, *, kind: Kind, number: int, aad: bytes) -> bytes:
        if len(frame) < OVERHEAD or HEADER.unpack_from(frame) != (kind, self.suite, number):
            raise OpenFailed
        if not compare_digest(frame[HEADER.size : _NONCE_AT], self.commitment):
            raise OpenFailed
        return self.aead.open(frame[_NONCE_AT:_BODY_AT], frame[_BODY_AT:], aad)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are not pickled")


def pack_header(kind: Kind, suite: Suite, number: int) -> bytes:
    if number not in NUMBERS:
        raise ValueError("a version is a number from 0 to 4,294,967,295")
    return HEADER.pack(kind, suite, number)


def read_header(frame: Sealed, *, kind: Kind) -> tuple[Suite, int]:
    """The suite and number a frame claims; nothing of it is trusted until the frame has opened."""
    if len(frame) < HEADER.size:
        raise OpenFailed
    found, suite, number = HEADER.unpack_from(frame)
    if found != kind:
        raise OpenFailed
    try:
        return Suite(suite), number
    except ValueError:
        raise OpenFailed from None
