"""The one statement that says which holdings which holds cover, read from either end.

A hold names customers (everything that is theirs, and every policy and claim in which they have a role) or
policies (each with its claims, and the identity, documents, corrections and former values of its
policyholder, its insured and whoever a claim on it is about). `hold` comes in as JSON, so that a draft can
be tried before there is a row of it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

_HOLD: Final = """
hold (id, scope, selector, book, product, intermediary, unit, path) AS MATERIALIZED (
    SELECT h.id, h.scope, h.selector, ids.book, ids.product, ids.intermediary, ids.unit, u.path
    FROM jsonb_to_recordset(%(holds)s::jsonb) AS h (id bigint, scope text, selector jsonb)
    CROSS JOIN jsonb_to_record(coalesce(h.selector -> 'ids', '{}'))
        AS ids (book bigint, product bigint, intermediary bigint, unit bigint)
    LEFT JOIN access_unit u ON u.id = ids.unit
)"""

# Needs `subject_at` and `policy_at`: where to look.
_NAMED: Final = """,
named (hold, customer, policy) AS MATERIALIZED (
    SELECT id, ref, NULL FROM hold, jsonb_array_elements_text(selector -> 'customers') AS ref
    UNION ALL
    SELECT id, NULL, ref FROM hold, jsonb_array_elements_text(selector -> 'policies') AS ref
)"""
_FITS: Final = """,
contract (policy_id, book, product, intermediary, path, status, ends_on) AS MATERIALIZED (
    SELECT p.id, p.book_id, p.product_id, p.intermediary_id, u.path, p.status, p.ends_on
    FROM policy_at a
    JOIN records_policy p ON p.id = a.policy_id
    JOIN access_subject s ON s.id = p.subject_id
    JOIN access_unit u ON u.id = s.unit_id
),
fits (hold, of, policy_id) AS MATERIALIZED (
    SELECT h.id, h.selector ->> 'of', p.policy_id
    FROM hold h CROSS JOIN contract p
    WHERE h.scope = 'query'
      AND coalesce(p.book = h.book, h.book IS NULL)
      AND coalesce(p.product = h.product, h.product IS NULL)
      AND coalesce(p.intermediary = h.intermediary, h.intermediary IS NULL)
      AND coalesce(starts_with(p.path, h.path), h.unit IS NULL)
      AND coalesce(p.status = h.selector ->> 'status', h.selector ->> 'status' IS NULL)
      AND coalesce(p.ends_on >= (h.selector ->> 'ends_from')::date,
                   h.selector ->> 'ends_from' IS NULL)
      AND coalesce(p.ends_on <= (h.selector ->> 'ends_until')::date,
                   h.selector ->> 'ends_until' IS NULL)
      AND (h.selector ->> 'claim' IS NULL OR EXISTS (
          SELECT 1 FROM records_claim c
          WHERE c.policy_id = p.policy_id AND c.kind = h.selector ->> 'claim'))
),
person (subject_id, book, intermediary, path) AS MATERIALIZED (
    SELECT c.subject_id, c.book_id, c.intermediary_id, u.path
    FROM subject_at a
    JOIN records_customer c ON c.subject_id = a.subject_id
    JOIN access_subject s ON s.id = c.subject_id
    JOIN access_unit u ON u.id = s.unit_id
)"""
_NAMED_SUBJECTS: Final = """
    SELECT n.hold, c.subject_id
    FROM named n JOIN records_customer c ON c.ref = n.customer
    JOIN subject_at a ON a.subject_id = c.subject_id"""
_NAMED_POLICIES: Final = """
    SELECT n.hold, p.id
    FROM named n JOIN records_policy p ON p.ref = n.policy
    JOIN policy_at a ON a.policy_id = p.id"""
_BOOKS_SUBJECTS: Final = """
    SELECT h.id, c.subject_id
    FROM subject_at a JOIN records_customer c ON c.subject_id = a.subject_id
    JOIN hold h ON h.scope = 'book' AND h.book = c.book_id"""
_BOOKS_POLICIES: Final = """
    SELECT h.id, p.id
    FROM policy_at a JOIN records_policy p ON p.id = a.policy_id
    JOIN hold h ON h.scope = 'book' AND h.book = p.book_id"""
_FITTING_SUBJECTS: Final = """
    SELECT f.hold, r.subject_id
    FROM fits f JOIN records_policyrole r ON r.policy_id = f.policy_id
    WHERE f.of = 'customers'
    UNION
    SELECT h.id, c.subject_id
    FROM hold h CROSS JOIN person c
    WHERE h.scope = 'query' AND h.selector ->> 'of' = 'customers'
      AND NOT jsonb_exists_any(
          h.selector, ARRAY['product', 'status', 'ends_from', 'ends_until', 'claim'])
      AND coalesce(c.book = h.book, h.book IS NULL)
      AND coalesce(c.intermediary = h.intermediary, h.intermediary IS NULL)
      AND coalesce(starts_with(c.path, h.path), h.unit IS NULL)"""
_FITTING_POLICIES: Final = """
    SELECT hold, policy_id FROM fits WHERE of = 'policies'"""
_NONE: Final = """
    SELECT id, NULL::bigint FROM hold WHERE false"""

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
    WHERE a.kind IN ('identity', 'document', 'beside') AND r.role <> 'beneficiary'
    UNION
    SELECT a.holding, a.owner, p.id
    FROM asked a JOIN records_policy p ON p.subject_id = a.owner
    WHERE a.kind IN ('identity', 'document', 'beside')
    UNION
    SELECT a.holding, a.owner, c.policy_id
    FROM asked a JOIN records_claim c ON c.subject_id = a.owner
    WHERE a.kind IN ('identity', 'document', 'beside')
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
    SELECT holding, subject_id, 'beside', NULL FROM records_customerrequest WHERE {where}
    UNION ALL
    SELECT holding, subject_id, 'beside', NULL FROM records_correction WHERE {where}
    UNION ALL
    SELECT holding, subject_id, 'beside', NULL FROM records_formervalue WHERE {where}
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
    SELECT holding, subject_id, 'beside', NULL
    FROM records_customerrequest JOIN subject_near USING (subject_id)
    UNION ALL
    SELECT holding, subject_id, 'beside', NULL
    FROM records_correction JOIN subject_near USING (subject_id)
    UNION ALL
    SELECT holding, subject_id, 'beside', NULL
    FROM records_formervalue JOIN subject_near USING (subject_id)
    UNION ALL
    SELECT holding, p.subject_id, 'policy', p.id
    FROM records_policy p JOIN policy_near n ON n.policy_id = p.id
    UNION ALL
    SELECT c.holding, c.subject_id, 'claim', c.policy_id
    FROM records_claim c
    WHERE c.policy_id IN (SELECT policy_id FROM policy_near)
       OR c.subject_id IN (SELECT subject_id FROM held_subject)
)"""


