"""Roots and proofs of a tree that lies in tiles (RFC 6962, 2.1)."""

from __future__ import annotations

from collections.abc import Callable

from custodian.tlog.verify import HASH, TILE, node_hash, perfect_root

# A tile by level and index, at least as wide as the tree in question needs it.
Read = Callable[[int, int], bytes]
EMPTY_ROOT = bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")


class Absent(Exception):
    """A tile that the tree needs is not there, or is too short."""


def root(size: int, read: Read) -> bytes:
    return _subtree(0, size, read) if size else EMPTY_ROOT


def inclusion(index: int, size: int, read: Read) -> list[bytes]:
    """The path from entry `index` to the root of the first `size` entries, lowest hash first.

    Raises ValueError unless 0 <= index < size.
    """
    if not 0 <= index < size:
        raise ValueError("the entry does not lie in the tree")
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_subtree(middle, high, read))
            high = middle
        else:
            path.append(_subtree(low, middle, read))
            low = middle
    return path[::-1]


def consistency(first: int, second: int, read: Read) -> list[bytes]:
    """What leads from the root of `first` entries to that of `second`; empty when they are equal.

    Raises ValueError unless 0 < first <= second.
    """
    if not 0 < first <= second:
        raise ValueError("a tree grows from one entry upwards")
    path: list[bytes] = []
    low, high, known = 0, second, True
    while first != high:
        middle = low + _split(high - low)
        if first <= middle:
            path.append(_subtree(middle, high, read))
            high = middle
        else:
            path.append(_subtree(low, middle, read))
            low, known = middle, False
    return path[::-1] if known else [_subtree(low, high, read), *path[::-1]]


def _split(width: int) -> int:
    """The largest power of two below `width`."""
    return 1 << ((width - 1).bit_length() - 1)


def _subtree(low: int, high: int, read: Read) -> bytes:
    """The hash over the entries from `low` to below `high`."""
    width = high - low
    if width & (width - 1):
        middle = low + _split(width)
        return node_hash(_subtree(low, middle, read), _subtree(middle, high, read))
    level, rest = divmod(width.bit_length() - 1, 8)
    index, place = divmod(low >> (8 * level), TILE)
    hashes = read(level, index)[place * HASH : (place + (1 << rest)) * HASH]
    if len(hashes) != HASH << rest:
        raise Absent(f"tile {level}/{index}")
    return perfect_root([hashes[at : at + HASH] for at in range(0, len(hashes), HASH)])
