"""Sealed values: each bound to its insurer, holding, element, version and key, and to one key only.

`docs/stored-format.md` has the layout byte by byte.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from custodian.crypto import canonical
from custodian.crypto.committing import (
    HEADER,
    CommittingKey,
    Kind,
    derive,
    pack_header,
    read_header,
)
from custodian.crypto.errors import OpenFailed
from custodian.crypto.suites import NONCE_LENGTH, TAG_LENGTH, Sealed, Suite

VALUE_DOMAIN = "custodian value 1"
STATE_DOMAIN = "custodian holding state 1"
PARTS_DOMAIN = "custodian parts 1"
DEK_SALT = b"custodian dek 1"
PARTS_SALT = b"custodian parts 1"

STREAM_SALT_LENGTH = 16
PART_LENGTH = 64 * 1024
LAST_PART = 1 << 31


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


def seal_parts(stream: Iterable[bytes], *, key: DataKey, context: Context) -> Iterator[bytes]:
    """Seal a file of any size in constant memory; no part can be dropped, moved or repeated."""
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
    if HEADER.unpack(source.read(HEADER.size)) != (Kind.PARTS, key.suite, context.version):
        raise OpenFailed
    commitment = source.read(len(key.commitment))
    opener = key.parts_key(source.read(STREAM_SALT_LENGTH))
    if not hmac.compare_digest(commitment, opener.commitment):
        raise OpenFailed

    bound = context.aad(PARTS_DOMAIN, key.suite)
    number, last = 0, False
    while not last:
        length = int.from_bytes(source.read(4), "big")
        last, length = bool(length & LAST_PART), length & ~LAST_PART
        if length > PART_LENGTH + TAG_LENGTH:
            raise OpenFailed
        aad = bound + canonical.encode(number, int(last))
        yield opener.aead.open(_counted_nonce(number), source.read(length), aad)
        number += 1
    source.expect_end()


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
