"""Nobody who serves can change the log, and nobody sees a customer's row by forgetting to ask."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from psycopg2 import errors, extensions

from access import scopes
from access.models import Assignment, Subject
from access.vocabulary import Role
from custodian import databases
from records.models import Customer
from tests import databases as test_databases
from tests import estate
from tests.security import chains
from tests.security.looking import logged_in

LEAF = '{"ts":"2026-01-01T00:00:00Z","n":0}'
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)

ON_EACH_TABLE = {
    "update": "UPDATE {table} SET leaf = leaf",
    "update of a computed column": "UPDATE {table} SET act = 'view'",
    "delete": "DELETE FROM {table}",
    "truncate": "TRUNCATE {table}",
    "insert": "INSERT INTO {table} (id, ts, leaf, tags) VALUES (1, now(), '" + LEAF + "', '')",
    "copy": "COPY {table} (id, ts, leaf, tags) FROM STDIN",
    "disable triggers": "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "drop": "DROP TABLE {table}",
    "lock": "DO $$ BEGIN LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE; END $$",
    "add a trigger": "CREATE TRIGGER t BEFORE INSERT ON {table} EXECUTE FUNCTION querylog.refuse()",
    "rename": "ALTER TABLE {table} RENAME TO gone",
    "index": "CREATE INDEX ON {table} (leaf)",
}
AROUND_IT = {
    "replica role": "SET session_replication_role = replica",
    "insert a subject's look": "INSERT INTO querylog.subject_access VALUES (gen_random_uuid(), 1)",
    "update a subject's look": "UPDATE querylog.subject_access SET entry_id = 1",
    "delete a subject's looks": "DELETE FROM querylog.subject_access",
    "truncate looks": "TRUNCATE querylog.subject_access",
    "insert a context": "INSERT INTO querylog.context VALUES (1, 'x')",
    "update a context": "UPDATE querylog.context SET body_sealed = 'x'",
    "delete contexts": "DELETE FROM querylog.context",
    "truncate contexts": "TRUNCATE querylog.context",
    "truncate the outbox": "TRUNCATE querylog.outbox",
    "take an id": "SELECT nextval('querylog.entry_id')",
    "wind the ids back": "SELECT setval('querylog.entry_id', 1)",
    "make a table": "CREATE TABLE querylog.extra (id int)",
    "make a partition": "SELECT querylog.add_partition(900000000, 900000001)",
    "drop append": "DROP FUNCTION querylog.append(text[], bytea[], bytea[], uuid[], int[])",
    "replace refuse": "CREATE OR REPLACE FUNCTION querylog.refuse() RETURNS trigger"
    " LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$",
    "drop the schema": "DROP SCHEMA querylog CASCADE",
    "become the owner": "SET ROLE custodian_owner",
    "own it": "ALTER TABLE querylog.entry OWNER TO CURRENT_USER",
}
APPEND = (
    f"SELECT querylog.append(ARRAY['{LEAF}'], ARRAY[''::bytea], ARRAY[NULL::bytea], '{{}}', '{{}}')"
)
OUTBOX = {
    "change a waiting entry": "UPDATE querylog.outbox SET body = 'x'",
    "drop a waiting entry": "DELETE FROM querylog.outbox",
}
KEYS = ["keys.data_key", "keys.subject_key"]
NOT_FOR = {
    "app": [APPEND, "SELECT querylog.extend(2000000)", *OUTBOX.values(),
            "SELECT body FROM querylog.outbox", "SELECT tags FROM querylog.outbox"],
    "log_writer": ["SELECT querylog.extend(2000000)", *OUTBOX.values(),
                   "SELECT leaf FROM querylog.entry", "SELECT subject FROM querylog.subject_access",
                   "SELECT id FROM querylog.outbox", "INSERT INTO querylog.outbox (body) VALUES ('x')",
                   "SELECT ref FROM records_customer", "SELECT id FROM access_user",
                   "SELECT session_key FROM django_session"],
    "sequencer": ["SELECT ref FROM records_customer", "SELECT id FROM access_user",
                  "SELECT body_sealed FROM querylog.context",
                  "INSERT INTO querylog.outbox (body) VALUES ('x')"],
    "auditor": [APPEND, "SELECT querylog.extend(2000000)", *OUTBOX.values(),
                "SELECT id FROM querylog.outbox", "SELECT ref FROM records_customer",
                "INSERT INTO querylog.outbox (body) VALUES ('x')"],
    "backup": [APPEND, "SELECT querylog.extend(2000000)", *OUTBOX.values(),
               "DELETE FROM records_customer", "UPDATE access_user SET role = 'agent'"],
}  # fmt: skip


def statements(cursor: extensions.cursor) -> Iterator[tuple[str, str]]:
    """Every attempt on the log's table, on each of its partitions, and around it."""
    cursor.execute(
        "SELECT 'querylog.entry' UNION ALL"
        " SELECT inhrelid::regclass::text FROM pg_inherits"
        " WHERE inhparent = (SELECT oid FROM pg_class WHERE relname = 'entry'"
        "                    AND relnamespace = 'querylog'::regnamespace)"
    )
    tables = [row[0] for row in cursor.fetchall()]
    assert len(tables) >= 4  # the table and the partitions that the first migration makes
    for table in tables:
        for name, statement in ON_EACH_TABLE.items():
            yield f"{name} on {table}", statement.replace("{table}", table)
    yield from AROUND_IT.items()


