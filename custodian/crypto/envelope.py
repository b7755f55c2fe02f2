"""Sealed values: each bound to its insurer, holding, element, version and key, and to one key only.

`docs/stored-format.md` has the layout byte by byte.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from custodian.crypto import canonical
from custodian.crypto.committing import (
    CommittingKey,
    Kind,
    derive,
    read_header,
)
from custodian.crypto.suites import Sealed, Suite

VALUE_DOMAIN = "custodian value 1"
STATE_DOMAIN = "custodian holding state 1"
DEK_SALT = b"custodian dek 1"
PARTS_SALT = b"custodian parts 1"


# Few insurers and elements, many reads: these parts are most of what a context costs.
_encode_once = lru_cache(maxsize=1024)(canonical.encode)


class Context(NamedTuple):
    """Where a value belongs. A value opens in the context it was sealed in and in no other."""

    insurer: str
    holding: UUID
    element: str
    version: int
    key_id: bytes

    def aad(self, domain: str, suite: Suite) -> bytes:
        return b"".join(
            (
                _encode_once(domain, int(suite), self.insurer),
                canonical.encode(self.holding),
                _encode_once(self.element),
                canonical.encode(self.version, self.key_id),
            )
        )


class DataKey(CommittingKey):
    """A holding's DEK ready for use; it costs one HKDF, so one serves all fields of a read."""

    __slots__ = ("_dek",)

    def __init__(self, dek: bytes, suite: Suite) -> None:
        super().__init__(dek, suite, salt=DEK_SALT)
        self._dek = dek

    def context(self, *, insurer: str, holding: UUID, element: str, version: int) -> Context:
        return Context(insurer, holding, element, version, self.key_id)

    def seal(self, plaintext: bytes, *, context: Context) -> bytes:
        aad = context.aad(VALUE_DOMAIN, self.suite)
        return self.seal_frame(plaintext, kind=Kind.VALUE, number=context.version, aad=aad)

    def open(self, blob: Sealed, *, context: Context) -> bytes:
        aad = context.aad(VALUE_DOMAIN, self.suite)
        return self.open_frame(blob, kind=Kind.VALUE, number=context.version, aad=aad)

    def parts_key(self, stream_salt: bytes) -> CommittingKey:
        """A key for one stream only, so that its parts may count their nonces."""
        secret = derive(self._dek, salt=PARTS_SALT, info=stream_salt)
        return CommittingKey(secret, self.suite, salt=PARTS_SALT)

    def mac(self, message: bytes) -> bytes:
        return hmac.digest(self._mac_key, message, "sha256")


def seal(plaintext: bytes, *, dek: bytes, context: Context, suite: Suite) -> bytes:
    return DataKey(dek, suite).seal(plaintext, context=context)


def open_sealed(blob: Sealed, *, dek: bytes, context: Context) -> bytes:
    suite, _ = read_header(blob, kind=Kind.VALUE)
    return DataKey(dek, suite).open(blob, context=context)


def value_version(blob: Sealed) -> int:
    return read_header(blob, kind=Kind.VALUE)[1]


def state_hash(*, holding: UUID, epoch: int, values: Mapping[str, Sealed]) -> bytes:
    """Fingerprint of everything a holding has sealed; safe to publish, it is made of ciphertext."""
    parts: list[canonical.Part] = [STATE_DOMAIN, holding, epoch, len(values)]
    for element in sorted(values):
        parts += (element, sha256(values[element]).digest())
    return sha256(canonical.encode(*parts)).digest()


def holding_mac(key: DataKey, *, holding: UUID, epoch: int, values: Mapping[str, Sealed]) -> bytes:
    """Only the key's holder can make it, so an old value or row put back by SQL shows."""
    return key.mac(state_hash(holding=holding, epoch=epoch, values=values))


def holding_mac_matches(
    mac: bytes, key: DataKey, *, holding: UUID, epoch: int, values: Mapping[str, Sealed]
) -> bool:
    expected = holding_mac(key, holding=holding, epoch=epoch, values=values)
    return hmac.compare_digest(mac, expected)
