"""`manage.py invariants` says ok of a whole installation, and names what was broken by whoever broke it."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from unittest import mock

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from psycopg2 import extensions, extras

from access import actors, gate
from access.actions import Action
from access.vocabulary import Role
from custodian import invariants
from custodian.invariants import OK, Options
from records.models import Book, ImportRun
from tests import databases as test_databases
from tests import estate
from tests.security.looking import log, logged_in, look

pytestmark = pytest.mark.django_db(transaction=True)

# What a superuser does, in statements that are undone again; `log` guards are taken off for it.
OPEN = "ALTER TABLE querylog.entry_0 DISABLE TRIGGER ALL; SET session_replication_role = replica; "
BREAKS: Mapping[str, Mapping[str, str]] = {
    "log": {
        "a leaf's word": OPEN
        + """UPDATE querylog.entry SET leaf = replace(leaf, '"act":"reveal"', '"act":"listed"')""",
        "a leaf's bytes": OPEN
        + "UPDATE querylog.entry SET leaf = leaf || ' ' WHERE act = 'reveal'",
        "tags": OPEN + "UPDATE querylog.entry SET tags = decode(repeat('00', 16), 'hex')"
        " WHERE act = 'reveal'",
        "a deleted entry": OPEN + "DELETE FROM querylog.entry WHERE id ="
        " (SELECT min(id) FROM querylog.entry WHERE act = 'reveal')",
        "the time": OPEN
        + "UPDATE querylog.entry SET ts = ts - interval '1 day' WHERE act = 'reveal'",
    },
    "looks": {
        "a customer's list": "DELETE FROM querylog.subject_access",
        "another look in it": "INSERT INTO querylog.subject_access"
        " SELECT gen_random_uuid(), max(id) FROM querylog.entry",
        "a sealed reason": "UPDATE querylog.context SET body_sealed = 'x'",
        "no sealed reason": "DELETE FROM querylog.context",
    },
    "training": {
        "an attempt's end": "UPDATE access_attempt SET valid_until = valid_until + interval '1 year'",
        "an attempt's person": "UPDATE access_attempt SET user_id = user_id, number = number + 1",
        "other words": "UPDATE access_signature SET digest = repeat('0', 64)",
        "an earlier signature": "UPDATE access_signature SET signed_at = signed_at - interval '1 day'",
    },
    "outbox": {
        "the sequencer's rest": "UPDATE querylog.outbox SET created_at = now() - interval '2 minutes'"
    },
    "partitions": {"the last of them": "DROP TABLE querylog.entry_2000000, querylog.entry_4000000"},
    "imports": {
        "a count": "ALTER TABLE records_importrun DROP CONSTRAINT import_run_accounts_for_every_row;"
        " INSERT INTO records_importrun (ref, status, done, note, created_at, book_id, dry_run,"
        " mapping, cursor, rows_in, kept, unchanged, quarantined, skipped, reasons, skips, sources, warnings)"
        " SELECT gen_random_uuid(), 'done', 0, '', now(), id, false, '{}', '{}', 9, 1, 1, 1, 0, '{}',"
        " '{}', '{}', '{}' FROM records_book LIMIT 1"
    },
    "keys": {
        "a holding's": "DELETE FROM keys.data_key WHERE holding IN"
        " (SELECT holding FROM records_identity)",
        "a subject's": "DELETE FROM keys.subject_key",
    },
    "holdings": {
        "a value that is gone": "UPDATE records_identity SET email_sealed = NULL",
        "an epoch": "UPDATE records_finances SET epoch = epoch + 1",
        "a key": "UPDATE keys.data_key SET wrapped = substr(wrapped, 1, 20) || wrapped",
    },
    "keyring": {
        "a key's KEK": "UPDATE keys.data_key SET kek = 77",
        "a customer's KEK": "UPDATE keys.subject_key SET kek = 77",
        "an index root": "UPDATE records_blindindex SET version = 77",
    },
    "indexes": {
        "another customer's": "UPDATE records_blindindex SET holding = gen_random_uuid()",
        "a missing one": "DELETE FROM records_blindindex WHERE element = 'identity.mobile'",
        "customers exchanged": "UPDATE records_identity t SET subject_id = -t.subject_id;"
        " UPDATE records_identity t SET subject_id = s.a + s.b + t.subject_id FROM"
        " (SELECT min(-subject_id) a, max(-subject_id) b FROM records_identity) s",
    },
}


@pytest.fixture
def installation(transactional_db: None) -> None:
    if log():
        test_databases.renew()
    agent = estate.user(Role.AGENT)
    first = estate.customer(of=[agent])
    estate.customer({**estate.ZHANG, "identity.mobile": "13900139000"}, of=[agent])
    for _ in range(2):
        look(agent, first)
    estate.drain()
    with transaction.atomic():
        gate.authorise(actors.staff(agent), Action.CUSTOMER_CHANGE, channel="desk")


def test_a_whole_installation_is_whole(installation: None) -> None:
    assert set(invariants.broken(Options(everything=True)).values()) == {OK}


def test_rows_that_a_rule_left_out_are_accounted_for(installation: None) -> None:
    run = ImportRun(
        book=Book.objects.all()[0], rows_in=9, kept=4, unchanged=1, quarantined=1, skipped=3
    )
    run.save()
    assert list(invariants.imports_add_up(Options())) == []


def test_whatever_is_broken_is_named(installation: None) -> None:
    named, expected = {}, {}
    with logged_in("superuser") as cursor:
        cursor.connection.autocommit = True
        for name, ways in BREAKS.items():
            for way, statements in ways.items():
                cursor.execute("BEGIN")
                for statement in statements.split(";"):
                    cursor.execute(statement.replace("%", "%%"))
                assert cursor.rowcount != 0, way
                cursor.execute("SET session_replication_role = origin")
                said = seen_by(cursor)
                named[f"{name}: {way}"] = name in said
                expected[f"{name}: {way}"] = True
                cursor.execute("ROLLBACK")
    assert named == expected
    assert set(invariants.broken(Options(everything=True)).values()) == {OK}


def seen_by(cursor: extensions.cursor) -> list[str]:
    """What the checks say inside the breaking transaction, which is then taken back."""
    connection.ensure_connection()
    extras.register_default_jsonb(cursor.connection, loads=lambda text: text)  # as Django does
    own = connection.connection
    connection.connection = cursor.connection
    try:
        with mock.patch.object(connection, "close_if_unusable_or_obsolete"):
            said = invariants.broken(Options(everything=True))
    finally:
        connection.connection = own
    return [name for name, state in said.items() if state != OK]


def test_the_command_says_each_and_exits_with_one_when_something_is_broken(
    installation: None, tmp_path: Path
) -> None:
    said = StringIO()
    call_command("invariants", "--all", stdout=said)
    assert [line.split()[1] for line in said.getvalue().splitlines()] == [OK] * len(
        invariants.CHECKS
    )
    with logged_in("superuser") as cursor:
        cursor.execute("UPDATE records_identity SET epoch = epoch + 1")
    with pytest.raises(SystemExit) as ended:
        call_command("invariants", "--all", stdout=said)
    assert ended.value.code == 1
    assert "its values are not those of its last change" in said.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "gb18030"])
def test_a_planted_value_in_a_file_is_named(db: None, tmp_path: Path, encoding: str) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "clean.log").write_text("nothing of anybody")
    options = Options(canaries=("欧阳测试𠮷",), folders=(tmp_path,))
    assert list(invariants.planted_values_are_nowhere(options)) == []
    (tmp_path / "deep" / "app.log").write_bytes(b"x" * (1 << 20) + "欧阳测试𠮷".encode(encoding))
    assert "app.log" in next(invariants.planted_values_are_nowhere(options))
