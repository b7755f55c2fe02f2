"""To whom a customer's letter goes, and by which way: a child's to the guardian."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection

from records.notices import delivering
from records.notices.delivering import Way

# A child's letter goes to the guardian, and an organisation's, that nobody reaches, to whom it sends.
_FOR_THEM: Final = """
SELECT DISTINCT ON (a.subject_id) a.subject_id, a.representative_id, a.kind
FROM records_representative a JOIN records_customer c ON c.subject_id = a.subject_id
JOIN access_subject s ON s.id = a.representative_id
WHERE a.subject_id = ANY (%(subjects)s) AND a.since <= statement_timestamp()
  AND (a.until IS NULL OR a.until > statement_timestamp()) AND s.status <> 'destroyed'
  AND ((a.kind = 'guardian' AND c.minor_until > %(today)s)
       OR (a.kind = 'authorised' AND c.kind = 'organisation'))
ORDER BY a.subject_id, a.id"""


@dataclass(frozen=True)
class Addressee:
    """Whose contact a letter goes to."""

    subject: int
    way: Way


def of(subjects: Collection[int], *, today: date) -> dict[int, Addressee]:
    """Of each of the subjects."""
    with connection.cursor() as cursor:
        cursor.execute(_FOR_THEM, {"subjects": list(subjects), "today": today})
        acting = {subject: (other, kind) for subject, other, kind in cursor.fetchall()}
    return {each: _of(each, acting) for each in subjects}


def _of(subject: int, acting: Mapping[int, tuple[int, str]]) -> Addressee:
    other, kind = acting.get(subject, (subject, ""))
    own = delivering.way_to(subject) if kind != "guardian" else None
    if own is None or (own.way == delivering.NONE and kind):
        return Addressee(other, delivering.way_to(other))
    return Addressee(subject, own)
