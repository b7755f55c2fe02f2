"""The one statement that says which holdings which holds cover, read from either end.

A hold names customers (everything that is theirs, and every policy and claim in which they have a role) or
policies (each with its claims, and the identity and documents of its policyholder, its insured and whoever a
claim on it is about). `hold` comes in as JSON, so that a draft can be tried before there is a row of it.
"""

from __future__ import annotations

from typing import Final

_HOLD: Final = """
hold (id, scope, selector) AS MATERIALIZED (
    SELECT id, scope, selector FROM jsonb_to_recordset(%(holds)s::jsonb)
        AS h (id bigint, scope text, selector jsonb)
)"""

# Needs `subject_at` and `policy_at`: where to look. Gives `held_subject` and `held_policy`.
_MEMBERS: Final = """,
named (hold, customer, policy) AS MATERIALIZED (
    SELECT id, ref, NULL FROM hold, jsonb_array_elements_text(selector -> 'customers') AS ref
    UNION ALL
    SELECT id, NULL, ref FROM hold, jsonb_array_elements_text(selector -> 'policies') AS ref
),
fits (hold, policy_id) AS MATERIALIZED (
    SELECT h.id, p.id
    FROM hold h
    CROSS JOIN policy_at a
    JOIN records_policy p ON p.id = a.policy_id
    JOIN records_book b ON b.id = p.book_id
    JOIN records_product t ON t.id = p.product_id
    JOIN access_subject s ON s.id = p.subject_id
    JOIN access_unit u ON u.id = s.unit_id
    LEFT JOIN records_intermediary i ON i.id = p.intermediary_id
    WHERE h.scope = 'query'
      AND (h.selector ->> 'book' IS NULL OR b.code = h.selector ->> 'book')
      AND (h.selector ->> 'product' IS NULL OR t.code = h.selector ->> 'product')
      AND (h.selector ->> 'intermediary' IS NULL OR i.code = h.selector ->> 'intermediary')
      AND (h.selector ->> 'unit' IS NULL OR EXISTS (
          SELECT 1 FROM access_unit top
          WHERE top.code = h.selector ->> 'unit' AND starts_with(u.path, top.path)))
      AND (h.selector ->> 'status' IS NULL OR p.status = h.selector ->> 'status')
      AND (h.selector ->> 'ends_from' IS NULL
           OR p.ends_on >= (h.selector ->> 'ends_from')::date)
      AND (h.selector ->> 'ends_until' IS NULL
           OR p.ends_on <= (h.selector ->> 'ends_until')::date)
      AND (h.selector ->> 'claim' IS NULL OR EXISTS (
          SELECT 1 FROM records_claim c
          WHERE c.policy_id = p.id AND c.kind = h.selector ->> 'claim'))
),
held_subject (hold, subject_id) AS MATERIALIZED (
    SELECT n.hold, c.subject_id
    FROM named n JOIN records_customer c ON c.ref = n.customer
    JOIN subject_at a ON a.subject_id = c.subject_id
    UNION
    SELECT h.id, c.subject_id
    FROM hold h JOIN records_book b ON h.scope = 'book' AND b.code = h.selector ->> 'book'
    JOIN records_customer c ON c.book_id = b.id
    JOIN subject_at a ON a.subject_id = c.subject_id
    UNION
    SELECT f.hold, r.subject_id
    FROM fits f JOIN hold h ON h.id = f.hold AND h.selector ->> 'of' = 'customers'
    JOIN records_policyrole r ON r.policy_id = f.policy_id
    UNION
    SELECT h.id, c.subject_id
    FROM hold h
    CROSS JOIN subject_at a
    JOIN records_customer c ON c.subject_id = a.subject_id
    JOIN records_book b ON b.id = c.book_id
    JOIN access_subject s ON s.id = c.subject_id
    JOIN access_unit u ON u.id = s.unit_id
    LEFT JOIN records_intermediary i ON i.id = c.intermediary_id
    WHERE h.scope = 'query' AND h.selector ->> 'of' = 'customers'
      AND NOT jsonb_exists_any(
          h.selector, ARRAY['product', 'status', 'ends_from', 'ends_until', 'claim'])
      AND (h.selector ->> 'book' IS NULL OR b.code = h.selector ->> 'book')
      AND (h.selector ->> 'intermediary' IS NULL OR i.code = h.selector ->> 'intermediary')
      AND (h.selector ->> 'unit' IS NULL OR EXISTS (
          SELECT 1 FROM access_unit top
          WHERE top.code = h.selector ->> 'unit' AND starts_with(u.path, top.path)))
),
held_policy (hold, policy_id) AS MATERIALIZED (
    SELECT n.hold, p.id
    FROM named n JOIN records_policy p ON p.ref = n.policy
    JOIN policy_at a ON a.policy_id = p.id
    UNION
    SELECT h.id, p.id
    FROM hold h JOIN records_book b ON h.scope = 'book' AND b.code = h.selector ->> 'book'
    JOIN records_policy p ON p.book_id = b.id
    JOIN policy_at a ON a.policy_id = p.id
    UNION
    SELECT f.hold, f.policy_id
    FROM fits f JOIN hold h ON h.id = f.hold AND h.selector ->> 'of' = 'policies'
)"""

