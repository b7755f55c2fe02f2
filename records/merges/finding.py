"""Who of those that came is here already, by fingerprints alone: no value is opened for it.

One ID number is enough. Without it, name with birth date, and a mobile, e-mail address, bank account or home
address besides. A contact alone says nothing: families share them. Whose identity is stored only is compared
with nobody (PIPL art. 47).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from django.db import connection

from custodian import clock
from records.blind_indexes import ADDRESS, COMBINED

ID_NUMBER: Final = "identity.id_number"
MORE: Final = ("identity.mobile", "identity.email", "financial.bank_account", ADDRESS)
# Candidates by the two that few have in common; then everything that a pair agrees in.
_SEEK: Final = """
WITH pair AS (
    SELECT DISTINCT n.subject_id, o.subject_id AS other_id
    FROM records_blindindex n JOIN records_blindindex o USING (element, digest)
    WHERE n.subject_id = ANY (%(came)s) AND o.subject_id <> ALL (%(came)s)
      AND n.element = ANY (%(first)s) AND n.until IS NULL AND o.until IS NULL
      AND NOT EXISTS (SELECT 1 FROM access_arriving a WHERE a.subject_id = o.subject_id)
      AND NOT EXISTS (SELECT 1 FROM access_restriction r
                      WHERE r.subject_id = o.subject_id AND r.kind = 'identity')
), agreed AS (
    SELECT p.subject_id, p.other_id, ARRAY(
        SELECT DISTINCT n.element
        FROM records_blindindex n JOIN records_blindindex o USING (element, digest)
        WHERE n.subject_id = p.subject_id AND o.subject_id = p.other_id
          AND n.element = ANY (%(all)s) AND n.until IS NULL AND o.until IS NULL
        ORDER BY 1) AS agrees
    FROM pair p)
INSERT INTO records_mergecase
    (ref, subject_id, other_id, agrees, source, found_at, status, verdict, settled, reason)
SELECT gen_random_uuid(), subject_id, other_id, agrees, %(source)s, %(now)s, 'open', '', '', ''
FROM agreed
WHERE %(id)s = ANY (agrees) OR (%(combined)s = ANY (agrees) AND cardinality(agrees) > 1)
ON CONFLICT DO NOTHING"""


def seek(came: Collection[int], *, source: str) -> int:
    """Open a case for each of them and each customer who was here before; how many are new."""
    said: dict[str, Any] = {
        "came": list(came),
        "first": [ID_NUMBER, COMBINED],
        "all": [ID_NUMBER, COMBINED, *MORE],
        "id": ID_NUMBER,
        "combined": COMBINED,
        "source": source[:40],
        "now": clock.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SEEK, said)
        return int(cursor.rowcount)
