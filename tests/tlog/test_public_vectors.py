"""The tree of eight leaves that Certificate Transparency's own tests share, and proofs made from it.

Leaves, roots and proofs are those of github.com/transparency-dev/merkle (proof/verify_test.go, there
since Certificate Transparency's first code); its folder testdata holds 196 proofs, right and wrong,
each of which is one of these or one of these altered in one way.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from custodian.tlog import merkle
from custodian.tlog.merkle import EMPTY_ROOT
from custodian.tlog.verify import leaf_hash, verify_consistency, verify_inclusion
from tests.tlog import golden
from tests.tlog.grown import Grown

PUBLIC = json.loads((golden.VECTORS / "rfc6962_public.json").read_text("utf-8"))
LEAVES = [bytes.fromhex(each) for each in PUBLIC["leaves"]]
ROOTS = [bytes.fromhex(each) for each in PUBLIC["roots"]]
SOME = bytes.fromhex(PUBLIC["some_hash"])
WRONG_LEAF, WRONG_ROOT = b"WrongLeaf", b"WrongRoot"

Path = list[bytes]
Inclusion = tuple[int, int, bytes, Path, bytes, bool]
Consistency = tuple[int, int, bytes, bytes, Path, bool]


def unhex(values: list[str]) -> Path:
    return [bytes.fromhex(each) for each in values]


def flipped(path: Path, at: int, bit: int) -> Path:
    return [*path[:at], bytes([path[at][0] ^ bit]) + path[at][1:], *path[at + 1 :]]


def inclusions() -> Iterator[Inclusion]:
    for index, size, hexes in PUBLIC["inclusion"]:
        path, leaf, root = unhex(hexes), leaf_hash(LEAVES[index]), ROOTS[size - 1]
        yield index, size, leaf, path, root, True
        # The repository counts in unsigned numbers of 64 bits.
        for other in ((index - 1) % (1 << 64), index + 1, index ^ 2):
            yield other, size, leaf, path, root, False
        for other in (size * 2, size // 2):
            yield index, other, leaf, path, root, False
        yield index, size, WRONG_LEAF, path, root, False
        for wrong in (EMPTY_ROOT, SOME):
            yield index, size, leaf, path, wrong, False
        changed = [[*path, b""], [*path, root], [b"", *path], [root, *path]]
        changed += [flipped(path, at, 8) for at in range(len(path))]
        changed += [path[:-1]] if path else []
        changed += [[path[0], SOME, *path[1:]]] if len(path) > 1 else []
        for wrong_path in changed:
            yield index, size, leaf, wrong_path, root, False
    for index, size, leaf, path, root, holds in PUBLIC["other_inclusion"]:
        yield index, size, bytes.fromhex(leaf), unhex(path), bytes.fromhex(root), holds


def consistencies() -> Iterator[Consistency]:
    for first, size, hexes in PUBLIC["consistency"]:
        path, begun, root = unhex(hexes), ROOTS[first - 1], ROOTS[size - 1]
        yield first, size, begun, root, path, True
        if not path:
            continue
        for other in (first - 1, first + 1, first ^ 2):
            yield other, size, begun, root, path, False
        for other in (size * 2, size // 2):
            yield first, other, begun, root, path, False
        for pair in ((WRONG_ROOT, root), (begun, WRONG_ROOT), (root, begun)):
            yield first, size, *pair, path, False
        changed = [[*path, b""], [*path, begun], [*path, root], [], path[:-1]]
        changed += [[b"", *path], [begun, *path], [root, *path], [path[0], *path]]
        changed += [flipped(path, at, 16) for at in range(len(path))]
        for wrong in changed:
            yield first, size, begun, root, wrong, False
    for first, size, begun, root, path, holds in PUBLIC["other_consistency"]:
        yield first, size, bytes.fromhex(begun), bytes.fromhex(root), unhex(path), holds


def test_all_196_public_proofs_are_here() -> None:
    assert (len(list(inclusions())), len(list(consistencies()))) == (98, 98)


def test_public_inclusion_proofs() -> None:
    for index, size, leaf, path, root, holds in inclusions():
        assert verify_inclusion(leaf, index, size, path, root) == holds


def test_public_consistency_proofs() -> None:
    apart = []
    for first, size, begun, root, proof, holds in consistencies():
        if verify_consistency(first, size, proof, begun, root) != holds:
            apart.append((first, size, begun, root, proof, holds))
    # The one that is refused here and not there: its roots are 12 bytes of English, not hashes.
    assert apart == [(1, 1, b"don't care 2", b"don't care 2", [], True)]


@pytest.mark.parametrize("size", range(1, 9))
def test_the_public_tree_grows_through_its_published_roots(size: int) -> None:
    tree = Grown.of(LEAVES[:size])
    assert tree.edge.root() == merkle.root(size, tree.read) == ROOTS[size - 1]
    assert merkle.root(size, Grown.of(LEAVES).read) == ROOTS[size - 1]
    assert golden.Tree(LEAVES).root(0, size) == ROOTS[size - 1]


def test_the_published_proofs_are_those_that_the_tree_gives() -> None:
    tree = Grown.of(LEAVES)
    for index, size, path in PUBLIC["inclusion"]:
        assert merkle.inclusion(index, size, tree.read) == unhex(path)
    for first, size, proof in PUBLIC["consistency"]:
        assert merkle.consistency(first, size, tree.read) == unhex(proof)
