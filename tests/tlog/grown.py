"""A tree that the product grew, with its tiles where a store would hold them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from custodian.tlog.tiles import Edge, Tile
from custodian.tlog.verify import leaf_hash
from tests.tlog import golden


class Grown:
    def __init__(self) -> None:
        self.edge = Edge()
        self.tiles: dict[tuple[int, int], bytes] = {}

    @classmethod
    def of(cls, leaves: Iterable[bytes]) -> Grown:
        tree = cls()
        tree.add([leaf_hash(each) for each in leaves])
        return tree

    def add(self, hashes: Sequence[bytes]) -> list[Tile]:
        tiles = self.edge.grow(hashes)
        self.tiles |= {(each.level, each.index): each.data for each in tiles}
        return tiles

    def read(self, level: int, index: int) -> bytes:
        return self.tiles.get((level, index), b"")


LEAVES = [golden.leaf(index) for index in range(71_000)]
ORACLE = golden.Tree(LEAVES)
HASHES = [leaf_hash(each) for each in LEAVES]
