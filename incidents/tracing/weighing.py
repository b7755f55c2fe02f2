"""How far a list that got out is explained by what one source has had of the register. Pure.

Chance is reckoned within each service unit, because everybody sees most of his own: a colleague who saw
three hundred of the unit's customers shares many with a list of that unit, and that says nothing of him.
What is expected is the sum over the units of `seen x listed / registered`. That so many or more would be
shared by chance is bounded by Chernoff's inequality for a Poisson number of this mean, which the number of
customers drawn without replacement exceeds less often (Hoeffding 1963, section 6), and is multiplied by how
many sources were tried (Bonferroni).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from pyroaring import BitMap

from access.exports.recognising import ENOUGH

Counts = Mapping[int, int]  # by stratum: the customers of one service unit


class Strength(StrEnum):
    STRONG = "strong"
    MODERATE = "moderate"
    WEAK = "weak"
    NONE = "none"


@dataclass(frozen=True)
class Bar:
    """What a source must reach: share of the list, lift, and the chance over all sources tried."""

    share: float
    lift: float
    chance: float


# The company's own choice, and no law's: an innocent must not be called strong.
BARS: Final[Mapping[Strength, Bar]] = {
    Strength.STRONG: Bar(share=0.05, lift=2.0, chance=1e-9),
    Strength.MODERATE: Bar(share=0.02, lift=1.5, chance=1e-4),
    Strength.WEAK: Bar(share=0.0, lift=1.2, chance=0.05),
}
_STRONG: Final = BARS[Strength.STRONG]
FEW: Final = 5  # customers in common of whom nothing is said
_ALL_BUT: Final = 0.5  # share of the honey customers on the list that speaks for a source


@dataclass(frozen=True)
class Listed:
    """The list and what it is held against, both by stratum."""

    subjects: BitMap
    listed: Counts
    registered: Counts
    honey: BitMap = field(default_factory=BitMap)

    @property
    def size(self) -> int:
        return len(self.subjects)


@dataclass(frozen=True)
class Source:
    """One that had something of customers: `seen` by stratum, `covered` those of them on the list."""

    kind: str
    ref: str
    seen: Counts
    covered: BitMap
    first: datetime | None = None
    last: datetime | None = None
    unexplained: int | None = None  # of the covered, looks that no work asked for; None: not judged
    fitting: int | None = None  # of the covered whose values date the list, those had in time
    dated: int = 0
    # Of an export: the chance that another file would fit its fingerprint as well.
    fingerprint: float | None = None

    @property
    def total(self) -> int:
        return sum(self.seen.values())


@dataclass(frozen=True)
class Because:
    """One reason: it speaks for the source, against it, or is just so. Numbers by name, never one alone."""

    code: str
    speaks: int  # 1, 0, -1
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Weighed:
    """A source with its arithmetic. `chance` is over all sources tried; `alone` nobody else has had."""

    source: Source
    expected: float
    share: float  # of the list
    lift: float
    hit: float  # of what it had, on the list
    chance: float
    honey: int
    alone: int
    strength: Strength
    because: tuple[Because, ...]

    @property
    def covered(self) -> int:
        return len(self.source.covered)


def weigh(listed: Listed, sources: Iterable[Source]) -> list[Weighed]:
    """Every source that shares anything with the list, the likeliest first."""
    known = [each for each in sources if each.covered]
    alone = _alone(known)
    found = [_weighed(listed, each, len(known), alone[at]) for at, each in enumerate(known)]
    return sorted(found, key=_rank)


def expected(listed: Listed, seen: Counts) -> float:
    """How many of the list a source would have had by chance."""
    return sum(
        number * listed.listed.get(stratum, 0) / listed.registered[stratum]
        for stratum, number in seen.items()
        if listed.registered.get(stratum)
    )


def chance_of(covered: int, mean: float, *, tried: int = 1) -> float:
    """At most how likely it is that chance alone shares so many or more, for any of the sources tried."""
    if covered <= mean or not covered:
        return 1.0
    if mean <= 0:
        return 0.0
    bound = covered - mean - covered * math.log(covered / mean)
    return min(1.0, math.exp(max(bound + math.log(max(tried, 1)), -700.0)))


def _weighed(listed: Listed, source: Source, tried: int, alone: int) -> Weighed:
    covered, mean = len(source.covered), expected(listed, source.seen)
    share = covered / listed.size if listed.size else 0.0
    lift = covered / mean if mean else math.inf
    honey = len(source.covered & listed.honey)
    chance = chance_of(covered, mean, tried=tried)
    strength = _strength(covered, share, lift, chance, source)
    return Weighed(
        source=source,
        expected=mean,
        share=share,
        lift=lift,
        hit=covered / source.total if source.total else 0.0,
        chance=chance,
        honey=honey,
        alone=alone,
        strength=strength,
        because=(
            _coverage(listed, source, share, lift),
            Because("chance", 1 if chance <= _STRONG.chance else -1, {"chance": chance}),
            *_beside(listed, source, honey, alone),
        ),
    )


def _strength(covered: int, share: float, lift: float, chance: float, source: Source) -> Strength:
    """The highest bar that is reached; what cannot have been had in time is no more than weak.

    A file that bears an export's fingerprint is that export, however few of its rows are left.
    """
    if _bears_mark(source):
        return Strength.STRONG
    if covered < FEW:
        return Strength.NONE
    for strength, bar in BARS.items():
        if share >= bar.share and lift >= bar.lift and chance <= bar.chance:
            late = strength is not Strength.WEAK and _too_late(source)
            return Strength.WEAK if late else strength
    return Strength.NONE


def _bears_mark(source: Source) -> bool:
    return source.fingerprint is not None and source.fingerprint < ENOUGH


def _too_late(source: Source) -> bool:
    return bool(
        source.dated >= FEW and source.fitting is not None and source.fitting * 2 < source.dated
    )


def _coverage(listed: Listed, source: Source, share: float, lift: float) -> Because:
    enough = share >= _STRONG.share and lift >= _STRONG.lift
    numbers = {"covered": len(source.covered), "listed": listed.size, "lift": lift}
    return Because("coverage", 1 if enough else -1, numbers)


def _beside(listed: Listed, source: Source, honey: int, alone: int) -> Iterator[Because]:
    """What makes a source likelier or less likely, and is no part of its strength but for the dates."""
    if source.fingerprint is not None:
        speaks = 1 if _bears_mark(source) else 0
        yield Because("fingerprint", speaks, {"chance": source.fingerprint})
    if alone:
        yield Because("alone", 1, {"alone": alone, "covered": len(source.covered)})
    if listed.honey:
        speaks = 1 if honey > len(listed.honey) * _ALL_BUT else 0 if honey else -1
        yield Because("honey", speaks, {"honey": honey, "listed": len(listed.honey)})
    if source.unexplained is not None:
        speaks = 1 if source.unexplained * 2 > len(source.covered) else -1
        numbers = {"unexplained": source.unexplained, "covered": len(source.covered)}
        yield Because("unexplained", speaks, numbers)
    if source.fitting is not None and source.dated:
        speaks = -1 if _too_late(source) else 1
        yield Because("dated", speaks, {"fitting": source.fitting, "dated": source.dated})


def _alone(sources: list[Source]) -> list[int]:
    """Of each, how many of the list nobody else has had."""
    once, more = BitMap(), BitMap()
    for each in sources:
        more |= once & each.covered
        once |= each.covered
    only = once - more
    return [len(each.covered & only) for each in sources]


_ORDER: Final = tuple(Strength)


def _rank(each: Weighed) -> tuple[int, float, int, str, str]:
    """By strength, then by how many more than chance would give: what a list owes to the source."""
    source = each.source
    return (
        _ORDER.index(each.strength),
        -(each.covered - each.expected),
        -each.alone,
        source.kind,
        source.ref,
    )


@dataclass(frozen=True)
class Together:
    """Two sources that explain more of the list than either; `both` have had `common` of it."""

    first: Weighed
    second: Weighed
    covered: int
    common: int
    share: float


TOGETHER: Final = 0.10  # of the list that the second must add
_TRIED: Final = 12


def together(listed: Listed, weighed: list[Weighed]) -> list[Together]:
    """Pairs among the likeliest, each of whom adds a good part of the list, the widest first."""
    top = [each for each in weighed if each.strength in {Strength.STRONG, Strength.MODERATE}]
    found = [
        pair
        for at, first in enumerate(top[:_TRIED])
        for second in top[at + 1 : _TRIED]
        if (pair := _pair(listed, first, second)) is not None
    ]
    return sorted(found, key=lambda pair: (-pair.covered, pair.common))[:3]


def _pair(listed: Listed, first: Weighed, second: Weighed) -> Together | None:
    a, b = first.source.covered, second.source.covered
    common, whole = len(a & b), len(a | b)
    adds = min(whole - len(a), whole - len(b))
    if not listed.size or adds < listed.size * TOGETHER:
        return None
    return Together(first, second, whole, common, whole / listed.size)
