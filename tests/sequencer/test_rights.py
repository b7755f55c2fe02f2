"""What each database role may do with log and keys, tried one by one: this page is the whole of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from psycopg2 import errors, extensions

from custodian.embedded.postgres import ROLES
from tests.security.looking import logged_in
from tests.sequencer.trees import Place

# SELECT INSERT UPDATE DELETE TRUNCATE, each a letter where the role may; a small `s` means some columns only,
# a small `t` that a trigger refuses it to whoever has the right.
TABLES = """
                        app    log_writer sequencer auditor backup owner
querylog.entry          S....  .....      S....     S....   S....  SIUDt
querylog.entry_0        .....  .....      .....     .....   S....  SIUDt
querylog.subject_access S....  .....      S....     S....   S....  SIUDT
querylog.context        S....  .....      .....     S....   S....  SIUDT
querylog.outbox         sI...  .....      S.UD.     s....   S....  SIUDT
querylog.tree           S....  .....      S.U..     S....   S....  SIUDt
querylog.tile           S....  .....      SIU..     S....   S....  SIUDt
querylog.checkpoint     S....  .....      SIU..     S....   S....  SIUDt
querylog.cosignature    S....  .....      SIU..     S....   S....  SIUDT
querylog.roll           S....  .....      SI...     S....   S....  SIUDt
querylog.roll_record    S....  .....      SI...     S....   S....  SIUDt
querylog.hourly         S....  .....      SIU..     S....   S....  SIUDT
keys.data_key           SI...  .....      .....     .....   S....  SIUDT
keys.subject_key        SI...  .....      .....     .....   S....  SIUDT
keys.retired            S....  .....      .....     .....   S....  SIUDT
"""
FUNCTIONS = """
                        app    log_writer sequencer auditor backup owner
add_partition           .      .          .         .       .      x
allow_rewrap            .      .          .         .       .      x
append                  .      x          x         .       .      x
awaits_reconciliation   x      x          x         .       .      x
extend                  .      .          x         .       .      x
fill                    .      .          x         .       .      x
forget_subject          x      .          .         .       .      x
forget_subjects         x      .          .         .       .      x
note_destroyed          x      .          .         .       .      x
only_forward            .      .          .         .       .      x
only_later              .      .          .         .       .      x
only_wider              .      .          .         .       .      x
refuse                  .      .          .         .       .      x
refuse_retired          .      .          .         .       .      x
retire                  x      .          .         .       .      x
rewrap_holdings         x      .          .         .       .      x
rewrap_subjects         x      .          .         .       .      x
spell_out               .      .          .         .       .      x
thin                    .      .          x         .       .      x
wait_for_reconciliation .      .          .         .       .      x
"""
SCHEMAS = """
                        app    log_writer sequencer auditor backup owner
querylog                U.     U.         U.        U.      U.     UC
keys                    U.     ..         ..        ..      U.     UC
"""
FENCE = """
                                          app log_writer sequencer auditor backup owner
