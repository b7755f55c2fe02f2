"""HMAC-SHA-256 (RFC 2104) for many messages under one key."""

from __future__ import annotations

from hashlib import sha256

_BLOCK = 64
_INNER, _OUTER = (
    bytes(each ^ 0x36 for each in range(256)),
    bytes(each ^ 0x5C for each in range(256)),
)


class Mac:
    """One key whose two pads are hashed once, which halves what a short message costs."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        block = (sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
        self._inner, self._outer = sha256(block.translate(_INNER)), sha256(block.translate(_OUTER))

    def digest(self, message: bytes) -> bytes:
        """32 bytes."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()
