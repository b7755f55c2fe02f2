"""A tree that grows at its right edge, in tiles of 256 hashes (C2SP tlog-tiles)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from custodian.tlog.verify import HASH, TILE, fold, perfect_root, right_edge, split_hashes


@dataclass(frozen=True)
class Tile:
    level: int
    index: int
    data: bytes

    @property
    def width(self) -> int:
        return len(self.data) // HASH


class Edge:
    """The partial tiles of a tree: all that is needed to append to it and to know its root."""

    def __init__(self) -> None:
        self.size = 0
        self._levels: list[list[bytes]] = [[]]

    @classmethod
    def load(cls, size: int, read: Callable[[int, int], bytes]) -> Edge:
        """The edge of a tree that lies in tiles; raises ValueError when a tile is too short."""
        edge = cls()
        edge.size = size
        for level, index, width in right_edge(size):
            data = read(level, index)[: width * HASH]
            if len(data) != width * HASH:
                raise ValueError(f"tile {level}/{index} is too short")
            edge._levels += [[] for _ in range(level + 1 - len(edge._levels))]
            edge._levels[level] = split_hashes(data)
        return edge

    def grow(self, leaves: Sequence[bytes]) -> list[Tile]:
        """Append leaf hashes; gives the tiles that are new or wider, the partial ones last."""
        if not leaves:
            return []
        full: list[Tile] = []
        touched = self._add(0, leaves, self.size, full)
        self.size += len(leaves)
        partial = [
            Tile(level, (self.size >> (8 * level)) // TILE, b"".join(hashes))
            for level, hashes in enumerate(self._levels[: touched + 1])
            if hashes
        ]
        return [*full, *partial]

    def root(self) -> bytes:
        return fold(
            [
                (8 * level, each)
                for level in reversed(range(len(self._levels)))
                for each in self._levels[level]
            ]
        )

    def _add(self, level: int, hashes: Sequence[bytes], before: int, full: list[Tile]) -> int:
        """Append to one level and carry full tiles upwards; gives the highest level that changed."""
        held = [*self._levels[level], *hashes]
        first = before // TILE
        roots: list[bytes] = []
        at = 0
        while len(held) - at >= TILE:
            tile = held[at : at + TILE]
            full.append(Tile(level, first + at // TILE, b"".join(tile)))
            roots.append(perfect_root(tile))
            at += TILE
        self._levels[level] = held[at:]
        if not roots:
            return level
        if level + 1 == len(self._levels):
            self._levels.append([])
        return self._add(level + 1, roots, first, full)
