"""The cipher suites an installation may choose: AES-256-GCM, SM4-GCM (GB/T 32907, RFC 8998)."""

from __future__ import annotations

from enum import IntEnum
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

from custodian.crypto.errors import OpenFailed

NONCE_LENGTH = 12
TAG_LENGTH = 16

# Database drivers hand bytea over as either.
Sealed = bytes | memoryview


class Aead(Protocol):
    """Authenticated encryption under one key; the tag is the end of the sealed bytes."""

    def seal(self, nonce: bytes, plaintext: bytes, aad: bytes) -> bytes: ...

    def open(self, nonce: Sealed, sealed: Sealed, aad: bytes) -> bytes: ...


class Suite(IntEnum):
    AES_256_GCM = 1
    SM4_GCM = 2

    @property
    def key_length(self) -> int:
        return 32 if self is Suite.AES_256_GCM else 16

    def aead(self, key: bytes) -> Aead:
        if len(key) != self.key_length:
            raise ValueError("the key does not fit the suite")
        return _AesGcm(key) if self is Suite.AES_256_GCM else _Sm4Gcm(key)


class _AesGcm:
    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, nonce: bytes, plaintext: bytes, aad: bytes) -> bytes:
        return self._cipher.encrypt(nonce, plaintext, aad)

    def open(self, nonce: Sealed, sealed: Sealed, aad: bytes) -> bytes:
        try:
            return self._cipher.decrypt(nonce, sealed, aad)
        except InvalidTag:
            raise OpenFailed from None


class _Sm4Gcm:
    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        self._key = SM4(key)

    def seal(self, nonce: bytes, plaintext: bytes, aad: bytes) -> bytes:
        encryptor = Cipher(self._key, GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(aad)
        return encryptor.update(plaintext) + encryptor.finalize() + encryptor.tag

    def open(self, nonce: Sealed, sealed: Sealed, aad: bytes) -> bytes:
        body, tag = sealed[:-TAG_LENGTH], bytes(sealed[-TAG_LENGTH:])
        if len(tag) != TAG_LENGTH:
            raise OpenFailed
        decryptor = Cipher(self._key, GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(aad)
        try:
            return decryptor.update(body) + decryptor.finalize()
        except InvalidTag:
            raise OpenFailed from None