pg_advisory_lock(bigint)                  .   .          x         .       .      x
pg_advisory_xact_lock(bigint)             .   .          x         .       .      x
pg_advisory_xact_lock_shared(bigint)      .   x          x         .       .      x
pg_try_advisory_lock(bigint)              .   .          x         .       .      x
pg_try_advisory_xact_lock_shared(bigint)  .   .          x         .       .      x
"""
TRIES = {
    "S": "SELECT * FROM {} LIMIT 0",
    "I": "INSERT INTO {} DEFAULT VALUES",
    "U": "UPDATE {} SET {} = NULL WHERE false",
    "D": "DELETE FROM {} WHERE false",
    "T": "TRUNCATE {} CASCADE",
}
SERVING = [role for role in ROLES if role != "superuser"]


def matrix(text: str) -> dict[str, dict[str, str]]:
    heads, *lines = text.strip("\n").split("\n")
    roles = heads.split()
    rows = {words[0]: words[1:] for line in lines if (words := line.split())}
    return {name: dict(zip(roles, cells, strict=True)) for name, cells in rows.items()}


@pytest.fixture
def admin(django_db_setup: None, django_db_blocker: object) -> Iterator[extensions.cursor]:
    with django_db_blocker.unblock(), logged_in("superuser") as cursor:  # type: ignore[attr-defined]
        yield cursor


def asked(cursor: extensions.cursor, statement: str, **parameters: object) -> list[str]:
    cursor.execute(statement, parameters)
    return [row[0] for row in cursor.fetchall()]


def test_each_role_may_do_exactly_this_with_each_table(
    place: Place, admin: extensions.cursor
) -> None:
    expected = matrix(TABLES)
    found = {table: {} for table in expected}
    for role in SERVING:
        with logged_in(role) as cursor:
            for table in expected:
                column = asked(
                    admin,
                    "SELECT attname FROM pg_attribute WHERE attrelid = %(table)s::regclass"
                    " AND attnum > 0 AND attgenerated = '' AND attidentity = '' ORDER BY attnum LIMIT 1",
                    table=table,
                )[0]
                found[table][role] = "".join(
                    tried(cursor, verb, statement.format(table, column))
                    for verb, statement in TRIES.items()
                )
    assert found == partly(admin, expected)


def tried(cursor: extensions.cursor, verb: str, statement: str) -> str:
    """In a transaction that is taken back; what fails for another reason was not a matter of rights."""
    cursor.execute("BEGIN")
    try:
        cursor.execute(statement)
    except errors.InsufficientPrivilege:
        return "."
    except errors.RaiseException:
        return verb.lower()
    except errors.Error:
        return verb
    else:
        return verb
    finally:
        cursor.execute("ROLLBACK")


def partly(
    admin: extensions.cursor, expected: Mapping[str, dict[str, str]]
) -> dict[str, dict[str, str]]:
    """The same, where `s` stands for columns that are checked here."""
    columns = {
        (table, role, column)
        for table, cells in expected.items()
        for role, rights in cells.items()
        if rights.startswith("s")
        for column in asked(
            admin,
            "SELECT attname FROM pg_attribute WHERE attrelid = %(table)s::regclass AND attnum > 0"
            " AND has_column_privilege(%(role)s, attrelid, attnum, 'SELECT')",
            table=table,
            role=ROLES[role],
        )
    }
    some = {"app": ("id", "created_at"), "auditor": ("body", "tags", "subjects")}
    assert columns == {
        ("querylog.outbox", role, name) for role, names in some.items() for name in names
    }
    return {
        table: {role: rights.replace("s", ".", 1) for role, rights in cells.items()}
        for table, cells in expected.items()
    }


def test_no_table_of_log_and_keys_is_left_out(admin: extensions.cursor) -> None:
    tables = asked(
        admin,
        "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f')"
        " AND relnamespace IN ('querylog'::regnamespace, 'keys'::regnamespace)",
    )
    partitions = {name for name in tables if name.startswith("querylog.entry_")}
    assert (set(tables) - partitions) | {"querylog.entry_0"} == set(matrix(TABLES))
    assert len(partitions) >= 3
    granted = asked(
        admin,
        "SELECT a.grantee FROM pg_class c, aclexplode(c.relacl) a"
        " WHERE c.oid = ANY (%(partitions)s::regclass[]) AND a.grantee <> c.relowner",
        partitions=list(partitions),
    )
    assert granted == []


def test_each_role_may_call_exactly_these_functions(admin: extensions.cursor) -> None:
    expected = matrix(FUNCTIONS)
    names = asked(
        admin,
        "SELECT proname FROM pg_proc"
        " WHERE pronamespace IN ('querylog'::regnamespace, 'keys'::regnamespace)",
    )
    assert sorted(names) == sorted(expected)
    found = {
        name: {
            role: "x"
            if asked(
                admin,
                "SELECT has_function_privilege(%(role)s, oid, 'EXECUTE') FROM pg_proc"
                " WHERE pronamespace IN ('querylog'::regnamespace, 'keys'::regnamespace)"
                " AND proname = %(name)s",
                role=ROLES[role],
                name=name,
            )[0]
            else "."
            for role in SERVING
        }
        for name in names
    }
    assert found == expected


@pytest.mark.parametrize(
    ("table", "right", "question"),
    [
        (SCHEMAS, {"U": "USAGE", "C": "CREATE"}, "has_schema_privilege"),
        (FENCE, {"x": "EXECUTE"}, "has_function_privilege"),
    ],
    ids=["the schemas", "the fence"],
)
def test_each_role_may_enter_and_hold_exactly_these(
    admin: extensions.cursor, table: str, right: dict[str, str], question: str
) -> None:
    expected = matrix(table)
    found = {
        name: {
            role: "".join(
                letter
                if asked(
                    admin,
                    f"SELECT {question}(%(role)s, %(name)s, '{word}')",
                    role=ROLES[role],
                    name=name,
                )[0]
                else "."
                for letter, word in right.items()
            )
            for role in SERVING
        }
        for name in expected
    }
    assert found == expected


def test_nobody_but_the_owner_draws_or_sets_an_id(admin: extensions.cursor) -> None:
    admin.execute(
        "SELECT r.rolname, string_agg(DISTINCT p, ' ') FROM pg_class c, pg_roles r,"
        " unnest(ARRAY['USAGE', 'SELECT', 'UPDATE']) p"
        " WHERE c.relkind = 'S' AND c.relnamespace IN ('querylog'::regnamespace, 'keys'::regnamespace)"
        " AND r.rolname = ANY (%s) AND has_sequence_privilege(r.oid, c.oid, p) GROUP BY 1",
        [[ROLES[role] for role in SERVING]],
    )
    assert dict(admin.fetchall()) == {
        "custodian_owner": "SELECT UPDATE USAGE",
        "custodian_backup": "SELECT",
    }


def test_no_role_has_more_than_its_grants(admin: extensions.cursor) -> None:
    admin.execute(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY (%s) AND (rolsuper OR rolcreatedb OR rolcreaterole"
        " OR rolreplication OR rolbypassrls)",
        [[ROLES[role] for role in SERVING]],
    )
    assert admin.fetchall() == [("custodian_backup",)]
    admin.execute(
        "SELECT member::regrole::text, roleid::regrole::text FROM pg_auth_members"
        " WHERE member::regrole::text LIKE 'custodian%'"
    )
    assert admin.fetchall() == [("custodian_backup", "pg_read_all_data")]


def test_what_runs_with_the_owners_rights_names_its_search_path(admin: extensions.cursor) -> None:
    admin.execute(
        "SELECT proname, proconfig::text FROM pg_proc"
        " WHERE pronamespace = 'querylog'::regnamespace AND prosecdef ORDER BY 1"
    )
    found = dict(admin.fetchall())
    assert set(found) == {
        *("append", "awaits_reconciliation", "extend", "fill", "forget_subject", "forget_subjects"),
        "thin",
    }
    assert all("search_path=querylog, pg_temp" in settings for settings in found.values())
