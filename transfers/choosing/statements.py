"""What is asked of the database: who of a page is named, who is joined to whom, and why somebody stays.

Each takes a page of customers, so that a book of any size is read in the memory of a page.
"""

from __future__ import annotations

from typing import Final

# A policy that the rule lets move; one without an intermediary came through no channel.
_FITS: Final = """
p.book_id = %(book)s
AND (%(products)s::bigint[] IS NULL OR p.product_id = ANY (%(products)s::bigint[]))
AND (%(channels)s::text[] IS NULL OR EXISTS (
    SELECT 1 FROM records_intermediary i
    WHERE i.id = p.intermediary_id AND i.kind = ANY (%(channels)s::text[])))"""

PAGE: Final = """
SELECT subject_id FROM records_customer
WHERE book_id = %(book)s AND subject_id > %(after)s ORDER BY subject_id LIMIT %(most)s"""

# Of a selection that stands nobody is new.
PAGE_AGAIN: Final = """
SELECT subject_id FROM transfers_chosen
WHERE transfer_id = %(transfer)s AND subject_id > %(after)s ORDER BY subject_id LIMIT %(most)s"""

SEEDS: Final = f"""
SELECT s.id FROM access_subject s
WHERE s.id = ANY (%(subjects)s::bigint[])
  AND (%(units)s::bigint[] IS NULL OR s.unit_id = ANY (%(units)s::bigint[]))
  AND (%(any_policy)s OR EXISTS (
      SELECT 1 FROM records_policyrole r JOIN records_policy p ON p.id = r.policy_id
      WHERE r.subject_id = s.id
        AND (%(statuses)s::text[] IS NULL OR p.status = ANY (%(statuses)s::text[])) AND {_FITS}))"""  # noqa: S608  the pieces are ours

# From each policyholder the ways lead only to customers of other books: the others find her from their side,
# so that the page on which the holder of a great group policy stands is no longer than the rest.
EDGES: Final = """
WITH page (id) AS MATERIALIZED (SELECT unnest(%(subjects)s::bigint[]))
SELECT r.subject_id, p.subject_id
FROM page JOIN records_policyrole r ON r.subject_id = page.id
JOIN records_policy p ON p.id = r.policy_id WHERE r.subject_id <> p.subject_id
UNION ALL
SELECT p.subject_id, r.subject_id
FROM page JOIN records_policy p ON p.subject_id = page.id
JOIN records_policyrole r ON r.policy_id = p.id
JOIN records_customer c ON c.subject_id = r.subject_id
WHERE c.book_id <> %(book)s
UNION ALL
SELECT c.subject_id, p.subject_id
FROM page JOIN records_claim c ON c.subject_id = page.id
JOIN records_policy p ON p.id = c.policy_id WHERE c.subject_id <> p.subject_id
UNION ALL
SELECT p.subject_id, c.subject_id
FROM page JOIN records_policy p ON p.subject_id = page.id
JOIN records_claim c ON c.policy_id = p.id
JOIN records_customer o ON o.subject_id = c.subject_id
WHERE o.book_id <> %(book)s
UNION ALL
SELECT a.subject_id, a.representative_id
FROM page JOIN records_representative a ON a.subject_id = page.id
WHERE a.until IS NULL OR a.until > statement_timestamp()
UNION ALL
SELECT a.subject_id, a.representative_id
FROM page JOIN records_representative a ON a.representative_id = page.id
WHERE a.until IS NULL OR a.until > statement_timestamp()"""

# The first reason of her own, in the order of `Reason`; legal holds are asked of those who know them.
REASONS: Final = f"""
SELECT s.id, CASE
    WHEN s.status = 'destroyed' THEN 'destroyed'
    WHEN s.honey THEN 'honey'
    WHEN (SELECT r.after FROM transfers_responsible r
          WHERE r.subject_id = s.id AND r.transfer_id <> %(transfer)s
          ORDER BY r.since DESC LIMIT 1) <> %(own)s THEN 'gone'
    WHEN EXISTS (SELECT 1 FROM transfers_bar b WHERE b.transfer_id = %(transfer)s
                 AND b.subject_id = s.id AND b.lifted_at IS NULL) THEN 'barred'
    WHEN EXISTS (SELECT 1 FROM transfers_transfernotice n WHERE n.transfer_id = %(transfer)s
                 AND n.subject_id = s.id AND n.answer = 'objected') THEN 'objected'
    WHEN EXISTS (SELECT 1 FROM records_customerrequest q WHERE q.subject_id = s.id
                 AND q.proven_at IS NOT NULL AND q.status = ANY (%(open_requests)s)) THEN 'request'
    WHEN EXISTS (SELECT 1 FROM records_correction c WHERE c.subject_id = s.id
                 AND c.status = ANY (%(open_corrections)s)) THEN 'correction'
    WHEN s.unit_id <> ALL (%(units)s::bigint[]) THEN 'beyond'
    WHEN EXISTS (SELECT 1 FROM records_policyrole r JOIN records_policy p ON p.id = r.policy_id
                 WHERE r.subject_id = s.id AND NOT ({_FITS})) THEN 'beyond'
    WHEN EXISTS (SELECT 1 FROM records_policyrole r
                 WHERE r.subject_id = s.id AND r.role = ANY (%(asked)s::text[]))
         AND NOT EXISTS (SELECT 1 FROM transfers_transfernotice n
                         WHERE n.transfer_id = %(transfer)s AND n.subject_id = s.id
                           AND n.answer = 'agreed')
         AND coalesce((SELECT b.reply_by < %(today)s::date
                       FROM transfers_transfernotice n
                       JOIN transfers_letterbatch b ON b.id = n.batch_id
                       WHERE n.transfer_id = %(transfer)s AND n.subject_id = s.id), %(over)s)
         THEN 'silent'
    END
FROM access_subject s WHERE s.id = ANY (%(subjects)s::bigint[])"""  # noqa: S608  the pieces are ours

SPREAD: Final = """
UPDATE transfers_chosen c SET state = 'out', reason = 'connected', decided_at = %(now)s
WHERE c.transfer_id = %(transfer)s AND c.state = 'in' AND c.component IN (
    SELECT component FROM transfers_chosen
    WHERE transfer_id = %(transfer)s AND state = 'out' AND reason <> 'connected')"""
