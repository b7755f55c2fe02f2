"""Insurers of two hundred people with insiders in them, by seed: `python -m tests.tracing.planted [--seeds N]`.

Nothing but sets: who has seen whom, and a list that insiders sold, or that nobody did. Each world grows with
its list, so that colleagues share as much with it by chance as they would in a small one.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import compress

from pyroaring import BitMap

from incidents.tracing.weighing import Listed, Source, Strength, Weighed, weigh

UNITS, PEOPLE = 20, 200
SIZES = (200, 20_000, 200_000)
BUSY = (0.04, 0.12, 0.3, 0.6)  # of his own unit that somebody has seen in the ordinary way
TOP = 3


class World:
    """Customers in twenty units; everybody sees mostly his own unit's, and a few of all others'."""

    def __init__(self, seed: int, size: int) -> None:
        self.dice = random.Random(seed)
        self.per_unit = max(20_000, 5 * size) // UNITS
        self.everybody = range(self.per_unit * UNITS)
        self.seen = {person: self._looks(person % UNITS) for person in range(PEOPLE)}

    def unit(self, number: int) -> range:
        return range(number * self.per_unit, (number + 1) * self.per_unit)

    def some(self, pool: range, share: float) -> BitMap:
        """About so many of them; a byte each, which is a hundred times as fast as drawing them."""
        bar = round(share * 256)
        lots = self.dice.randbytes(len(pool)).translate(bytes([each < bar for each in range(256)]))
        return BitMap(compress(pool, lots))

    def _looks(self, unit: int) -> BitMap:
        busy = self.dice.choice(BUSY)
        beside = int(busy * self.per_unit) // 10
        return self.some(self.unit(unit), busy) | BitMap(
            self.dice.choices(self.everybody, k=beside)
        )

    def weigh(self, rows: BitMap) -> list[Weighed]:
        registered = dict.fromkeys(range(UNITS), self.per_unit)
        listed = Listed(rows, self._by_unit(rows), registered, BitMap())
        return weigh(
            listed,
            [
                Source("operator", str(person), self._by_unit(seen), seen & rows)
                for person, seen in self.seen.items()
            ],
        )

    def _by_unit(self, some: BitMap) -> dict[int, int]:
        counts = {
            number: some.range_cardinality(each.start, each.stop)
            for number, each in enumerate(self.unit(number) for number in range(UNITS))
        }
        return {number: count for number, count in counts.items() if count}


@dataclass(frozen=True)
class Leak:
    """`rows`: those of the list that could be told to be somebody's."""

    world: World
    insiders: frozenset[str]
    rows: BitMap


def leak(seed: int, size: int) -> Leak:
    """One to three insiders sell what they looked up, up to half of the rows come from elsewhere.

    A list that brings few columns tells fewer of its rows: then only some of them are known to be ours.
    """
    world = World(seed, size)
    dice = world.dice
    insiders = dice.sample(range(PEOPLE), dice.choice((1, 2, 3)))
    noise = dice.uniform(0, 0.5)
    rows = BitMap()
    for person in insiders:
        rows |= _sold(world, person, int(size * (1 - noise)) // len(insiders))
    told = dice.choice((1.0, 0.6, 0.3))
    strangers = dice.choice((0.0, 0.5, 1.0))  # of the noise, who are nobody's customers
    rows |= BitMap(dice.choices(world.everybody, k=int(size * noise * (1 - strangers))))
    found = BitMap(dice.sample(list(rows), max(30, int(len(rows) * told))))
    return Leak(world, frozenset(map(str, insiders)), found)


def _sold(world: World, person: int, number: int) -> BitMap:
    """What he had seen anyway, and for the rest what he looked up to sell it: unit by unit, his own first."""
    dice, own = world.dice, person % UNITS
    units = [own, *dice.sample([each for each in range(UNITS) if each != own], UNITS - 1)]
    wanted = BitMap(
        dice.sample(list(world.seen[person]), min(number // 2, len(world.seen[person])))
    )
    for unit in units:
        short = number - len(wanted)
        if short <= 0:
            break
        wanted |= BitMap(dice.sample(world.unit(unit), min(short, world.per_unit * 2 // 3)))
    world.seen[person] |= wanted
    return wanted


def control(seed: int, size: int) -> tuple[World, BitMap]:
    """A list that nobody's looks made: anybody's customers, those of one unit, or of three."""
    world = World(1_000_000 + seed, size)
    units = world.dice.sample(range(UNITS), world.dice.choice((1, 3, UNITS)))
    pool = [each for unit in units for each in world.unit(unit)]
    return world, BitMap(world.dice.sample(pool, min(size, len(pool))))


def found(seed: int, size: int) -> bool:
    """Whether all insiders are among the first three."""
    one = leak(seed, size)
    return one.insiders <= {each.source.ref for each in one.world.weigh(one.rows)[:TOP]}


def nobody(seed: int, size: int) -> bool:
    """Whether nobody is called strong for a list that nobody took."""
    world, rows = control(seed, size)
    return not [each for each in world.weigh(rows) if each.strength is Strength.STRONG]


def tried(try_: Callable[[int, int], bool], size: int, seeds: int) -> Iterator[bool]:
    return (try_(seed, size) for seed in range(seeds))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.tracing.planted", description=__doc__)
    parser.add_argument("--seeds", type=int, default=100)
    seeds: int = parser.parse_args().seeds
    broken = False
    for size in SIZES:
        begun = time.monotonic()
        named, clear = (sum(tried(each, size, seeds)) for each in (found, nobody))
        took = time.monotonic() - begun
        print(  # noqa: T201  a report for whoever runs it
            f"{size:>7,} rows: insiders among the first three in {named} of {seeds},"
            f" nobody strong in {clear} of {seeds} lists without a leak ({took:.0f} s)"
        )
        broken |= named < seeds * 0.95 or clear < seeds
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
