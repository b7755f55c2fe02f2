"""A Merkle tree word by word from RFC 6962, 2.1, that shares no code with the product.

`python -m tests.tlog.golden` rewrites tests/vectors/tlog.json. The file never changes: a change would
mean that proofs given out long ago no longer check.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

VECTORS = Path(__file__).parents[1] / "vectors"
SIZES = range(1, 301)
SPELLED = [(0, 1), (0, 2), (2, 3), (3, 7), (6, 7), (5, 8), (255, 256), (256, 257), (299, 300)]


def leaf(index: int) -> bytes:
    return b"leaf %d" % index


def hash_of(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    power = 1
    while 2 * power < size:
        power *= 2
    return power


class Tree:
    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.leaves = leaves
        self._known: dict[tuple[int, int], bytes] = {}

    def root(self, low: int, high: int) -> bytes:
        """MTH(D[low:high])."""
        if (low, high) not in self._known:
            self._known[low, high] = self._root(low, high)
        return self._known[low, high]

    def _root(self, low: int, high: int) -> bytes:
        if low == high:
            return hash_of()
        if high - low == 1:
            return hash_of(b"\x00", self.leaves[low])
        middle = low + split(high - low)
        return hash_of(b"\x01", self.root(low, middle), self.root(middle, high))

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """PATH(index, D[size])."""
        return self._path(index, 0, size)

    def _path(self, index: int, low: int, high: int) -> list[bytes]:
        if high - low == 1:
            return []
        middle = low + split(high - low)
        if index < middle:
            return [*self._path(index, low, middle), self.root(middle, high)]
        return [*self._path(index, middle, high), self.root(low, middle)]

    def consistency(self, first: int, second: int) -> list[bytes]:
        """PROOF(first, D[second])."""
        return self._proof(first, 0, second, known=True)

    def _proof(self, first: int, low: int, high: int, *, known: bool) -> list[bytes]:
        if first == high:
            return [] if known else [self.root(low, high)]
        middle = low + split(high - low)
        if first <= middle:
            return [*self._proof(first, low, middle, known=known), self.root(middle, high)]
        return [*self._proof(first, middle, high, known=False), self.root(low, middle)]


def sides(index: int, size: int) -> str:
    """From the leaf upwards: does each hash of its path stand to the right (R) or to the left (L)?"""
    if size == 1:
        return ""
    middle = split(size)
    return (
        sides(index, middle) + "R" if index < middle else sides(index - middle, size - middle) + "L"
    )


def steps(first: int, second: int, *, known: bool = True) -> str:
    """The same of a consistency proof; begins with = where the first root is known, with ? elsewhere."""
    if first == second:
        return "=" if known else "?"
    middle = split(second)
    if first <= middle:
        return steps(first, middle, known=known) + "R"
    return steps(first - middle, second - middle, known=False) + "L"


def digest(proofs: Sequence[Sequence[bytes]]) -> str:
    """One hash over many proofs, each with its length before it."""
    return hash_of(*(bytes([len(each)]) + b"".join(each) for each in proofs)).hex()


def vectors() -> str:
    tree = Tree([leaf(index) for index in range(SIZES[-1])])
    rows = [
        [
            tree.root(0, size).hex(),
            digest([tree.inclusion(index, size) for index in range(size)]),
            digest([tree.consistency(first, size) for first in range(1, size + 1)]),
        ]
        for size in SIZES
    ]
    inclusion = [
        [index, size, [each.hex() for each in tree.inclusion(index, size)]]
        for index, size in SPELLED
    ]
    consistency = [
        [index + 1, size, [each.hex() for each in tree.consistency(index + 1, size)]]
        for index, size in [*SPELLED, (0, 300), (127, 300), (255, 300), (256, 300)]
    ]
    told = {
        "leaves": "the text 'leaf N', N from 0",
        "sizes": "root; SHA-256 over all inclusion paths; SHA-256 over all consistency proofs to this size;"
        " before each proof stands its length as one byte",
        "spelled": "index or first size, size, proof",
    }
    lines = [f'"about": {json.dumps(told)}', f'"sizes": {_rows(rows)}']
    lines += [f'"inclusion": {_rows(inclusion)}', f'"consistency": {_rows(consistency)}']
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _rows(rows: Sequence[object]) -> str:
    return "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]"


if __name__ == "__main__":
    (VECTORS / "tlog.json").write_text(vectors(), "utf-8")
