"""A list that got out, held against the register: how many of its rows are whose, and what dates it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db.models import Count
from pyroaring import BitMap

from access.models import Subject
from incidents.tracing.weighing import Listed
from records import matching
from records.blind_indexes import COMBINED, COMBINED_PARTS
from records.matching import Match
from records.models import Customer

PAGE: Final = 5_000
ELSEWHERE: Final = 0  # no unit has this number


@dataclass(frozen=True)
class Span:
    """Between when a row was taken, as far as its values tell."""

    since: datetime | None
    until: datetime | None

    def holds(self, at: datetime) -> bool:
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)


@dataclass(frozen=True)
class TheList:
    """Counts of a file's rows, and the customers on it; never a value of it."""

    rows: int
    matched: int  # rows that are somebody's
    elements: Mapping[str, int]  # by which its rows were matched
    books: Mapping[str, int]
    listed: Listed
    strata: Mapping[int, BitMap]  # everybody of the units that are on it
    spans: Mapping[int, Span] = field(default_factory=dict)  # of those whose values tell
    subjects: Sequence[int | None] = ()  # row by row

    @property
    def fields(self) -> set[str]:
        """The elements that its rows were matched by; a customer's number alone is no element."""
        codes = set(self.elements) - {matching.REF}
        return (codes - {COMBINED}) | set(COMBINED_PARTS) if COMBINED in codes else codes

    def by_stratum(self, whole: BitMap) -> dict[int, int]:
        """How many of these customers there are in each unit of the list, and in all others together."""
        counted = {unit: len(whole & some) for unit, some in self.strata.items()}
        counted[ELSEWHERE] = len(whole) - sum(counted.values())
        return {unit: number for unit, number in counted.items() if number}

    @property
    def taken_after(self) -> datetime | None:
        """Some of it was taken no earlier."""
        return max((each.since for each in self.spans.values() if each.since), default=None)

    @property
    def taken_before(self) -> datetime | None:
        """Some of it was taken no later."""
        return min((each.until for each in self.spans.values() if each.until), default=None)


def read(rows: Sequence[Sequence[str]]) -> TheList:
    """Matched within the acting actor's scope."""
    matches = list(matching.match(rows))
    found = [each for each in matches if each is not None]
    subjects = BitMap(each.subject for each in found)
    strata = _strata(subjects)
    return TheList(
        rows=len(rows),
        matched=len(found),
        elements=Counter(code for each in found for code in each.elements),
        books=_books(subjects),
        listed=_listed(subjects, strata),
        strata=strata,
        spans=_spans(found),
        subjects=[each.subject if each else None for each in matches],
    )


def _books(subjects: BitMap) -> dict[str, int]:
    rows = Customer.objects.filter(pk__in=list(subjects)).values_list("book__code")
    return dict(rows.annotate(number=Count("pk")).order_by("-number"))


def _listed(subjects: BitMap, strata: Mapping[int, BitMap]) -> Listed:
    honey = Subject.objects.filter(pk__in=list(subjects), honey=True)
    return Listed(
        subjects,
        {unit: len(subjects & some) for unit, some in strata.items()},
        {unit: len(some) for unit, some in strata.items()},
        BitMap(honey.values_list("pk", flat=True)),
    )


def _strata(subjects: BitMap) -> dict[int, BitMap]:
    """Everybody in the units that the list touches; of others chance has nothing to say."""
    found: dict[int, BitMap] = defaultdict(BitMap)
    units = Subject.objects.filter(pk__in=list(subjects)).values("unit").distinct()
    rows = Subject.objects.filter(unit__in=units).values_list("unit_id", "pk")
    for unit, subject in rows.iterator(chunk_size=PAGE):
        found[unit].add(subject)
    return dict(found)


def _spans(found: Iterable[Match]) -> dict[int, Span]:
    """Of several rows of one customer the narrowest; rows that exclude each other date her twice, so not."""
    told: dict[int, list[Match]] = defaultdict(list)
    for each in found:
        if each.since or each.until:
            told[each.subject].append(each)
    spans = {
        subject: Span(
            max((each.since for each in rows if each.since), default=None),
            min((each.until for each in rows if each.until), default=None),
        )
        for subject, rows in told.items()
    }
    return {
        subject: span
        for subject, span in spans.items()
        if span.since is None or span.until is None or span.since < span.until
    }