@pytest.fixture
def log(transactional_db: None) -> None:
    """A log of its own with a few entries, so that statements about rows have rows."""
    if content():
        test_databases.renew()
    with logged_in("log_writer") as cursor:
        for _ in range(3):
            cursor.execute(APPEND)


def content() -> list[chains.Row]:
    with logged_in("auditor") as cursor:
        return chains.read(cursor.connection)


@pytest.mark.django_db(transaction=True)
def test_no_role_that_serves_can_touch_the_log(log: None) -> None:
    before = content()
    with logged_in("superuser") as cursor:
        attempts = dict(statements(cursor))
    assert {role: allowed_to(role, attempts) for role in NOT_FOR} == {role: [] for role in NOT_FOR}
    assert (content(), len(before)) == (before, 3)


def allowed_to(role: Any, attempts: dict[str, str]) -> list[str]:
    allowed = []
    with logged_in(role) as cursor:
        for name, statement in [*attempts.items(), *((each, each) for each in NOT_FOR[role])]:
            try:
                if statement.startswith("COPY"):
                    cursor.copy_expert(statement, io.StringIO(""))
                else:
                    cursor.execute(statement)
                allowed.append(name)
            except (errors.InsufficientPrivilege, errors.GeneratedAlways):
                pass
    return allowed


@pytest.mark.django_db(transaction=True)
def test_triggers_refuse_even_the_owner_and_whoever_plays_a_replica(log: None) -> None:
    before = content()
    assert refused_by_trigger("owner") == 8
    assert refused_by_trigger("superuser") == 8
    assert refused_by_trigger("superuser", first="SET session_replication_role = replica") == 8
    assert content() == before


def refused_by_trigger(role: databases.Role, *, first: str = "SELECT 1") -> int:
    tried = 0
    with logged_in(role) as cursor:
        cursor.execute(first)
        for name, statement in list(statements(cursor)):
            # A partition without rows has nothing that its row trigger could refuse.
            empty = name.rpartition("_")[2].isdecimal() and not name.endswith("entry_0")
            if name.startswith("truncate on") or (
                name.startswith(("update on", "delete on")) and not empty
            ):
                with pytest.raises(errors.RaiseException, match="append-only"):
                    cursor.execute(statement)
                tried += 1
    return tried


@pytest.mark.django_db(transaction=True)
def test_the_log_writer_can_append_and_the_columns_are_those_of_the_leaf(log: None) -> None:
    assert [row.ts for row in content()] == [MOMENT] * 3


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["log_writer", "sequencer", "auditor", "app"])
def test_only_the_app_reaches_the_keys_and_it_changes_none(role: databases.Role) -> None:
    refused = (
        ["UPDATE {} SET kek = 2", "DELETE FROM {}", "TRUNCATE {}", "ALTER TABLE {} ADD x int"]
        if role == "app"
        else ["SELECT kek FROM {}", "INSERT INTO {} DEFAULT VALUES", "DELETE FROM {}"]
    )
    with logged_in(role) as cursor:
        for table in KEYS:
            for statement in refused:
                with pytest.raises(errors.InsufficientPrivilege):
                    cursor.execute(statement.format(table))


GROWS = {"SELECT", "INSERT", "UPDATE"}
TREE = {
    "tree": {"SELECT", "UPDATE"},
    "tile": GROWS,
    "checkpoint": GROWS,
    "cosignature": GROWS,
    "hourly": GROWS,
    "roll": {"SELECT", "INSERT"},
    "roll_record": {"SELECT", "INSERT"},
}  # what the sequencer may on the tree; who reads the log reads these


@pytest.mark.django_db
def test_rights_on_log_and_keys_are_exactly_these() -> None:
    """Whatever a later migration grants in these schemas has to be written down here as well."""
    with logged_in("superuser") as cursor:
        cursor.execute(
            "SELECT n.nspname || '.' || c.relname, a.grantee::regrole::text, a.privilege_type"
            " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,"
            " LATERAL aclexplode(c.relacl) a"
            " WHERE n.nspname IN ('querylog', 'keys') AND a.grantee <> c.relowner"
        )
        granted: dict[str, set[str]] = {}
        for table, role, right in cursor.fetchall():
            granted.setdefault(f"{table} {role.removeprefix('custodian_')}", set()).add(right)
        cursor.execute(
            "SELECT p.proname, a.grantee::regrole::text FROM pg_proc p, LATERAL aclexplode(p.proacl) a"
            " WHERE p.pronamespace IN ('querylog'::regnamespace, 'keys'::regnamespace) AND a.grantee <> p.proowner"
        )
        callers = {(name, role.removeprefix("custodian_")) for name, role in cursor.fetchall()}
    read = {"SELECT"}
    assert granted == {
        "querylog.entry app": read,
        "querylog.entry auditor": read,
        "querylog.entry sequencer": read,
        "querylog.subject_access app": read,
        "querylog.subject_access auditor": read,
        "querylog.subject_access sequencer": read,
        "querylog.context app": read,
        "querylog.context auditor": read,
        "querylog.outbox app": {"INSERT"},
        "querylog.outbox sequencer": {"SELECT", "UPDATE", "DELETE"},
        "keys.data_key app": {"SELECT", "INSERT"},
        "keys.subject_key app": {"SELECT", "INSERT"},
        "keys.retired app": read,
        **{f"querylog.{table} {role}": read for table in TREE for role in ("app", "auditor")},
        **{f"querylog.{table} sequencer": rights for table, rights in TREE.items()},
    }
    assert callers == {
        ("append", "log_writer"),
        ("append", "sequencer"),
        ("extend", "sequencer"),
        ("fill", "sequencer"),
        ("thin", "sequencer"),
        ("forget_subject", "app"),
        ("forget_subjects", "app"),
        ("awaits_reconciliation", "app"),
        ("awaits_reconciliation", "log_writer"),
        ("awaits_reconciliation", "sequencer"),
        ("rewrap_holdings", "app"),
        ("rewrap_subjects", "app"),
        ("retire", "app"),
        ("note_destroyed", "app"),
    }


