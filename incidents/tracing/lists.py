"""A list that got out, held against the register: how many of its rows are whose, and what dates it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import connection
from pyroaring import BitMap

from incidents.tracing.weighing import Listed
from records import matching
from records.blind_indexes import COMBINED, COMBINED_PARTS
from records.matching import Match

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


# The list goes along as one array: a parameter for each customer takes longer than to find her.
_BOOKS: Final = """
SELECT b.code, count(*) FROM records_customer c JOIN records_book b ON b.id = c.book_id
WHERE c.subject_id = ANY (%s) GROUP BY b.code ORDER BY count(*) DESC, b.code
"""
_HONEY: Final = "SELECT id FROM access_subject WHERE id = ANY (%s) AND honey"
_STRATA: Final = """
SELECT unit_id, array_agg(id) FROM access_subject
WHERE unit_id IN (SELECT unit_id FROM access_subject WHERE id = ANY (%s)) GROUP BY unit_id
"""


def _rows(statement: str, subjects: BitMap) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(subjects)])
        return list(cursor.fetchall())


def _books(subjects: BitMap) -> dict[str, int]:
    return dict(_rows(_BOOKS, subjects))


def _listed(subjects: BitMap, strata: Mapping[int, BitMap]) -> Listed:
    return Listed(
        subjects,
        {unit: len(subjects & some) for unit, some in strata.items()},
        {unit: len(some) for unit, some in strata.items()},
        BitMap(subject for (subject,) in _rows(_HONEY, subjects)),
    )


def _strata(subjects: BitMap) -> dict[int, BitMap]:
    """Everybody in the units that the list touches; of others chance has nothing to say."""
    return {unit: BitMap(some) for unit, some in _rows(_STRATA, subjects)}


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