# Needs `asked`: (holding, owner, kind, policy_id), the last for policies and claims only.
_KIN: Final = """,
kin_subject (holding, owner, subject_id) AS MATERIALIZED (
    SELECT holding, owner, owner FROM asked
    UNION
    SELECT a.holding, a.owner, r.subject_id
    FROM asked a JOIN records_policyrole r ON r.policy_id = a.policy_id
    UNION
    SELECT a.holding, a.owner, p.subject_id
    FROM asked a JOIN records_policy p ON p.id = a.policy_id
),
kin_policy (holding, owner, policy_id) AS MATERIALIZED (
    SELECT holding, owner, policy_id FROM asked WHERE policy_id IS NOT NULL
    UNION
    SELECT a.holding, a.owner, r.policy_id
    FROM asked a JOIN records_policyrole r ON r.subject_id = a.owner
    WHERE a.kind IN ('identity', 'document') AND r.role <> 'beneficiary'
    UNION
    SELECT a.holding, a.owner, p.id
    FROM asked a JOIN records_policy p ON p.subject_id = a.owner
    WHERE a.kind IN ('identity', 'document')
    UNION
    SELECT a.holding, a.owner, c.policy_id
    FROM asked a JOIN records_claim c ON c.subject_id = a.owner
    WHERE a.kind IN ('identity', 'document')
)"""

_NEAR: Final = """,
subject_at (subject_id) AS MATERIALIZED (SELECT DISTINCT subject_id FROM kin_subject),
policy_at (policy_id) AS MATERIALIZED (
    SELECT policy_id FROM kin_policy
    UNION
    SELECT r.policy_id FROM subject_at a JOIN records_policyrole r ON r.subject_id = a.subject_id
    UNION
    SELECT p.id FROM subject_at a JOIN records_policy p ON p.subject_id = a.subject_id
)"""

_ANYWHERE: Final = """,
subject_at (subject_id) AS NOT MATERIALIZED (SELECT id FROM access_subject),
policy_at (policy_id) AS NOT MATERIALIZED (SELECT id FROM records_policy)"""

_HELD: Final = """,
held (hold, holding, owner) AS MATERIALIZED (
    SELECT s.hold, k.holding, k.owner
    FROM kin_subject k JOIN held_subject s ON s.subject_id = k.subject_id
    UNION
    SELECT p.hold, k.holding, k.owner
    FROM kin_policy k JOIN held_policy p ON p.policy_id = k.policy_id
)"""

_ASKED_BY: Final = """,
asked (holding, owner, kind, policy_id) AS MATERIALIZED (
    SELECT holding, subject_id, 'identity', NULL::bigint FROM records_identity WHERE {where}
    UNION ALL
    SELECT holding, subject_id, 'finances', NULL FROM records_finances WHERE {where}
    UNION ALL
    SELECT holding, subject_id, 'document', NULL FROM records_document WHERE {where}
    UNION ALL
    SELECT holding, subject_id, 'policy', id FROM records_policy WHERE {where}
    UNION ALL
    SELECT holding, subject_id, 'claim', policy_id FROM records_claim WHERE {where}
)"""

