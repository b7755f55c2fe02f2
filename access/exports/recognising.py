"""Holds a file that got out against the exports in the register. Pure.

Each kind of evidence is the probability that a file which is not this export would fit it as well by
chance; the kinds are put together by Fisher's method, and the answer is multiplied by how many exports
were tried. What fits no export well enough is unknown.
"""

from __future__ import annotations

import itertools
import math
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from access.exports.fingerprint import ENDS, STROKES, Mark

ENOUGH = 1e-3  # of being named by chance, over all exports that were tried
LEAST = 1e-300
EXACT = 40  # rows up to which orders are counted; beyond, the normal curve is near enough
KINDS = ("order", "canaries", "quotes", "writing")


@dataclass(frozen=True)
class Leak:
    """What can be seen of a file: whose each row is, and how it is written."""

    subjects: Sequence[int | None]
    quoted: Sequence[bool | None] = ()  # by row; None where it cannot be told
    honey: frozenset[int] = frozenset()  # which of the subjects exist nowhere
    stroke: str = ""
    end: str = ""
    heads: Sequence[str] = ()


@dataclass(frozen=True)
class Known:
    """An export as the register has it."""

    code: str
    mark: Mark
    subjects: frozenset[int]  # with its honey customers
    canaries: frozenset[int] = frozenset()
    honey: int = 0
    heads: Sequence[str] = ()
    text: bool = True  # csv: a workbook has neither quotation marks nor line ends


@dataclass(frozen=True)
class Candidate:
    """`chance`: that some file would fit this well without being it, over all exports tried."""

    code: str
    rows: int
    chance: float
    evidence: Mapping[str, float] = field(default_factory=dict)  # by kind, the chance of that alone
    agreeing: float | None = None  # share of pairs of rows in this export's order
    canaries: int = 0
    foreign: int = 0  # honey customers in the file that this export never held

    @property
    def named(self) -> bool:
        return self.chance < ENOUGH


def rank(leak: Leak, known: Sequence[Known]) -> list[Candidate]:
    """Every export that holds some of the rows, the likeliest first."""
    found = [_weigh(leak, each, len(known)) for each in known]
    return sorted((each for each in found if each.rows), key=lambda each: each.chance)


def _weigh(leak: Leak, known: Known, tried: int) -> Candidate:
    rows = _rows(leak.subjects, known.subjects)
    places = [known.mark.place(subject) for subject in rows]
    agreeing, order = _order(places)
    held = leak.honey & known.canaries
    evidence = {
        "order": order,
        "canaries": _canaries(len(held), known),
        "quotes": _quotes(leak, known, rows) if known.text else 1.0,
        "writing": _writing(leak, known),
    }
    information = sum(-math.log(max(each, LEAST)) for each in evidence.values())
    return Candidate(
        known.code,
        len(rows),
        min(1.0, _fisher(information, len(evidence)) * tried),
        evidence,
        agreeing,
        len(held),
        len(leak.honey - known.canaries),
    )


def _rows(subjects: Sequence[int | None], held: frozenset[int]) -> dict[int, int]:
    """Where each of this export's customers first stands in the file, in the file's order."""
    found: dict[int, int] = {}
    for number, subject in enumerate(subjects):
        if subject is not None and subject in held:
            found.setdefault(subject, number)
    return found


def _order(places: Sequence[bytes]) -> tuple[float | None, float]:
    """Share of pairs in order, and how often chance would put as many so (Kendall's test, one-sided)."""
    n = len(places)
    pairs = n * (n - 1) // 2
    if not pairs:
        return None, 1.0
    wrong = _inversions(places)
    if n <= EXACT:
        by_chance = _at_most(n)[wrong]
    else:
        spread = math.sqrt(n * (n - 1) * (2 * n + 5) / 72)
        by_chance = math.erfc((pairs / 2 - wrong - 0.5) / spread / math.sqrt(2)) / 2
    return 1 - wrong / pairs, min(1.0, max(by_chance, LEAST))


@lru_cache
def _at_most(n: int) -> list[float]:
    """For each number of pairs in the wrong order the share of all orders of n rows with no more."""
    shares = [1.0]
    for more in range(2, n + 1):
        # The next row may stand at any of so many places, each with one wrong pair more.
        wider = [0.0] * (len(shares) + more - 1)
        for wrong, share in enumerate(shares):
            for added in range(more):
                wider[wrong + added] += share / more
        shares = wider
    return list(itertools.accumulate(shares))


def _inversions(places: Iterable[bytes]) -> int:
    before: list[bytes] = []
    count = 0
    for place in places:
        count += len(before) - bisect_left(before, place)
        insort(before, place)
    return count


def _canaries(held: int, known: Known) -> float:
    """How often another choice of as many would hold all those that are in the file."""
    chosen, honey = len(known.canaries), max(known.honey, len(known.canaries))
    return math.comb(honey - held, chosen - held) / math.comb(honey, chosen) if held else 1.0


def _quotes(leak: Leak, known: Known, rows: Mapping[int, int]) -> float:
    """One throw of a coin a row: how often as many would fall right."""
    seen = [
        (leak.quoted[number], known.mark.quoted(subject))
        for subject, number in rows.items()
        if number < len(leak.quoted) and leak.quoted[number] is not None
    ]
    right = sum(one == other for one, other in seen)
    return _coins(right, len(seen))


def _coins(right: int, thrown: int) -> float:
    if right * 2 <= thrown:
        return 1.0
    # In logarithms, because a file may have thousands of rows.
    terms = [
        math.lgamma(thrown + 1) - math.lgamma(k + 1) - math.lgamma(thrown - k + 1)
        for k in range(right, thrown + 1)
    ]
    top = max(terms)
    total = top + math.log(sum(math.exp(each - top) for each in terms)) - thrown * math.log(2)
    return min(1.0, max(math.exp(max(total, -690.0)), LEAST))


def _writing(leak: Leak, known: Known) -> float:
    """How often the strokes, line ends and columns would agree as well as they do."""
    style = known.mark.style
    seen: list[tuple[bool, float]] = []
    if leak.stroke:
        seen.append((leak.stroke == style.stroke, 1 / len(STROKES)))
    if leak.end and known.text:
        seen.append((leak.end == style.end, 1 / len(ENDS)))
    common = [head for head in leak.heads if head in known.heads]
    if len(common) > 1:
        kept = [head for head in known.heads if head in common]
        seen.append((common == kept, 1 / math.factorial(len(common))))
    return _as_rare(seen)


def _as_rare(seen: Sequence[tuple[bool, float]]) -> float:
    """Of all ways in which these could fall, the share of those as rare in what agrees, or rarer."""
    chances = [chance for _, chance in seen]
    least = _rarity([agrees for agrees, _ in seen], chances)
    total = 0.0
    for other in itertools.product((True, False), repeat=len(seen)):
        if _rarity(other, chances) >= least - 1e-9:
            parts = (c if agrees else 1 - c for agrees, c in zip(other, chances, strict=True))
            total += math.prod(parts)
    return min(1.0, total)


def _rarity(agreeing: Sequence[bool], chances: Sequence[float]) -> float:
    return sum(-math.log(c) for agrees, c in zip(agreeing, chances, strict=True) if agrees)


def _fisher(information: float, kinds: int) -> float:
    """How often several kinds of evidence together would say as much by chance."""
    terms = [
        k * math.log(information) - math.lgamma(k + 1) if information else (0.0 if not k else -1e9)
        for k in range(kinds)
    ]
    top = max(terms)
    return min(1.0, math.exp(top - information) * sum(math.exp(each - top) for each in terms))
