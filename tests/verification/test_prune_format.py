"""The format can drop old entries: every proof above the lowest index still stands (C2SP tlog-tiles, pruning)."""

from __future__ import annotations

import itertools
from functools import lru_cache

import pytest

from custodian.tlog import merkle
from custodian.tlog.archive import Archive
from custodian.tlog.merkle import Absent, Read
from custodian.tlog.tiles import Edge, Tile
from custodian.tlog.verify import TILE, leaf_hash, tile_path, verify_consistency, verify_inclusion

SIZE = 70_123
LOWEST = [256, 4_096, 65_536, 69_888]
STEP = 211  # of the proofs that are looked at, besides those at the borders


@pytest.fixture(scope="module")
def grown() -> tuple[dict[tuple[int, int], bytes], dict[int, bytes]]:
    """All tiles of a tree, and the root at the sizes that proofs are asked for."""
    edge, tiles, roots = Edge(), {}, {}
    sizes = sorted({*range(1, SIZE, STEP * 5), *LOWEST, *(low + 1 for low in LOWEST), SIZE})
    for low, high in zip([0, *sizes], sizes, strict=False):
        for tile in edge.grow([leaf(index) for index in range(low, high)]):
            tiles[tile.level, tile.index] = tile.data
        roots[high] = edge.root()
    return tiles, roots


def leaf(index: int) -> bytes:
    return leaf_hash(b"entry %d" % index)


def pruned(tiles: dict[tuple[int, int], bytes], lowest: int) -> dict[tuple[int, int], bytes]:
    """Without every tile that ends at or below the lowest index."""
    return {
        (level, index): data
        for (level, index), data in tiles.items()
        if (index + 1) * TILE ** (level + 1) > lowest
    }


def reading(tiles: dict[tuple[int, int], bytes]) -> Read:
    return lambda level, index: tiles.get((level, index), b"")


@pytest.mark.parametrize("lowest", LOWEST)
def test_every_proof_above_the_lowest_index_still_stands(grown, lowest: int) -> None:
    tiles, roots = grown
    kept = pruned(tiles, lowest)
    read = reading(kept)
    for index in {*range(lowest, SIZE, STEP), min(lowest + TILE, SIZE - 1), SIZE - 1}:
        path = merkle.inclusion(index, SIZE, read)
        assert verify_inclusion(leaf(index), index, SIZE, path, roots[SIZE])
    sizes = [size for size in roots if size >= lowest]
    for first, second in [*itertools.pairwise(sizes), *((size, SIZE) for size in sizes)]:
        path = merkle.consistency(first, second, read)
        assert verify_consistency(first, second, path, roots[first], roots[second])
        assert merkle.root(first, read) == roots[first]


@pytest.mark.parametrize("lowest", LOWEST)
def test_all_that_lies_below_is_gone(grown, lowest: int) -> None:
    tiles, _ = grown
    kept = pruned(tiles, lowest)
    leaves = [index for level, index in kept if level == 0]
    assert min(leaves) == lowest // TILE
    assert len(leaves) == -(-SIZE // TILE) - lowest // TILE
    with pytest.raises(Absent):
        merkle.inclusion(lowest - 1, SIZE, reading(kept))


def test_the_tree_goes_on_growing(grown) -> None:
    tiles, _ = grown
    whole = Edge.load(SIZE, reading(tiles))
    cut = Edge.load(SIZE, reading(pruned(tiles, 65_536)))
    more = [leaf(SIZE + index) for index in range(600)]
    assert cut.grow(more) == whole.grow(more)
    assert cut.root() == whole.root()


def test_bodies_in_the_write_once_folder_go_with_their_tiles(tmp_path) -> None:
    """A folder without its first bundles still shows those that it has."""
    edge, archive = Edge(), Archive(tmp_path)
    tiles = edge.grow([leaf(index) for index in range(4 * TILE)])
    for tile in (each for each in tiles if each.level == 0):
        bodies = [b"entry %d" % (tile.index * TILE + at) for at in range(TILE)]
        archive.put_tile(tile)
        archive.put_block(tile.index, bodies, [b""] * TILE)
    for index in range(2):
        for name in (tile_path(0, index), tile_path("entries", index)):
            (tmp_path / name).unlink()
    above = Tile(1, 0, next(tile.data for tile in tiles if tile.level == 1))
    read = lru_cache(
        lambda level, index: above.data if level else archive.read_tile(0, index) or b""
    )
    for index in range(2 * TILE, 4 * TILE):
        path = merkle.inclusion(index, 4 * TILE, read)
        assert verify_inclusion(leaf(index), index, 4 * TILE, path, edge.root())