# More than is held, never less; `_HELD` decides.
_ASKED_AROUND: Final = """,
policy_near (policy_id) AS MATERIALIZED (
    SELECT policy_id FROM held_policy
    UNION
    SELECT r.policy_id FROM held_subject s JOIN records_policyrole r USING (subject_id)
    UNION
    SELECT p.id FROM held_subject s JOIN records_policy p USING (subject_id)
),
subject_near (subject_id) AS MATERIALIZED (
    SELECT subject_id FROM held_subject
    UNION
    SELECT r.subject_id FROM held_policy h JOIN records_policyrole r USING (policy_id)
    UNION
    SELECT p.subject_id FROM held_policy h JOIN records_policy p ON p.id = h.policy_id
    UNION
    SELECT c.subject_id FROM held_policy h JOIN records_claim c USING (policy_id)
),
asked (holding, owner, kind, policy_id) AS MATERIALIZED (
    SELECT holding, subject_id, 'identity', NULL::bigint
    FROM records_identity JOIN subject_near USING (subject_id)
    UNION ALL
    SELECT holding, subject_id, 'finances', NULL
    FROM records_finances JOIN subject_near USING (subject_id)
    UNION ALL
    SELECT holding, subject_id, 'document', NULL
    FROM records_document JOIN subject_near USING (subject_id)
    UNION ALL
    SELECT holding, p.subject_id, 'policy', p.id
    FROM records_policy p JOIN policy_near n ON n.policy_id = p.id
    UNION ALL
    SELECT c.holding, c.subject_id, 'claim', c.policy_id
    FROM records_claim c
    WHERE c.policy_id IN (SELECT policy_id FROM policy_near)
       OR c.subject_id IN (SELECT subject_id FROM held_subject)
)"""


def _from_holdings(where: str) -> tuple[str, ...]:
    return "WITH ", _HOLD, _ASKED_BY.format(where=where), _KIN, _NEAR, _MEMBERS, _HELD


# What was destroyed before the hold began is not there to be held.
_STILL: Final = """,
still (hold, holding, owner) AS MATERIALIZED (
    SELECT h.hold, h.holding, h.owner FROM held h
    WHERE NOT EXISTS (SELECT 1 FROM records_tombstone t WHERE t.gone = h.holding)
)"""
_FROM_HOLDS: Final = ("WITH ", _HOLD, _ANYWHERE, _MEMBERS, _ASKED_AROUND, _KIN, _HELD, _STILL)
_BY_HOLDING = _from_holdings("holding = ANY (%(asked)s::uuid[])")
_BY_SUBJECT = _from_holdings("subject_id = ANY (%(asked)s::bigint[])")
_COUNTED: Final = """
SELECT hold, count(DISTINCT owner), count(DISTINCT holding) FROM still GROUP BY hold"""
_FIRST: Final = """
(SELECT 'customer', c.ref FROM records_customer c
 WHERE c.subject_id IN (SELECT owner FROM still) ORDER BY c.subject_id LIMIT %(most)s)
UNION ALL
(SELECT 'policy', p.ref FROM records_policy p
 WHERE p.holding IN (SELECT holding FROM still) ORDER BY p.id LIMIT %(most)s)"""

# For holdings or for customers: each with the holds on it.
ON_HOLDINGS: Final = "".join((*_BY_HOLDING, " SELECT DISTINCT holding, hold FROM held"))
ON_SUBJECTS: Final = "".join((*_BY_SUBJECT, " SELECT DISTINCT owner, hold FROM held"))
# For holds: how many customers and holdings each covers, the first of them by reference, and all.
EXTENTS: Final = "".join((*_FROM_HOLDS, _COUNTED))
EXAMPLES: Final = "".join((*_FROM_HOLDS, _FIRST))
EVERYTHING: Final = "".join((*_FROM_HOLDS, " SELECT hold, holding FROM still"))
