"""Planted sales of 200, 20,000 and 200,000 rows: insiders come first, and without a leak nobody is strong."""

from __future__ import annotations

import pytest

from tests.tracing import planted

# All hundred of each size: `python -m tests.tracing.planted`.
SEEDS = {200: 100, 20_000: 15, 200_000: 3}
assert tuple(SEEDS) == planted.SIZES


@pytest.mark.parametrize(("size", "seeds"), SEEDS.items())
def test_the_insiders_are_the_first_three_in_95_of_100_leaks(size: int, seeds: int) -> None:
    assert sum(planted.tried(planted.found, size, seeds)) >= seeds * 0.95


@pytest.mark.parametrize(("size", "seeds"), SEEDS.items())
def test_nobody_is_strong_for_a_list_that_nobody_took(size: int, seeds: int) -> None:
    assert all(planted.tried(planted.nobody, size, seeds))


def test_the_worlds_are_as_wide_as_they_say() -> None:
    leaks = [planted.leak(seed, 200) for seed in range(100)]
    assert {len(each.insiders) for each in leaks} == {1, 2, 3}
    assert min(len(each.rows) for each in leaks) < 80 < 180 < max(len(each.rows) for each in leaks)
    others = [1 - max(_share(each, one) for one in each.insiders) for each in leaks]
    assert max(others) > 0.5 > 0.01 > min(others)


def _share(leak: planted.Leak, insider: str) -> float:
    return len(leak.rows & leak.world.seen[int(insider)]) / len(leak.rows)
