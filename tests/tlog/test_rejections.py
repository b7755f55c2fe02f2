"""What is not the proof of exactly this entry, or of exactly this growth, is refused (A12)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custodian.tlog.verify import leaf_hash, node_hash, verify_consistency, verify_inclusion
from tests.tlog import golden
from tests.tlog.grown import HASHES, ORACLE

OTHER = golden.hash_of(b"not in any tree")
ROOTS = [ORACLE.root(0, size) for size in range(66)]
KINDS = {"ids": lambda value: type(value).__name__}


def included(up_to: int = 64) -> Iterator[tuple[int, int, list[bytes]]]:
    """Each entry of each small tree: size, index, path."""
    for size in range(1, up_to + 1):
        for index in range(size):
            yield size, index, ORACLE.inclusion(index, size)


def grown(up_to: int = 64) -> Iterator[tuple[int, int, list[bytes]]]:
    """Each way in which one small tree grew into another: size, first size, proof."""
    for size in range(1, up_to + 1):
        for first in range(1, size + 1):
            yield size, first, ORACLE.consistency(first, size)


def altered(proof: list[bytes]) -> Iterator[list[bytes]]:
    """Shortened, lengthened, swapped, turned round, emptied, and each hash with one bit flipped."""
    for at in range(len(proof)):
        flipped = bytearray(proof[at])
        flipped[at * 5 % 32] ^= 1 << at % 8
        yield [*proof[:at], bytes(flipped), *proof[at + 1 :]]
        yield proof[:at] + proof[at + 1 :]
        yield [*proof[:at], proof[at], *proof[at:]]
        if at:
            yield [*proof[: at - 1], proof[at], proof[at - 1], *proof[at + 1 :]]
    for more in (OTHER, *proof[:1], *proof[-1:]):
        yield [*proof, more]
        yield [more, *proof]
    if len(proof) > 1:
        yield proof[::-1]
    if proof:
        yield []


# Exhaustive over the small sizes.


def test_an_altered_path_leads_elsewhere() -> None:
    for size, index, proof in included():
        leaf, root = HASHES[index], ROOTS[size]
        assert verify_inclusion(leaf, index, size, proof, root)
        assert verify_inclusion(leaf, index, size, tuple(proof), root)
        assert not any(verify_inclusion(leaf, index, size, wrong, root) for wrong in altered(proof))
        assert not verify_inclusion(OTHER, index, size, proof, root)
        assert not verify_inclusion(leaf, index, size, proof, OTHER)
        assert size == 1 or not verify_inclusion(root, index, size, proof, leaf)


def test_an_altered_consistency_proof_leads_elsewhere() -> None:
    for size, first, proof in grown():
        begun, root = ROOTS[first], ROOTS[size]
        assert verify_consistency(first, size, proof, begun, root)
        assert verify_consistency(first, size, tuple(proof), begun, root)
        assert not any(
            verify_consistency(first, size, wrong, begun, root) for wrong in altered(proof)
        )
        assert not verify_consistency(first, size, proof, OTHER, root)
        assert not verify_consistency(first, size, proof, begun, OTHER)
        assert first == size or not verify_consistency(first, size, proof, root, begun)


def test_a_path_holds_for_no_index_and_size_with_other_turns() -> None:
    """A root does not tell its size, nor does a path beyond its turns: the signed checkpoint does."""
    for size, index, proof in included(16):
        turns = golden.sides(index, size)
        for other_size, other in itertools.product(range(20), range(20)):
            alike = other < other_size and golden.sides(other, other_size) == turns
            assert alike == verify_inclusion(HASHES[index], other, other_size, proof, ROOTS[size])


def test_a_consistency_proof_holds_for_no_sizes_with_other_turns() -> None:
    for size, first, proof in grown(16):
        turns = golden.steps(first, size)
        for second, other in itertools.product(range(20), range(20)):
            alike = 0 < other <= second and golden.steps(other, second) == turns
            assert alike == verify_consistency(other, second, proof, ROOTS[first], ROOTS[size])


def test_an_index_beyond_the_end_is_refused() -> None:
    for size, index, proof in included():
        for beyond in (size, size + 1, size + index, 2 * size, index + (1 << 40), 1 << 62):
            assert not verify_inclusion(HASHES[index], beyond, size, proof, ROOTS[size])


def test_an_index_is_not_counted_from_the_end() -> None:
    for size, index, proof in included():
        assert not verify_inclusion(HASHES[index], index - size, size, proof, ROOTS[size])
        assert not verify_inclusion(HASHES[index], -1, size, proof, ROOTS[size])


def test_what_was_hashed_as_a_node_is_no_leaf() -> None:
    for size, index, proof in included(32):
        if size > 1:
            left = golden.sides(index, size)[0] == "L"
            pair = (proof[0], HASHES[index]) if left else (HASHES[index], proof[0])
            offered = leaf_hash(b"".join(pair))
            assert offered != node_hash(*pair)
            for other, shorter in itertools.product(range(size), (size, (size + 1) // 2)):
                assert not verify_inclusion(offered, other, shorter, proof[1:], ROOTS[size])
                assert not verify_inclusion(offered, other, shorter, proof, ROOTS[size])


def test_what_was_hashed_as_a_leaf_is_no_node() -> None:
    """An entry whose text is two hashes does not open a tree of two entries beneath it."""
    entry = HASHES[0] + HASHES[1]
    root = golden.Tree([entry]).root(0, 1)
    assert verify_inclusion(leaf_hash(entry), 0, 1, [], root)
    assert not verify_inclusion(HASHES[0], 0, 2, [HASHES[1]], root)
    assert not verify_inclusion(HASHES[1], 1, 2, [HASHES[0]], root)
    assert not verify_consistency(1, 2, [HASHES[1]], HASHES[0], root)


def test_left_and_right_are_not_interchangeable() -> None:
    for size, index, proof in included():
        turns = golden.sides(index, size)
        for at in range(len(turns)):
            turned = turns[:at] + ("L" if turns[at] == "R" else "R") + turns[at + 1 :]
            mirrored = joined(HASHES[index], turned, proof)
            assert not verify_inclusion(HASHES[index], index, size, proof, mirrored)


# Values that are not what a proof is made of.

NO_SIZES = [None, True, False, -1, -8, 5.0, "5", b"5", 1 << 63, 1 << 64, [5], float("nan")]
NO_HASHES = [
    None, "", b"", "0" * 64, "0" * 32, bytes(31), bytes(33), bytes(12), bytearray(32),
    memoryview(bytes(32)), 0, [bytes(32)],
]  # fmt: skip
NO_PROOFS = [None, "", "proof", b"", bytes(32), 0, True, {}, set(), iter(()), frozenset()]


@pytest.mark.parametrize("wrong", NO_SIZES, **KINDS)
def test_a_size_is_a_whole_number_from_0(wrong: object) -> None:
    proof = ORACLE.inclusion(5, 8)
    assert not verify_inclusion(HASHES[5], wrong, 8, proof, ROOTS[8])
    assert not verify_inclusion(HASHES[5], 5, wrong, proof, ROOTS[8])
    assert not verify_consistency(wrong, 8, ORACLE.consistency(5, 8), ROOTS[5], ROOTS[8])
    assert not verify_consistency(5, wrong, ORACLE.consistency(5, 8), ROOTS[5], ROOTS[8])


def test_true_is_not_one_and_false_is_not_nought() -> None:
    pair = ORACLE.inclusion(1, 2)
    assert verify_inclusion(HASHES[1], 1, 2, pair, ROOTS[2])
    assert not verify_inclusion(HASHES[1], True, 2, pair, ROOTS[2])
    assert not verify_inclusion(HASHES[0], False, 1, [], ROOTS[1])
    assert not verify_inclusion(HASHES[0], 0, True, [], ROOTS[1])
    assert not verify_consistency(True, 1, [], ROOTS[1], ROOTS[1])
    assert not verify_consistency(1, True, [], ROOTS[1], ROOTS[1])


@pytest.mark.parametrize("wrong", NO_HASHES, **KINDS)
def test_a_hash_is_32_bytes(wrong: object) -> None:
    proof, growth = ORACLE.inclusion(5, 8), ORACLE.consistency(5, 8)
    assert not verify_inclusion(wrong, 5, 8, proof, ROOTS[8])
    assert not verify_inclusion(HASHES[5], 5, 8, proof, wrong)
    assert not verify_consistency(5, 8, growth, wrong, ROOTS[8])
    assert not verify_consistency(5, 8, growth, ROOTS[5], wrong)
    # Not even where both sides are alike.
    assert not verify_inclusion(wrong, 0, 1, [], wrong)
    assert not verify_consistency(1, 1, [], wrong, wrong)
    for at in range(len(proof)):
        assert not verify_inclusion(
            HASHES[5], 5, 8, [*proof[:at], wrong, *proof[at + 1 :]], ROOTS[8]
        )
    for at in range(len(growth)):
        changed = [*growth[:at], wrong, *growth[at + 1 :]]
        assert not verify_consistency(5, 8, changed, ROOTS[5], ROOTS[8])


@pytest.mark.parametrize("wrong", NO_PROOFS, **KINDS)
def test_a_proof_is_a_list_of_hashes(wrong: object) -> None:
    assert not verify_inclusion(HASHES[5], 5, 8, wrong, ROOTS[8])
    assert not verify_inclusion(HASHES[0], 0, 1, wrong, ROOTS[1])
    assert not verify_consistency(5, 8, wrong, ROOTS[5], ROOTS[8])
    assert not verify_consistency(4, 8, wrong, ROOTS[4], ROOTS[8])
    assert not verify_consistency(1, 1, wrong, ROOTS[1], ROOTS[1])


def test_the_hashes_as_text_are_no_proof() -> None:
    proof, growth = ORACLE.inclusion(5, 8), ORACLE.consistency(5, 8)
    assert not verify_inclusion(HASHES[5].hex(), 5, 8, [e.hex() for e in proof], ROOTS[8].hex())
    as_text = [each.hex() for each in growth]
    assert not verify_consistency(5, 8, as_text, ROOTS[5].hex(), ROOTS[8].hex())


@pytest.mark.parametrize("second", range(6))
def test_nothing_is_consistent_with_the_empty_tree(second: int) -> None:
    for proof in ([], [ROOTS[second]], ORACLE.inclusion(0, 5)):
        assert not verify_consistency(0, second, proof, ROOTS[0], ROOTS[second])


@pytest.mark.parametrize("index", range(3))
def test_nothing_is_in_the_empty_tree(index: int) -> None:
    for proof, root in itertools.product(([], [OTHER]), (ROOTS[0], HASHES[0])):
        assert not verify_inclusion(HASHES[0], index, 0, proof, root)


def test_a_tree_does_not_shrink() -> None:
    for size, first, proof in grown(16):
        if first < size:
            assert not verify_consistency(size, first, proof, ROOTS[size], ROOTS[first])
            assert not verify_consistency(size, first, [], ROOTS[size], ROOTS[first])


# Sizes that no test can build: the path's turns are known, so the root can be put together.

SHA = st.binary(min_size=32, max_size=32)
SIZE = st.one_of(st.integers(1, 1 << 63), st.integers(0, 62).map(lambda n: (1 << n) + 1)).filter(
    lambda size: size < 1 << 63
)


def joined(seed: bytes, turns: str, path: Sequence[bytes]) -> bytes:
    for each, side in zip(path, turns, strict=True):
        pair = (seed, each) if side == "R" else (each, seed)
        seed = golden.hash_of(b"\x01", *pair)
    return seed


def flip(value: bytes, bit: int) -> bytes:
    return bytes(each ^ (1 << bit % 8 if at == bit // 8 else 0) for at, each in enumerate(value))


def test_a_size_beyond_what_a_checkpoint_can_say_is_refused_though_its_path_fits() -> None:
    for height, held in ((62, True), (63, False), (64, False)):
        path = [golden.hash_of(bytes([at])) for at in range(height)]
        root = joined(OTHER, "R" * height, path)
        assert verify_inclusion(OTHER, 0, 1 << height, path, root) == held
        assert verify_consistency(1, 1 << height, path, OTHER, root) == held


@given(data=st.data(), size=SIZE, leaf=SHA, bit=st.integers(0, 255))
@settings(max_examples=50, deadline=None)
def test_one_flipped_bit_of_a_path_in_a_tree_of_any_size(
    data: st.DataObject, size: int, leaf: bytes, bit: int
) -> None:
    index = data.draw(st.integers(0, size - 1))
    turns = golden.sides(index, size)
    path = data.draw(st.lists(SHA, min_size=len(turns), max_size=len(turns)))
    root = joined(leaf, turns, path)
    assert verify_inclusion(leaf, index, size, path, root)
    assert not verify_inclusion(flip(leaf, bit), index, size, path, root)
    assert not verify_inclusion(leaf, index, size, path, flip(root, bit))
    for at in range(len(path)):
        changed = [*path[:at], flip(path[at], bit), *path[at + 1 :]]
        assert not verify_inclusion(leaf, index, size, changed, root)
    for wrong in (path[:-1], path[1:], [*path, leaf], [leaf, *path]):
        assert wrong == path or not verify_inclusion(leaf, index, size, wrong, root)


@given(data=st.data(), second=SIZE, seed=SHA, bit=st.integers(0, 255))
@settings(max_examples=50, deadline=None)
def test_one_flipped_bit_of_a_consistency_proof_between_any_sizes(
    data: st.DataObject, second: int, seed: bytes, bit: int
) -> None:
    first = data.draw(st.one_of(st.integers(1, second), st.just(1 << second.bit_length() - 1)))
    turns = golden.steps(first, second)
    path = data.draw(st.lists(SHA, min_size=len(turns) - 1, max_size=len(turns) - 1))
    lefts = [each for each, side in zip(path, turns[1:], strict=True) if side == "L"]
    first_root = joined(seed, "L" * len(lefts), lefts)
    second_root = joined(seed, turns[1:], path)
    proof = path if turns[0] == "=" else [seed, *path]
    assert verify_consistency(first, second, proof, first_root, second_root)
    assert not verify_consistency(first, second, proof, flip(first_root, bit), second_root)
    assert not verify_consistency(first, second, proof, first_root, flip(second_root, bit))
    for at in range(len(proof)):
        changed = [*proof[:at], flip(proof[at], bit), *proof[at + 1 :]]
        assert not verify_consistency(first, second, changed, first_root, second_root)
    for wrong in (proof[:-1], proof[1:], [*proof, seed], [seed, *proof]):
        assert wrong == proof or not verify_consistency(
            first, second, wrong, first_root, second_root
        )
