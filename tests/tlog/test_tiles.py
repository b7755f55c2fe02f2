"""Tiles are those of C2SP tlog-tiles, however the tree grew."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from custodian.tlog.tiles import Edge, Tile
from custodian.tlog.verify import (
    Malformed,
    fold,
    perfect_root,
    right_edge,
    split_entries,
    split_hashes,
    tags_path,
    tile_path,
)
from tests.tlog.grown import HASHES, ORACLE, Grown

BATCHES = st.lists(
    st.one_of(st.integers(1, 5), st.integers(250, 260), st.integers(500, 1_100)), max_size=6
)


@pytest.fixture(scope="module")
def large() -> Grown:
    tree = Grown()
    tree.add(HASHES[:70_000])
    return tree


def widths(size: int) -> Iterator[tuple[int, int, int]]:
    """Level, index and width of every tile of a tree: floor(s / 256**l) hashes at level l."""
    level = 0
    while count := size // 256**level:
        yield from ((level, index, 256) for index in range(count // 256))
        if count % 256:
            yield level, count // 256, count % 256
        level += 1


def spelled(level: int, index: int, width: int) -> Tile:
    """Each hash i is MTH(D[(n * 256 + i) * 256**l : (n * 256 + i + 1) * 256**l])."""
    places = [index * 256 + each for each in range(width)]
    hashes = [ORACLE.root(at * 256**level, (at + 1) * 256**level) for at in places]
    return Tile(level, index, b"".join(hashes))


@given(batches=BATCHES)
@settings(max_examples=15, deadline=None)
@example([])
@example([255, 1, 1])
@example([256] * 3)
@example([65_535, 1, 1])
@example([65_792, 256, 1])
@example([70_000, 1_000])
def test_each_batch_gives_the_tiles_that_are_new_or_wider(batches: list[int]) -> None:
    tree, size, before = Grown(), 0, set[tuple[int, int, int]]()
    for batch in batches:
        given = tree.add(HASHES[size : size + batch])
        size += batch
        after = set(widths(size))
        assert len(given) == len({(each.level, each.index) for each in given})
        assert {(each.level, each.index, each.width) for each in given} == after - before
        partial = [each.width < 256 for each in given]
        assert partial == sorted(partial)
        assert given == [spelled(each.level, each.index, each.width) for each in given]
        assert (tree.edge.size, tree.edge.root()) == (size, ORACLE.root(0, size))
        before = after
    assert {(*place, len(data) // 32) for place, data in tree.tiles.items()} == set(widths(size))


@given(first=st.integers(0, 1_500), more=BATCHES)
@settings(max_examples=15, deadline=None)
@example(65_535, [1, 255, 1])
@example(65_536, [300])
def test_an_edge_that_was_laid_down_grows_on_as_if_it_never_was(
    first: int, more: list[int]
) -> None:
    kept = Grown()
    kept.add(HASHES[:first])
    loaded = Edge.load(first, kept.read)
    assert (loaded.size, loaded.root()) == (first, kept.edge.root())
    size = first
    for batch in more:
        leaves = HASHES[size : size + batch]
        assert loaded.grow(leaves) == kept.edge.grow(leaves)
        size += batch
    assert loaded.root() == kept.edge.root() == ORACLE.root(0, size)


@pytest.mark.parametrize("size", [1, 255, 256, 300, 512, 65_536, 69_999])
def test_an_edge_is_found_in_a_store_that_has_grown_on(large: Grown, size: int) -> None:
    edge = Edge.load(size, large.read)
    assert (edge.size, edge.root()) == (size, ORACLE.root(0, size))


def test_nothing_appended_gives_no_tiles() -> None:
    edge = Edge()
    assert edge.grow([]) == []
    edge.grow(HASHES[:300])
    assert edge.grow([]) == []


@pytest.mark.parametrize(("level", "index"), [(0, 273), (1, 1), (2, 0)])
def test_an_edge_whose_tile_is_too_short_is_refused(large: Grown, level: int, index: int) -> None:
    tree = Grown()
    tree.tiles = large.tiles | {(level, index): large.tiles[level, index][:-32]}
    with pytest.raises(ValueError, match=f"^tile {level}/{index} is too short$"):
        Edge.load(70_000, tree.read)


@pytest.mark.parametrize("cut", [1, 31])
def test_an_edge_whose_tile_is_cut_within_a_hash_is_refused(cut: int) -> None:
    tree = Grown()
    tree.add(HASHES[:300])
    tree.tiles[0, 1] = tree.tiles[0, 1][:-cut]
    with pytest.raises(ValueError, match=r"^tile 0/1 is too short$"):
        Edge.load(300, tree.read)


def test_the_edge_of_the_specifications_example(large: Grown) -> None:
    """70,000: 273 full tiles and a partial one of 112, one full and one of 17, and one of 1."""
    assert right_edge(70_000) == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert sorted((*place, len(data) // 32) for place, data in large.tiles.items()) == [
        *((0, index, 256) for index in range(273)),
        (0, 273, 112),
        (1, 0, 256),
        (1, 1, 17),
        (2, 0, 1),
    ]


def test_a_tree_of_256_has_a_full_tile_and_one_above_it() -> None:
    assert right_edge(256) == [(1, 0, 1)]
    assert list(widths(256)) == [(0, 0, 256), (1, 0, 1)]


@given(size=st.integers(0, 1 << 63))
@settings(max_examples=60)
def test_the_right_edge_of_any_size(size: int) -> None:
    edge = right_edge(size)
    for level, index, width in edge:
        assert width == size // 256**level % 256 != 0
        assert index == size // 256 ** (level + 1)
    assert sum(width * 256**level for level, _, width in edge) == size


@pytest.mark.parametrize(
    ("level", "index", "width", "path"),
    [
        (0, 0, 256, "tile/0/000"),
        (0, 999, 256, "tile/0/999"),
        (0, 1000, 256, "tile/0/x001/000"),
        (0, 1_234_067, 256, "tile/0/x001/x234/067"),
        (3, 1_234_067, 17, "tile/3/x001/x234/067.p/17"),
        (63, 5, 1, "tile/63/005.p/1"),
        ("entries", 273, 112, "tile/entries/273.p/112"),
        ("entries", 1_234_067, 255, "tile/entries/x001/x234/067.p/255"),
    ],
)
def test_paths(level: int | str, index: int, width: int, path: str) -> None:
    assert tile_path(level, index, width) == path


def test_tags_lie_beside_their_entries() -> None:
    assert tags_path(1_234_067) == "tags/x001/x234/067"
    assert tags_path(273, 112) == "tags/273.p/112"


@given(index=st.integers(0, 10**12), width=st.integers(1, 256))
@settings(max_examples=60)
def test_a_path_is_read_back_to_its_index(index: int, width: int) -> None:
    path, _, partial = tile_path(0, index, width).removeprefix("tile/0/").partition(".p/")
    *groups, last = path.split("/")
    assert all(group[0] == "x" and len(group) == 4 for group in groups)
    assert len(last) == 3
    assert int("".join([*(group[1:] for group in groups), last])) == index
    assert not groups or groups[0] != "x000"
    assert int(partial or 256) == width


@given(entries=st.lists(st.binary(max_size=300), max_size=20), prefix=st.sampled_from([2, 4]))
@settings(max_examples=60)
def test_an_entry_bundle_is_split_where_it_was_joined(entries: list[bytes], prefix: int) -> None:
    raw = b"".join(len(each).to_bytes(prefix, "big") + each for each in entries)
    assert split_entries(raw, prefix=prefix) == entries


@pytest.mark.parametrize("cut", [b"\x00", b"\x00\x01", b"\x00\x02a", b"\x00\x01a\x00", b"\xff\xff"])
def test_an_entry_bundle_that_is_cut_is_refused(cut: bytes) -> None:
    with pytest.raises(Malformed, match="an entry bundle is cut"):
        split_entries(cut)


@pytest.mark.parametrize("width", [1, 2, 4, 128, 256])
def test_the_root_of_a_tile(width: int) -> None:
    hashes = HASHES[:width]
    assert perfect_root(hashes) == ORACLE.root(0, width)
    assert split_hashes(b"".join(hashes)) == hashes


@given(size=st.integers(1, 3_000))
@settings(max_examples=40, deadline=None)
def test_perfect_subtrees_fold_to_the_root(size: int) -> None:
    subtrees, low = [], 0
    for height in reversed(range(12)):
        if size >> height & 1:
            subtrees.append((height, ORACLE.root(low, low + (1 << height))))
            low += 1 << height
    assert fold(subtrees) == ORACLE.root(0, size)
    assert fold([(0, each) for each in HASHES[:size]]) == ORACLE.root(0, size)
