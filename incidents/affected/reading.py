"""Who is hit, read from what is on record: entries of the query log, exports, partners' copies, packages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from access.models import Export
from custodian import clock
from incidents.models import AffectedList
from transfers.models import SentRecord, SharedCopy

By = AffectedList.By
PAGE: Final = 5_000
EVERYTHING: Final = "*"  # of a package, which holds all there is of a customer
_CLEAR: Final = ("reveal", "export")
_MASKED: Final = ("view", "list", "search")
# An entry tags each customer whose values it returned, and names the elements.
_RETURNED: Final = """
SELECT s.id, e.act = ANY (%(clear)s), e.fields, e.ts
FROM (
    SELECT id, act, ts, leaf::jsonb -> 'fields' AS fields FROM querylog.entry
    WHERE actor = %(actor)s AND outcome = 'ok' AND act = ANY (%(acts)s) AND ts >= %(since)s AND ts < %(until)s
      AND (%(session)s = '' OR leaf::jsonb ->> 'sid' = %(session)s)
) e
JOIN querylog.subject_access a ON a.entry_id = e.id
JOIN access_subject s ON s.uid = a.subject
"""
EARLIEST: Final = datetime.min.replace(year=2000, tzinfo=clock.OFFICE)


@dataclass
class Affected:
    """One customer; the codes of what was returned of her in clear, and as masks only."""

    subject: int
    clear: set[str] = field(default_factory=set)
    masked: set[str] = field(default_factory=set)
    first: datetime | None = None
    last: datetime | None = None

    def add(self, codes: Iterable[str], at: datetime, *, clear: bool) -> None:
        (self.clear if clear else self.masked).update(codes)
        self.first = at if self.first is None else min(self.first, at)
        self.last = at if self.last is None else max(self.last, at)


class NothingSo(Exception):
    """Nothing on record has this number."""


def read(row: AffectedList) -> list[Affected]:
    """By their ordinals. Raises `NothingSo`."""
    since, until = row.since or EARLIEST, row.until or row.created_at
    found: dict[int, Affected] = {}
    for subject, clear, codes, at in _READ[By(row.by)](row.about, since, until):
        one = found.setdefault(subject, Affected(subject))
        one.add(codes, at, clear=clear)
    for one in found.values():
        one.masked -= one.clear
    return [found[each] for each in sorted(found)]


Line = tuple[int, bool, list[str], datetime]


_HELD: Final = """
SELECT FROM querylog.entry WHERE actor = %s AND leaf::jsonb ->> 'sid' = %s LIMIT 1
"""
BETWEEN: Final = "/"  # of a staff number and the mark of one of his sessions


def _operator(number: str, since: datetime, until: datetime) -> Iterator[Line]:
    return _returned(_ref_of(number), "", since, until)


def _session(named: str, since: datetime, until: datetime) -> Iterator[Line]:
    """Of one sign-in, whatever else he had open at the time: its entries bear its mark."""
    number, _sign, mark = named.partition(BETWEEN)
    ref, mark = _ref_of(number.strip()), mark.strip().lower()
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [ref, mark])
        if not mark or cursor.fetchone() is None:
            raise NothingSo(named)
    return _returned(ref, mark, since, until)


def _ref_of(number: str) -> UUID:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ref FROM access_user WHERE staff_no = %s", [number])
        held = cursor.fetchone()
    if held is None:
        raise NothingSo(number)
    return UUID(str(held[0]))


def _returned(ref: UUID, session: str, since: datetime, until: datetime) -> Iterator[Line]:
    said: dict[str, Any] = {"actor": ref, "since": since, "until": until, "session": session}
    with connection.cursor() as cursor:
        cursor.execute(_RETURNED, {**said, "clear": list(_CLEAR), "acts": [*_CLEAR, *_MASKED]})
        while rows := cursor.fetchmany(PAGE):
            for subject, clear, codes, at in rows:
                yield subject, clear, _codes(codes), at


def _codes(said: Any) -> list[str]:
    return list(json.loads(said)) if isinstance(said, str) else list(said or ())


def _export(code: str, since: datetime, until: datetime) -> Iterator[Line]:
    export = Export.objects.filter(code=code, included__isnull=False).first()
    if export is None:
        raise NothingSo(code)
    at = export.approved_at or export.created_at
    if since <= at < until:
        for subject in export.included or ():
            yield subject, True, list(export.elements), at


def _partner(code: str, since: datetime, until: datetime) -> Iterator[Line]:
    rows = SharedCopy.objects.filter(counterparty__code=code)
    if not rows.exists():
        raise NothingSo(code)
    given = rows.filter(given_at__gte=since, given_at__lt=until)
    for subject, codes, at in given.values_list("subject_id", "elements", "given_at").iterator(
        chunk_size=PAGE
    ):
        yield subject, True, list(codes), at


def _transfer(code: str, since: datetime, until: datetime) -> Iterator[Line]:
    rows = SentRecord.objects.filter(hand_over__transfer__code=code)
    if not rows.exists():
        raise NothingSo(code)
    sent = rows.filter(hand_over__created_at__gte=since, hand_over__created_at__lt=until)
    for subject, at in sent.values_list("subject_id", "hand_over__created_at").iterator(
        chunk_size=PAGE
    ):
        yield subject, True, [EVERYTHING], at


_READ: Final = {
    By.OPERATOR: _operator,
    By.SESSION: _session,
    By.EXPORT: _export,
    By.PARTNER: _partner,
    By.TRANSFER: _transfer,
}
