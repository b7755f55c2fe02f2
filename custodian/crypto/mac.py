"""HMAC-SHA-256 (RFC 2104) for many messages under one key."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

_BLOCK = 64
_INNER, _OUTER = (
    bytes(each ^ 0x36 for each in range(256)),
    bytes(each ^ 0x5C for each in range(256)),
)


class Mac:
    """One key whose two pads are hashed once, which halves what a short message costs.

    Each message stands behind `domain`.
    """

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes, domain: bytes = b"") -> None:
        block = (sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
        self._inner, self._outer = sha256(block.translate(_INNER)), sha256(block.translate(_OUTER))
        self._inner.update(domain)

    def digest(self, message: bytes) -> bytes:
        """32 bytes."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()

    def digests(self, messages: Iterable[bytes]) -> list[bytes]:
        """32 bytes for each, without a call for every one."""
        inner_copy, outer_copy = self._inner.copy, self._outer.copy
        digests = list[bytes]()
        for message in messages:
            inner, outer = inner_copy(), outer_copy()
            inner.update(message)
            outer.update(inner.digest())
            digests.append(outer.digest())
        return digests