SCOPED = """
SELECT DISTINCT c.oid::regclass::text FROM pg_class c
LEFT JOIN pg_constraint f ON f.conrelid = c.oid AND f.contype = 'f'
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'subject_id' AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
  AND (a.attname IS NOT NULL OR f.confrelid = 'access_subject'::regclass
       OR c.oid = 'access_subject'::regclass)
"""


@pytest.mark.django_db
def test_every_table_that_hangs_on_a_subject_has_forced_row_security() -> None:
    with connection.cursor() as cursor:
        cursor.execute(SCOPED)
        scoped = {row[0] for row in cursor.fetchall()}
        cursor.execute(
            "SELECT oid::regclass::text FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
        )
        secured = {row[0] for row in cursor.fetchall()}
        cursor.execute("SELECT tablename FROM pg_policies")
        ruled = {row[0] for row in cursor.fetchall()}
    assert {"access_subject", "records_customer", "records_identity", "records_policy"} <= scoped
    assert scoped - secured == set()
    assert scoped - ruled == set()


@pytest.mark.django_db
def test_a_new_table_without_row_security_would_be_noticed() -> None:
    with logged_in("superuser") as cursor:
        cursor.execute("BEGIN; CREATE TABLE forgotten (subject_id bigint)")
        cursor.execute(SCOPED)
        assert ("forgotten",) in cursor.fetchall()
        cursor.execute("ROLLBACK")


@pytest.mark.django_db
def test_views_run_with_the_rights_of_whoever_asks() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm')"
            " AND relnamespace IN ('public'::regnamespace, 'querylog'::regnamespace)"
            " AND NOT coalesce(reloptions::text, '') LIKE '%security_invoker=true%'"
        )
        assert cursor.fetchall() == []


def counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(SCOPED)
        tables = sorted(row[0] for row in cursor.fetchall())
        found = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
    return found


@pytest.mark.django_db
def test_without_an_actor_no_scoped_row_is_seen() -> None:
    agent = estate.user(Role.AGENT)
    estate.customer(of=[agent])
    with scopes.acting(estate.system()):
        filled = {table for table, count in counts().items() if count}
    assert {"access_subject", "records_customer", "records_blindindex"} <= filled
    with scopes.acting(None):
        assert set(counts().values()) == {0}


@pytest.mark.django_db
def test_an_agent_sees_his_own_rows_and_nobody_elses_in_every_table() -> None:
    agent, other = estate.user(Role.AGENT), estate.user(Role.AGENT)
    estate.customer(of=[agent])
    with estate.acting(other):
        assert set(counts().values()) == {0}
    with estate.acting(agent):
        seen = counts()
    with scopes.acting(estate.system()):
        assert seen == counts()


INSERTS = {
    "subject": lambda customer, agent: Subject.objects.create(unit=agent.unit),
    "customer": lambda customer, agent: Customer.objects.create(
        subject_id=customer.pk + 1, book=customer.book, source_digest=b"x" * 16
    ),
    "assignment": lambda customer, agent: Assignment.objects.create(
        subject_id=customer.pk, user=agent
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("what", INSERTS)
def test_an_agent_cannot_insert_what_would_widen_his_reach(what: str) -> None:
    owner, agent = estate.user(Role.AGENT), estate.user(Role.AGENT)
    customer = estate.customer(of=[owner])
    refused = pytest.raises(DatabaseError, match="row-level security")
    with estate.acting(agent), refused, transaction.atomic():
        INSERTS[what](customer, agent)


@pytest.mark.django_db
def test_an_agent_cannot_move_a_customer_to_himself() -> None:
    owner, agent = estate.user(Role.AGENT), estate.user(Role.AGENT)
    estate.customer(of=[owner])
    with estate.acting(agent):
        assert Assignment.objects.update(user=agent) == 0
        assert Assignment.objects.all().delete()[0] == 0
        assert Subject.objects.update(unit=agent.unit) == 0
