"""Whose the rows of an unknown file are, and what their values date: by fingerprints alone, nothing is kept.

A cell counts by its shape, whatever column it stands in. A value that has changed since still finds its
holder, and tells that the row was taken before; one that is newer than its holder, that it was taken after.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import connection

from custodian.formula import unguard
from records import blind_indexes, references
from records.identifiers.dates import check_date
from records.models import Customer

BETWEEN: Final = "；"  # of several policies, claims or accounts in one cell
PAGE: Final = 2_000
MOST_PAIRED: Final = 3  # names and days of a row that are tried together
# A customer and her first values are written together, in one transaction.
_TOGETHER: Final = timedelta(minutes=10)
REF: Final = "customer.ref"
# What a cell may be, by its shape; each is looked up by its fingerprint.
_SHAPES: Final[Mapping[str, re.Pattern[str]]] = {
    "identity.mobile": re.compile(r"(\+?86)?1\d{10}"),
    "identity.id_number": re.compile(r"\d{17}[\dXx]|\d{15}|[0-9A-Z]{18}|[A-Z]{1,2}\d{7,9}"),
    "identity.email": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    "financial.bank_account": re.compile(r"\d{12,19}"),
    "policy.number": re.compile(r"(?=.*\d)[0-9A-Za-z-]{8,24}"),
}
_NAME: Final = re.compile(r"[\u3400-\u9fff·]{2,20}|[A-Za-z][A-Za-z .'-]{2,40}")
Key = tuple[str, bytes]  # element and digest
# One array for a page of digests: a parameter for each would take longer to write than to find them.
_HELD: Final = """
SELECT b.digest, b.subject_id, b.since, b.until, s.registered_at
FROM records_blindindex b JOIN access_subject s ON s.id = b.subject_id
WHERE b.element = %s AND b.digest = ANY (%s)
"""


class Hit(NamedTuple):
    """A value that somebody has or had, from when to when; None: from the first, or to this day."""

    subject: int
    element: str
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True)
class Match:
    """A customer to whom a row belongs. It was taken after `since` and before `until`, where that is told."""

    subject: int
    elements: frozenset[str]
    since: datetime | None = None
    until: datetime | None = None


def match(rows: Iterable[Sequence[str]]) -> Iterator[Match | None]:
    """Each row's customer, or None, in the acting actor's scope; values live for one page of rows."""
    page: list[Sequence[str]] = []
    for row in rows:
        page.append(row)
        if len(page) == PAGE:
            yield from _matched(page)
            page = []
    yield from _matched(page)


def _matched(rows: Sequence[Sequence[str]]) -> list[Match | None]:
    cells = [list(_texts(row)) for row in rows]
    refs = {ref for row in cells for each in row if (ref := references.read(each, kind="c"))}
    known = dict(Customer.objects.filter(ref__in=refs).values_list("ref", "pk")) if refs else {}
    keys = [_keys(row) for row in cells]
    hits = _hits(key for row in keys for key in row)
    return [
        _one(_by_ref(row, known) if known else None, [hits[key] for key in own if key in hits])
        for row, own in zip(cells, keys, strict=True)
    ]


def _one(named: int | None, hits: Sequence[Sequence[Hit]]) -> Match | None:
    subject = named if named is not None else _most(hits)
    if subject is None:
        return None
    hers = [hit for hit in (_best(found, subject) for found in hits) if hit is not None]
    return Match(
        subject,
        frozenset([*(each.element for each in hers), *([REF] if named is not None else [])]),
        max((each.since for each in hers if each.since), default=None),
        min((each.until for each in hers if each.until), default=None),
    )


def _best(hits: Sequence[Hit], subject: int) -> Hit | None:
    """Of one cell: what stands there now rather than what stood there once."""
    hers = [each for each in hits if each.subject == subject]
    return min(
        hers, key=lambda each: (each.until is not None, each.since is not None), default=None
    )


def _most(hits: Sequence[Sequence[Hit]]) -> int | None:
    """Whom most of a row's cells are; a telephone may be a whole family's, so a tie is nobody."""
    sets = [{each.subject for each in found} for found in hits]
    counted = Counter(subject for found in sets for subject in found).most_common(2)
    if not counted or (len(counted) > 1 and counted[0][1] == counted[1][1]):
        return None
    return counted[0][0]


def _texts(row: Sequence[str]) -> Iterator[str]:
    for cell in row:
        for text in unguard(cell).split(BETWEEN):
            if text.strip():
                yield text.strip()


def _by_ref(row: Sequence[str], known: Mapping[str, int]) -> int | None:
    for each in row:
        ref = references.read(each, kind="c")
        if ref is not None and ref in known:
            return known[ref]
    return None


def _keys(row: Sequence[str]) -> list[Key]:
    """What the cells of a row would have left in the blind indexes."""
    found: list[Key] = []
    for text in row:
        plain = text.replace(" ", "")
        for code, shape in _SHAPES.items():
            if shape.fullmatch(plain):
                found += [(code, digest) for digest in blind_indexes.digests(code, text)]
    names = [text for text in row if _NAME.fullmatch(text)][:MOST_PAIRED]
    days = [day for text in row if (day := check_date(text).value)][:MOST_PAIRED]
    found += [
        (blind_indexes.COMBINED, digest)
        for name in names
        for day in days
        for digest in blind_indexes.of_query(blind_indexes.COMBINED, (name, day))
    ]
    return found


def _hits(wanted: Iterable[Key]) -> dict[Key, list[Hit]]:
    by_code: dict[str, set[bytes]] = defaultdict(set)
    for code, digest in wanted:
        by_code[code].add(digest)
    found: dict[Key, list[Hit]] = defaultdict(list)
    with connection.cursor() as cursor:
        for code, digests in by_code.items():
            cursor.execute(_HELD, [code, list(digests)])
            for stored, subject, since, until, registered in cursor.fetchall():
                hit = Hit(subject, code, _told(since, until, registered), until)
                found[code, bytes(stored)].append(hit)
    return found


def _told(since: datetime, until: datetime | None, registered: datetime) -> datetime | None:
    """A first value tells nothing; of some that ended the moment from which they stood is not kept."""
    return None if since - registered <= _TOGETHER or since == until else since