# What was destroyed before the hold began is not there to be held.
_STILL: Final = """,
still (hold, holding, owner) AS MATERIALIZED (
    SELECT h.hold, h.holding, h.owner FROM held h
    WHERE NOT EXISTS (SELECT 1 FROM records_tombstone t WHERE t.gone = h.holding)
)"""
_COUNTED: Final = """
SELECT hold, count(DISTINCT owner), count(DISTINCT holding) FROM still GROUP BY hold"""
_OF_ONE: Final = """
SELECT (SELECT count(DISTINCT owner) FROM still),
       (SELECT count(DISTINCT holding) FROM still),
       ARRAY (SELECT c.ref FROM records_customer c
              WHERE c.subject_id IN (SELECT owner FROM still)
              ORDER BY c.subject_id LIMIT %(most)s),
       ARRAY (SELECT p.ref FROM records_policy p
              WHERE p.holding IN (SELECT holding FROM still) ORDER BY p.id LIMIT %(most)s)"""


@dataclass(frozen=True)
class Statement:
    """One question; its text holds only what holds of these scopes need, so that it is soon planned."""

    where: str = ""  # of the holdings; empty: everything that a hold covers
    answer: str = ""

    def text(self, scopes: Collection[str]) -> str:
        members = _members(frozenset(scopes))
        if self.where:
            asked = _ASKED_BY.format(where=self.where)
            parts = ("WITH ", _HOLD, asked, _KIN, _NEAR, *members, _HELD, self.answer)
        else:
            parts = ("WITH ", _HOLD, _ANYWHERE, *members, _ASKED_AROUND, _KIN, _HELD, _STILL)
            parts = (*parts, self.answer)
        return "".join(parts)


@cache
def _members(scopes: frozenset[str]) -> tuple[str, ...]:
    """`held_subject` and `held_policy` of these scopes."""
    before, subjects, policies = [], [], []
    if scopes & {"customer", "policy", "case"}:
        before.append(_NAMED)
        subjects.append(_NAMED_SUBJECTS)
        policies.append(_NAMED_POLICIES)
    if "book" in scopes:
        subjects.append(_BOOKS_SUBJECTS)
        policies.append(_BOOKS_POLICIES)
    if "query" in scopes:
        before.append(_FITS)
        subjects.append(_FITTING_SUBJECTS)
        policies.append(_FITTING_POLICIES)
    return (
        *before,
        f",\nheld_subject (hold, subject_id) AS MATERIALIZED ({_union(subjects)}\n)",
        f",\nheld_policy (hold, policy_id) AS MATERIALIZED ({_union(policies)}\n)",
    )


def _union(legs: Sequence[str]) -> str:
    return "\n    UNION".join(legs or [_NONE])


# For holdings or for customers: each with the holds on it.
ON_HOLDINGS: Final = Statement(
    where="holding = ANY (%(asked)s::uuid[])", answer=" SELECT DISTINCT holding, hold FROM held"
)
ON_SUBJECTS: Final = Statement(
    where="subject_id = ANY (%(asked)s::bigint[])", answer=" SELECT DISTINCT owner, hold FROM held"
)
# For holds: how many customers and holdings each covers; the same of one with its first references; all.
EXTENTS: Final = Statement(answer=_COUNTED)
OF_ONE: Final = Statement(answer=_OF_ONE)
EVERYTHING: Final = Statement(answer=" SELECT hold, holding FROM still")
