"""KEKs on a PKCS#11 token (v2.40 and later): AES keys that never leave it; it wraps and unwraps itself.

A frame is laid out as that of a KEK in the file. The commitment cannot be drawn from a secret that nobody
may read, so it is the AES key's own encryption of two fixed blocks: for one text to open under two keys, both
would have to send both blocks to the same 32 bytes (Bellare and Hoang, Eurocrypt 2022). GCM itself never
encrypts these blocks: read as its counters, they lie far beyond the three that a wrapped key needs.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from hmac import compare_digest
from typing import Any, TypeVar

from custodian.crypto.committing import (
    COMMITMENT_LENGTH,
    HEADER,
    OVERHEAD,
    SECRET_LENGTH,
    Kind,
    pack_header,
)
from custodian.crypto.errors import KeyringSealed, OpenFailed
from custodian.crypto.keks import WrappedKey
from custodian.crypto.suites import NONCE_LENGTH, Suite

COMMITTED = b"custodian kek c1" + b"custodian kek c2"
_NONCE_AT = HEADER.size + COMMITMENT_LENGTH
_BODY_AT = _NONCE_AT + NONCE_LENGTH
T = TypeVar("T")


@dataclass(frozen=True)
class Address:
    """Where the token is and what opens it."""

    module: str
    token: str
    pin: str = field(repr=False)


class Token:
    """One token in this process: its session is opened at need, and again after a fork or a failure."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._lock = threading.RLock()
        self._forget()

    def _forget(self) -> None:
        self._session: Any = None
        self._keys: dict[str, tuple[Any, bytes]] = {}
        self._process = os.getpid()

    def commitment(self, label: str) -> bytes:
        return self._at_work(lambda: self._key(label)[1])

    def seal(self, label: str, nonce: bytes, plaintext: bytes, aad: bytes) -> bytes:
        pkcs11 = _library()
        return self._at_work(
            lambda: bytes(
                self._key(label)[0].encrypt(
                    plaintext,
                    mechanism=pkcs11.Mechanism.AES_GCM,
                    mechanism_param=pkcs11.GCMParams(nonce, aad, 128),
                )
            )
        )

    def open(self, label: str, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
        """Raises `OpenFailed` for a text that is not one of this key's."""
        pkcs11 = _library()

        def opened() -> bytes:
            key, committed = self._key(label)
            try:
                return bytes(
                    key.decrypt(
                        sealed,
                        mechanism=pkcs11.Mechanism.AES_GCM,
                        mechanism_param=pkcs11.GCMParams(nonce, aad, 128),
                    )
                )
            except pkcs11.PKCS11Error:
                # Tokens say it in different words; one that still knows its key did not fail itself.
                if _committed(key) != committed:
                    raise
                raise OpenFailed from None

        return self._at_work(opened)

    def check(self, label: str) -> None:
        """Ask the token itself whether it still has the key."""

        def asked() -> None:
            key, committed = self._key(label)
            if _committed(key) != committed:
                raise KeyringSealed("wrong-key")

        self._at_work(asked)

    def make(self, label: str) -> None:
        """A key that cannot be read out; one that was made before and never used is taken."""
        pkcs11 = _library()

        def made() -> None:
            if self._found(label):
                return
            attribute = pkcs11.Attribute
            self._open().generate_key(
                pkcs11.KeyType.AES,
                8 * SECRET_LENGTH,
                label=label,
                store=True,
                capabilities=pkcs11.MechanismFlag.ENCRYPT | pkcs11.MechanismFlag.DECRYPT,
                template={
                    attribute.SENSITIVE: True,
                    attribute.EXTRACTABLE: False,
                    attribute.PRIVATE: True,
                    attribute.MODIFIABLE: False,
                },
            )

        self._at_work(made)

    def destroy(self, label: str) -> None:
        def destroyed() -> None:
            for key in self._found(label):
                key.destroy()
            self._keys.pop(label, None)

        self._at_work(destroyed)

    def _key(self, label: str) -> tuple[Any, bytes]:
        if label not in self._keys:
            found = self._found(label)
            if len(found) != 1:
                raise KeyringSealed("unknown-kek")
            self._keys[label] = found[0], _committed(found[0])
        return self._keys[label]

    def _found(self, label: str) -> list[Any]:
        pkcs11 = _library()
        asked = {
            pkcs11.Attribute.CLASS: pkcs11.ObjectClass.SECRET_KEY,
            pkcs11.Attribute.LABEL: label,
        }
        return list(self._open().get_objects(asked))

    def _open(self) -> Any:
        if self._session is None:
            library = _loaded(self._address.module)
            token = library.get_token(token_label=self._address.token)
            self._session = token.open(rw=True, user_pin=self._address.pin)
        return self._session

    def _at_work(self, work: Callable[[], T]) -> T:
        """One at a time, as a session wants it. Raises `KeyringSealed` while the token does not answer."""
        pkcs11 = _library()
        with self._lock:
            if self._process != os.getpid():
                self._forget()
                _loaded(self._address.module).reinitialize()
            try:
                return work()
            except (pkcs11.PKCS11Error, RuntimeError):
                self._forget()
                raise KeyringSealed("token-unreachable") from None


class TokenKeks:
    """KEKs by number on a token; `insurer` is part of their labels, so that a token may serve several."""

    def __init__(self, token: Token, *, insurer: str, current: int) -> None:
        self._token = token
        self._insurer = insurer
        self.current = current

    def label(self, number: int) -> str:
        return f"custodian kek {self._insurer} {number}"

    def wrap(self, dek: bytes, *, aad: bytes) -> WrappedKey:
        number, label = self.current, self.label(self.current)
        nonce = os.urandom(NONCE_LENGTH)
        head = pack_header(Kind.WRAPPED_KEY, Suite.AES_256_GCM, number)
        head += self._token.commitment(label) + nonce
        return WrappedKey(number, head + self._token.seal(label, nonce, dek, aad))

    def unwrap(self, wrapped: WrappedKey, *, aad: bytes) -> bytes:
        number, blob = wrapped.kek, bytes(wrapped.blob)
        claimed = (Kind.WRAPPED_KEY, Suite.AES_256_GCM, number)
        if len(blob) < OVERHEAD or HEADER.unpack_from(blob) != claimed:
            raise OpenFailed
        label = self.label(number)
        if not compare_digest(blob[HEADER.size : _NONCE_AT], self._token.commitment(label)):
            raise OpenFailed
        return self._token.open(label, blob[_NONCE_AT:_BODY_AT], blob[_BODY_AT:], aad)

    def check(self) -> None:
        """Whether the token answers and has the current KEK; raises `KeyringSealed`."""
        self._token.check(self.label(self.current))

    def make(self, number: int) -> None:
        self._token.make(self.label(number))

    def destroy(self, number: int) -> None:
        self._token.destroy(self.label(number))


@cache
def token_at(address: Address) -> Token:
    """One for each address, since a process opens a token once."""
    return Token(address)


def _committed(key: Any) -> bytes:
    return bytes(key.encrypt(COMMITTED, mechanism=_library().Mechanism.AES_ECB))


class _Library:
    """What is used of the library, which is an extra that only those with a token install."""

    def __init__(self) -> None:
        import pkcs11
        from pkcs11.exceptions import PKCS11Error
        from pkcs11.mechanisms import GCMParams

        self.load, self.GCMParams, self.PKCS11Error = pkcs11.lib, GCMParams, PKCS11Error
        self.Mechanism, self.MechanismFlag = pkcs11.Mechanism, pkcs11.MechanismFlag
        self.Attribute, self.KeyType = pkcs11.Attribute, pkcs11.KeyType
        self.ObjectClass = pkcs11.ObjectClass


@cache
def _imported() -> _Library:
    return _Library()


def _library() -> _Library:
    try:
        return _imported()
    except ImportError:
        raise KeyringSealed("no-token-library") from None


def _loaded(module: str) -> Any:
    return _library().load(module)
