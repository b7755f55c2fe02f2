"""Who reports to whom, as far as the register of people says."""

from __future__ import annotations

from django.db import connection

# Cut off where somebody entered a circle.
_ABOVE = """
WITH RECURSIVE line AS (
    SELECT manager_id AS id, 1 AS depth FROM access_user WHERE id = %s AND manager_id IS NOT NULL
    UNION
    SELECT u.manager_id, line.depth + 1 FROM access_user u JOIN line ON u.id = line.id
    WHERE u.manager_id IS NOT NULL AND line.depth < 20)
SELECT DISTINCT id FROM line
"""


def above(person: int) -> set[int]:
    """Everybody above this person, up to the top."""
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, [person])
        return {row[0] for row in cursor.fetchall()}


def related(one: int, other: int) -> bool:
    """Whether one of the two stands above the other."""
    return one in above(other) or other in above(one)
