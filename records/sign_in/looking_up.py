"""Who is meant by a policy number and an ID number: one statement, whoever it finds or does not find."""

from __future__ import annotations

from typing import Any, Final

from django.db import connection

from access import machine_reads
from access.actions import Action
from access.actors import Actor
from custodian import clock
from records import blind_indexes

ID_NUMBER: Final = "identity.id_number"
POLICY_NUMBER: Final = "policy.number"
# She has a role in the policy herself, or acts for somebody who has one. Organisations and children do not
# come in themselves.
_WHO = """
SELECT DISTINCT i.subject_id
FROM records_blindindex i
JOIN access_subject s ON s.id = i.subject_id
JOIN records_customer c ON c.subject_id = i.subject_id
WHERE i.element = %(id_element)s AND i.digest = ANY (%(ids)s) AND i.until IS NULL
  AND s.status <> 'destroyed' AND c.kind = 'person'
  AND (c.minor_until IS NULL OR c.minor_until <= %(today)s)
  AND EXISTS (
    SELECT 1 FROM records_blindindex n
    JOIN records_policy p ON p.holding = n.holding
    JOIN records_policyrole r ON r.policy_id = p.id
    WHERE n.element = %(policy_element)s AND n.digest = ANY (%(policies)s) AND n.until IS NULL
      AND (r.subject_id = i.subject_id OR EXISTS (
        SELECT 1 FROM records_representative a
        WHERE a.subject_id = r.subject_id AND a.representative_id = i.subject_id
          AND a.since <= statement_timestamp()
          AND (a.until IS NULL OR a.until > statement_timestamp()))))
LIMIT 2
"""


def who(policy_number: str, id_number: str, *, actor: Actor) -> int | None:
    """The subject, and one entry without any value. Two with the same number are a question for a person."""
    values: dict[str, Any] = {
        "id_element": ID_NUMBER,
        "today": clock.local().date(),
        "ids": blind_indexes.digests(ID_NUMBER, id_number),
        "policy_element": POLICY_NUMBER,
        "policies": blind_indexes.digests(POLICY_NUMBER, policy_number),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WHO, values)
        found = [row[0] for row in cursor.fetchall()]
    # No list of subjects: the entry outlives whoever is meant, and nobody's values were opened.
    machine_reads.read(
        Action.PORTAL_CODE_ASK,
        subjects=(),
        elements=(ID_NUMBER, POLICY_NUMBER),
        facts={"count": len(found)},
        actor=actor,
    )
    return found[0] if len(found) == 1 else None
