"""Whoever holds the KEKs that wrap DEKs, and the ones in this process's memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from custodian.crypto.committing import CommittingKey, Kind
from custodian.crypto.errors import KeyringSealed
from custodian.crypto.suites import Sealed, Suite

KEK_SALT = b"custodian kek 1"


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A DEK as it may lie in the database."""

    kek: int
    blob: Sealed


class KekProvider(Protocol):
    """Whoever holds the KEKs: a file here, or a device that never lets them out."""

    @property
    def current(self) -> int: ...

    def wrap(self, dek: bytes, *, aad: bytes) -> WrappedKey: ...

    def unwrap(self, wrapped: WrappedKey, *, aad: bytes) -> bytes: ...


class LocalKeks:
    """KEKs in this process's memory."""

    def __init__(self, keks: Mapping[int, bytes], *, current: int, suite: Suite) -> None:
        self._keys = {n: CommittingKey(kek, suite, salt=KEK_SALT) for n, kek in keks.items()}
        self.current = current

    def wrap(self, dek: bytes, *, aad: bytes) -> WrappedKey:
        key, number = self._keys[self.current], self.current
        blob = key.seal_frame(dek, kind=Kind.WRAPPED_KEY, number=number, aad=aad)
        return WrappedKey(number, blob)

    def unwrap(self, wrapped: WrappedKey, *, aad: bytes) -> bytes:
        key = self._keys.get(wrapped.kek)
        if key is None:
            raise KeyringSealed("unknown-kek")
        return key.open_frame(wrapped.blob, kind=Kind.WRAPPED_KEY, number=wrapped.kek, aad=aad)
