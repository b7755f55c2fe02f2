"""Contacts and addresses that this house trusts with no code: told to whoever takes customers over.

What holders of one contact have to do with each other is seen wherever they are together; this is the rest:
how a value came into the file, that somebody flagged it, that it is one of the staff's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, Final

from django.db import connection

from records.models import Identity
from records.sign_in.contacts import ANOTHERS, PROVEN, work_addresses

ORIGIN: Final = "doubted"
ELEMENTS: Final = ("identity.address", "identity.email", "identity.mobile")
_KNOWN_BAD: Final = f"""
SELECT DISTINCT b.subject_id, b.element FROM records_blindindex b
WHERE b.subject_id = ANY (%(subjects)s) AND b.element = ANY (%(elements)s) AND b.until IS NULL AND (
  EXISTS (SELECT 1 FROM records_blindindex o JOIN records_contactflag f ON f.subject_id = o.subject_id
          WHERE (o.element, o.digest) = (b.element, b.digest) AND o.until IS NULL
            AND 'identity.' || f.contact = b.element AND f.until IS NULL)
  OR EXISTS (SELECT 1 FROM records_stafftrace t
             WHERE (t.element, t.digest) = (b.element, b.digest)
               AND {ANOTHERS.format(subject="b.subject_id")})
  OR (b.element = 'identity.email' AND b.digest = ANY (%(work)s)))
"""  # noqa: S608  the pieces are ours


def of(subjects: Collection[int]) -> Mapping[int, list[str]]:
    """Element codes in order, by customer; who is not in it has none."""
    found: dict[int, set[str]] = defaultdict(set)
    for row in Identity.objects.filter(subject__in=subjects):
        for code in ELEMENTS:
            there = getattr(row, f"{code.partition('.')[2]}_sealed") is not None
            if there and (row.origins.get(code) or [""])[0] not in PROVEN:
                found[row.subject_id].add(code)
    for subject, code in _known_bad(subjects):
        found[subject].add(code)
    return {subject: sorted(codes) for subject, codes in found.items()}


def _known_bad(subjects: Collection[int]) -> list[tuple[int, str]]:
    said: dict[str, Any] = {
        "subjects": list(subjects),
        "elements": list(ELEMENTS),
        "work": work_addresses(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN_BAD, said)
        return list(cursor.fetchall())
