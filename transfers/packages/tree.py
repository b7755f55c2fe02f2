"""Roots over a growing list of leaves in memory that does not grow (RFC 6962, 2.1)."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Self

from custodian.tlog.verify import leaf_hash, node_hash

EMPTY: bytes = sha256(b"").digest()


class Frontier:
    """The roots of the perfect subtrees on the right edge; a few hundred bytes for any number of leaves."""

    def __init__(self, size: int = 0, roots: Iterable[bytes] = ()) -> None:
        self.size, self._roots = size, list(roots)
        if len(self._roots) != size.bit_count():
            raise ValueError("a frontier has one root for each bit of its size")

    def add(self, leaf: bytes) -> bytes:
        """Append a leaf and return its hash."""
        hashed = leaf_hash(leaf)
        self.add_hash(hashed)
        return hashed

    def add_hash(self, hashed: bytes) -> None:
        self.size += 1
        carried, bit = hashed, self.size
        while not bit & 1:
            carried, bit = node_hash(self._roots.pop(), carried), bit >> 1
        self._roots.append(carried)

    @property
    def root(self) -> bytes:
        if not self._roots:
            return EMPTY
        found = self._roots[-1]
        for left in reversed(self._roots[:-1]):
            found = node_hash(left, found)
        return found

    def dump(self) -> list[str]:
        return [each.hex() for each in self._roots]

    @classmethod
    def load(cls, size: int, dumped: Iterable[str]) -> Self:
        return cls(size, map(bytes.fromhex, dumped))
