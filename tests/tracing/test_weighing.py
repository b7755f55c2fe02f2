"""Insiders are found among hundreds of colleagues, and nobody is called strong for a list nobody took."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from pyroaring import BitMap

from incidents.tracing.weighing import (
    Listed,
    Source,
    Strength,
    chance_of,
    expected,
    together,
    weigh,
)

CUSTOMERS, UNITS, PEOPLE = 20_000, 20, 200
PER_UNIT = CUSTOMERS // UNITS


class Insurer:
    """Customers 0 to 19,999, a thousand to a unit; everybody sees mostly his own unit's, some of others'."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.registered = dict.fromkeys(range(UNITS), PER_UNIT)
        self.seen = {person: self._looks(person % UNITS) for person in range(PEOPLE)}

    def _looks(self, unit: int) -> BitMap:
        busy = self.dice.choice((40, 120, 300, 600))
        own = self.dice.sample(range(unit * PER_UNIT, (unit + 1) * PER_UNIT), busy)
        return BitMap([*own, *self.dice.sample(range(CUSTOMERS), busy // 10)])

    def weigh(self, rows: BitMap, honey: BitMap | None = None):
        by_unit = Counter(row // PER_UNIT for row in rows)
        listed = Listed(rows, by_unit, self.registered, honey or BitMap())
        sources = [
            Source("operator", str(person), Counter(each // PER_UNIT for each in seen), seen & rows)
            for person, seen in self.seen.items()
        ]
        return listed, weigh(listed, sources)


def planted(seed: int):
    """One to three insiders sell what they saw, up to half of the list comes from elsewhere."""
    insurer = Insurer(seed)
    dice = insurer.dice
    insiders = dice.sample(range(PEOPLE), dice.choice((1, 2, 3)))
    rows = BitMap()
    for each in insiders:
        seen = list(insurer.seen[each])
        rows |= BitMap(dice.sample(seen, max(30, len(seen) * 3 // 4)))
    noise = int(len(rows) * dice.uniform(0, 1))
    rows |= BitMap(dice.sample(range(CUSTOMERS), noise))
    return insurer, {str(each) for each in insiders}, rows


def test_the_insiders_are_the_first_three_in_95_of_100_leaks():
    found = 0
    for seed in range(100):
        insurer, insiders, rows = planted(seed)
        _listed, weighed = insurer.weigh(rows)
        found += insiders <= {each.source.ref for each in weighed[:3]}
    assert found >= 95


def controls(seed: int) -> tuple[Insurer, BitMap]:
    """A list that nobody's looks made: anybody's customers, those of one unit, or of a few units."""
    insurer = Insurer(1_000 + seed)
    dice = insurer.dice
    size = dice.choice((50, 200, 1_000, 5_000))
    units = dice.sample(range(UNITS), dice.choice((1, 3, UNITS)))
    pool = [each for unit in units for each in range(unit * PER_UNIT, (unit + 1) * PER_UNIT)]
    return insurer, BitMap(dice.sample(pool, min(size, len(pool))))


def test_nobody_is_called_strong_for_a_list_that_nobody_took():
    for seed in range(100):
        insurer, rows = controls(seed)
        _listed, weighed = insurer.weigh(rows)
        assert not [each for each in weighed if each.strength is Strength.STRONG], seed


def test_chance_is_reckoned_within_each_unit():
    listed = Listed(BitMap(range(400)), {1: 400}, {1: 1_000, 2: 9_000})
    assert expected(listed, {1: 500}) == 200
    assert expected(listed, {2: 500}) == 0
    assert expected(listed, {1: 100, 2: 800, 3: 7}) == 40


@pytest.mark.parametrize(
    ("covered", "mean", "least", "most"),
    [(5, 10.0, 1, 1), (0, 0.0, 1, 1), (10, 10.0, 1, 1), (20, 10.0, 1e-3, 0.05), (3, 0.0, 0, 0),
     (9_402, 180.0, 0, 1e-300)],
)  # fmt: skip
def test_more_than_chance_gives_is_less_likely_the_more_it_is(covered, mean, least, most):
    assert least <= chance_of(covered, mean) <= most
    assert chance_of(covered, mean, tried=100) >= chance_of(covered, mean)


def test_whoever_has_seen_everybody_explains_nothing():
    rows = BitMap(range(0, 1_000, 2))
    listed = Listed(rows, {0: 500}, {0: 1_000})
    (found,) = weigh(listed, [Source("operator", "all", {0: 1_000}, rows)])
    assert (found.share, found.lift, found.strength) == (1.0, 1.0, Strength.NONE)


def test_what_was_seen_after_the_list_was_made_is_no_strong_evidence():
    rows = BitMap(range(300))
    listed = Listed(rows, {0: 300}, {0: 10_000})
    said = {"seen": {0: 320}, "covered": rows}
    early = Source("operator", "early", **said, fitting=58, dated=60)
    late = Source("operator", "late", **said, fitting=2, dated=60)
    found = {each.source.ref: each.strength for each in weigh(listed, [late, early])}
    assert found == {"early": Strength.STRONG, "late": Strength.WEAK}


def test_honey_customers_and_what_nobody_else_has_had_are_said_with_their_base():
    rows = BitMap(range(100))
    listed = Listed(rows, {0: 100}, {0: 10_000}, honey=BitMap([1, 2]))
    one = Source("operator", "one", {0: 90}, BitMap(range(80)), unexplained=79)
    two = Source("operator", "two", {0: 90}, BitMap(range(70, 90)), unexplained=0)
    first, second = weigh(listed, [two, one])
    said = {each.code: (each.speaks, dict(each.numbers)) for each in first.because}
    assert said["honey"] == (1, {"honey": 2, "listed": 2})
    assert said["alone"] == (1, {"alone": 70, "covered": 80})
    assert said["unexplained"] == (1, {"unexplained": 79, "covered": 80})
    assert {each.code: each.speaks for each in second.because}["honey"] == -1


def test_a_pair_is_named_when_each_adds_a_good_part():
    rows = BitMap(range(1_000))
    listed = Listed(rows, {0: 1_000}, {0: 100_000})
    one = Source("operator", "one", {0: 600}, BitMap(range(550)))
    two = Source("operator", "two", {0: 600}, BitMap(range(500, 990)))
    shadow = Source("operator", "shadow", {0: 400}, BitMap(range(380)))
    (pair, *_) = together(listed, weigh(listed, [shadow, two, one]))
    assert {pair.first.source.ref, pair.second.source.ref} == {"one", "two"}
    assert (pair.covered, pair.common) == (990, 50)
