"""The tree's roots and proofs are those of RFC 6962, and stay so (A12)."""

from __future__ import annotations

import functools
import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custodian.tlog import merkle
from custodian.tlog.merkle import EMPTY_ROOT, Absent
from custodian.tlog.verify import fold, leaf_hash, node_hash, verify_consistency, verify_inclusion
from tests.tlog import golden
from tests.tlog.grown import HASHES, LEAVES, ORACLE, Grown

FROZEN = json.loads((golden.VECTORS / "tlog.json").read_text("utf-8"))
LARGE = 70_000


@pytest.fixture(scope="module")
def large() -> Grown:
    return Grown.of(LEAVES[:LARGE])


def test_the_frozen_file_is_what_its_generator_writes() -> None:
    assert (golden.VECTORS / "tlog.json").read_text("utf-8") == golden.vectors()


def test_roots_and_proofs_of_all_frozen_sizes_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    # 90,300 proofs out of one store: remembered, each subtree is hashed once.
    monkeypatch.setattr(merkle, "_subtree", functools.cache(merkle._subtree))
    read = Grown.of(LEAVES[: golden.SIZES[-1]]).read
    roots = {size: merkle.root(size, read) for size in golden.SIZES}
    assert len(FROZEN["sizes"]) == len(golden.SIZES) == 300
    for size, frozen in zip(golden.SIZES, FROZEN["sizes"], strict=True):
        paths = [merkle.inclusion(index, size, read) for index in range(size)]
        proofs = [merkle.consistency(first, size, read) for first in range(1, size + 1)]
        assert [roots[size].hex(), golden.digest(paths), golden.digest(proofs)] == frozen
        for index, path in enumerate(paths):
            assert verify_inclusion(HASHES[index], index, size, path, roots[size])
        for first, proof in enumerate(proofs, 1):
            assert verify_consistency(first, size, proof, roots[first], roots[size])


@pytest.mark.parametrize(("index", "size", "path"), FROZEN["inclusion"])
def test_frozen_inclusion_proofs_hold(index: int, size: int, path: list[str]) -> None:
    tree = Grown.of(LEAVES[:size])
    assert [each.hex() for each in merkle.inclusion(index, size, tree.read)] == path


@pytest.mark.parametrize(("first", "size", "proof"), FROZEN["consistency"])
def test_frozen_consistency_proofs_hold(first: int, size: int, proof: list[str]) -> None:
    tree = Grown.of(LEAVES[:size])
    assert [each.hex() for each in merkle.consistency(first, size, tree.read)] == proof


@pytest.mark.parametrize("size", [1, 2, 3, 255, 256, 257, 511, 512, 600])
def test_a_tree_grown_to_its_size_and_no_further_gives_the_same(size: int) -> None:
    tree = Grown.of(LEAVES[:size])
    assert merkle.root(size, tree.read) == tree.edge.root() == ORACLE.root(0, size)
    for index in {0, size // 2, size - 1}:
        assert merkle.inclusion(index, size, tree.read) == ORACLE.inclusion(index, size)
        assert merkle.consistency(index + 1, size, tree.read) == ORACLE.consistency(index + 1, size)


@given(data=st.data(), size=st.integers(1, LARGE))
@settings(max_examples=40, deadline=None)
def test_proofs_of_any_size_within_a_large_tree(
    large: Grown, data: st.DataObject, size: int
) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = merkle.inclusion(index, size, large.read)
    proof = merkle.consistency(index + 1, size, large.read)
    root, first_root = merkle.root(size, large.read), merkle.root(index + 1, large.read)
    assert path == ORACLE.inclusion(index, size)
    assert proof == ORACLE.consistency(index + 1, size)
    assert (root, first_root) == (ORACLE.root(0, size), ORACLE.root(0, index + 1))
    assert verify_inclusion(HASHES[index], index, size, path, root)
    assert verify_consistency(index + 1, size, proof, first_root, root)


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    # RFC 6962, 2.1: the hash of an empty list is the hash of an empty string.
    nothing = hashlib.sha256().digest()
    assert nothing.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.root(0, Grown().read) == Grown().edge.root() == fold([]) == EMPTY_ROOT == nothing


def test_leaves_and_nodes_are_hashed_apart() -> None:
    assert leaf_hash(b"ab") == hashlib.sha256(b"\x00ab").digest()
    assert node_hash(b"a", b"b") == hashlib.sha256(b"\x01ab").digest()


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (5, 4), (-1, 4), (0, -1)])
def test_there_is_no_path_to_an_entry_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="the entry does not lie in the tree"):
        merkle.inclusion(index, size, Grown.of(LEAVES[:8]).read)


@pytest.mark.parametrize(("first", "second"), [(0, 0), (0, 4), (5, 4), (-1, 4)])
def test_a_tree_does_not_shrink_nor_grow_from_nothing(first: int, second: int) -> None:
    with pytest.raises(ValueError, match="a tree grows from one entry upwards"):
        merkle.consistency(first, second, Grown.of(LEAVES[:8]).read)


@pytest.mark.parametrize("left", [0, 1])
@pytest.mark.parametrize(
    ("level", "index", "entry", "first", "root_needs_it"),
    [(0, 0, 0, 1, False), (0, 1, 300, 301, False), (0, 2, 699, 512, True), (1, 0, 699, 600, True)],
)
def test_a_tile_that_is_missing_or_too_short_is_named(
    level: int, index: int, entry: int, first: int, root_needs_it: bool, left: int
) -> None:
    tree = Grown.of(LEAVES[:700])
    whole, root = merkle.inclusion(entry, 700, tree.read), merkle.root(700, tree.read)
    tree.tiles[level, index] = tree.tiles[level, index][: left * 32]
    with pytest.raises(Absent, match=f"^tile {level}/{index}$"):
        merkle.inclusion(entry, 700, tree.read)
    with pytest.raises(Absent, match=f"^tile {level}/{index}$"):
        merkle.consistency(first, 700, tree.read)
    if root_needs_it:
        with pytest.raises(Absent, match=f"^tile {level}/{index}$"):
            merkle.root(700, tree.read)
    else:
        assert merkle.root(700, tree.read) == root
    assert (whole, root) == (ORACLE.inclusion(entry, 700), ORACLE.root(0, 700))


def test_a_tile_cut_within_a_hash_is_absent() -> None:
    tree = Grown.of(LEAVES[:8])
    tree.tiles[0, 0] = tree.tiles[0, 0][:-1]
    with pytest.raises(Absent, match="tile 0/0"):
        merkle.root(8, tree.read)
