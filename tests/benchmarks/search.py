"""Exact search and a masked list at 10,000 and at 200,000 customers: times, and their ratio."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from access import actors, scopes
from access.actions import Action
from access.actors import Actor
from records import listing, search
from records.search import Kind
from tests.benchmarks import premises, report, sealed
from tests.benchmarks.estate import Estate
from tests.benchmarks.people import person

SMALL, LARGE = 10_000, 200_000
BIG = "custodian_large"
GOAL_MS = 300.0

# Further customers whose sealed values are random bytes: nobody opens them, but every index, policy
# and statistic has them. Only the customers that were registered first are searched for.
_SUBJECTS = """
INSERT INTO access_subject (uid, status, unit_id, honey, registered_at)
SELECT gen_random_uuid(), 'active', (SELECT min(id) FROM access_unit), false, now()
FROM generate_series(1, %s)
"""
_FILL = """
CREATE TEMP TABLE fresh AS
SELECT id, gen_random_uuid() identity, gen_random_uuid() finances, id / 500 place
FROM access_subject WHERE id NOT IN (SELECT subject_id FROM records_customer);
CREATE TEMP TABLE staff AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () many
FROM access_user WHERE role = 'agent';
DO $$
DECLARE columns text; sample text; shape record;
BEGIN
  SELECT * INTO shape FROM keys.data_key LIMIT 1;
  INSERT INTO keys.data_key SELECT identity, shape.kek, shape.wrapped FROM fresh;
  INSERT INTO keys.data_key SELECT finances, shape.kek, shape.wrapped FROM fresh;
  INSERT INTO keys.subject_key SELECT id, sha256(id::text::bytea), shape.kek, shape.wrapped FROM fresh;
  SELECT string_agg(quote_ident(attname), ', '),
         string_agg('pg_catalog.' || quote_literal(repeat('x', 80)) || '::bytea', ', ')
    INTO columns, sample FROM pg_attribute
    WHERE attrelid = 'records_identity'::regclass AND attname LIKE '%_sealed';
  EXECUTE format('INSERT INTO records_identity (subject_id, holding, epoch, state_mac, origins, %s)'
    ' SELECT id, identity, 1, ''\\x00'', ''{}'', %s FROM fresh', columns, replace(sample, 'pg_catalog.', ''));
END $$;
INSERT INTO records_customer (subject_id, ref, kind, book_id, source_digest, row_digest, created_at)
SELECT id, 'c-' || lpad(id::text, 13, '0'), 'person', (SELECT min(id) FROM records_book),
       substr(sha256(id::text::bytea), 1, 16), '', now() FROM fresh;
INSERT INTO records_finances (subject_id, holding, epoch, state_mac, origins)
SELECT id, finances, 1, '\\x00', '{}' FROM fresh;
INSERT INTO access_assignment (subject_id, user_id, since)
SELECT f.id, s.id, now() FROM fresh f JOIN staff s ON s.place = 1 + f.place % (s.many - 1);
INSERT INTO records_blindindex (element, digest, subject_id, holding, since)
SELECT e, substr(sha256((e || id)::bytea), 1, 16), id, identity, now() FROM fresh,
  unnest(ARRAY['identity.id_number', 'identity.mobile', 'identity.email',
               'financial.bank_account', 'identity.name+identity.birth_date']) e;
ANALYZE;
"""


def measure(built: Estate, *, var: Path, quick: bool) -> None:
    report.heading(f"search: {SMALL:,} and {LARGE:,} customers, one process")
    premises.copy(BIG)
    sealed.inherit(BIG, of=premises.DATABASE, var=var)
    with premises.superuser(BIG) as cursor:
        cursor.execute(_SUBJECTS, [LARGE - SMALL])
        cursor.execute(_FILL)
    with premises.superuser() as cursor:
        cursor.execute("ANALYZE")
    agent, clerk = actors.staff(built.agent), actors.staff(built.clerk)
    cases: dict[str, tuple[Actor, Callable[[random.Random, Actor], object]]] = {
        "exact search, own customers": (agent, _own),
        "exact search, all customers": (clerk, _any),
        "exact search, nobody": (clerk, _nobody),
        "list of 50 masked": (agent, _list),
    }
    with (
        sealed.sequencing(premises.DATABASE, var=var),
        sealed.sequencing(BIG, var=var),
    ):
        times = _rounds(cases, rounds=2 if quick else 4, looks=30 if quick else 60)
    for name in cases:
        small, large = times[SMALL][name], times[LARGE][name]
        for size, values in ((SMALL, small), (LARGE, large)):
            p50, p95 = (report.percentile(values, share) for share in (0.5, 0.95))
            report.line(f"{name:28} {size:>7,}: p50 {p50:6.1f} ms, p95 {p95:6.1f} ms")
        ratio = report.percentile(large, 0.5) / report.percentile(small, 0.5)
        report.line(f"  {LARGE:,} ÷ {SMALL:,} at p50: {ratio:.2f}")
    premises.use(premises.DATABASE)


def _rounds(cases: dict, *, rounds: int, looks: int) -> dict[int, dict[str, list[float]]]:
    times: dict[int, dict[str, list[float]]] = {SMALL: {}, LARGE: {}}
    for number in range(rounds):
        for size, database in ((SMALL, premises.DATABASE), (LARGE, BIG)):
            premises.use(database)
            chosen = random.Random(number)
            for name, (actor, look) in cases.items():
                with scopes.acting(actor.again()) as visit:
                    for _ in range(5):  # connections, plans and caches
                        look(chosen, visit)
                    for _ in range(looks):
                        with _timed(times[size].setdefault(name, [])):
                            look(chosen, visit)
    return times


@contextmanager
def _timed(into: list[float]) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    into.append((time.perf_counter() - begun) * 1000)


def _own(chosen: random.Random, actor: Actor) -> None:
    assert len(_look(chosen.randrange(500), chosen, actor).rows) == 1


def _any(chosen: random.Random, actor: Actor) -> None:
    assert len(_look(chosen.randrange(SMALL), chosen, actor).rows) == 1


def _nobody(chosen: random.Random, actor: Actor) -> None:
    assert not _look(SMALL + chosen.randrange(SMALL), chosen, actor).rows


def _look(number: int, chosen: random.Random, actor: Actor) -> search.Found:
    kind = chosen.choice((Kind.ID_NUMBER, Kind.MOBILE, Kind.EMAIL))
    value = person(number)[kind.element]
    return search.exact(kind, [value], purpose="follow_up", channel="api", actor=actor)


def _list(chosen: random.Random, actor: Actor) -> None:
    customers = list(listing.rows_of(actor).order_by("ref")[chosen.randrange(400) :][:50])
    shown = listing.show(
        customers,
        action=Action.CUSTOMER_LIST,
        purpose="follow_up",
        channel="api",
        actor=actor,
    )
    assert len(shown.rows) == 50
