"""The suite itself: which role it uses, and what that role may not do."""

from __future__ import annotations

import os

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, connection, transaction

from custodian import databases
from tests import databases as test_databases


@pytest.mark.django_db
def test_the_suite_runs_as_the_apps_role_in_its_own_clone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text, session_user::text, current_database()")
        user, session, database = cursor.fetchone()
    assert (user, session) == ("custodian_app", "custodian_app")
    assert database.startswith("custodian_test_")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE django_content_type",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('a', 'b', now())",
        "DELETE FROM django_migrations",
        "ALTER TABLE django_content_type ADD COLUMN extra int",
        "DROP TABLE django_content_type",
        "CREATE TABLE extra (id int)",
        "CREATE TEMP TABLE extra (id int)",
        "CREATE SCHEMA extra",
        "SET ROLE custodian_owner",
        "SET SESSION AUTHORIZATION custodian_owner",
        "SET session_replication_role = replica",
        "SELECT pg_advisory_lock(1)",
        "SELECT pg_try_advisory_xact_lock(1)",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SELECT pg_read_file('PG_VERSION')",
        "CREATE ROLE extra",
    ],
)
def test_the_apps_role_is_refused(statement: str) -> None:
    refusal = pytest.raises(DatabaseError, match=r"permission denied|must be owner")
    with connection.cursor() as cursor, refusal, transaction.atomic():
        cursor.execute(statement)


@pytest.mark.parametrize("role", ["log_writer", "sequencer", "auditor", "backup", "owner"])
@pytest.mark.django_db
def test_every_role_has_a_login_of_its_own_into_the_same_database(role: databases.Role) -> None:
    raw = databases.connect(role, application_name="test")
    try:
        with raw.cursor() as cursor:
            cursor.execute("SELECT current_user::text, current_database()")
            assert cursor.fetchone() == (f"custodian_{role}", connection.settings_dict["NAME"])
    finally:
        raw.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_transactional_test_commits_is_gone_in_the_next_one(turn: int) -> None:
    assert not ContentType.objects.filter(app_label="left").exists()
    assert ContentType.objects.filter(app_label="auth").exists()  # what migrating seeded is back
    ContentType.objects.create(app_label="left", model="behind")


@pytest.mark.django_db(transaction=True)
def test_databases_of_killed_runs_are_dropped_and_living_ones_stay() -> None:
    dead, living = "custodian_test_0_999999999", f"custodian_test_0_{os.getppid()}"
    with test_databases._alone(), test_databases._superuser() as server:
        for name in (dead, living):
            test_databases._create(server, name)
        test_databases._tidy(server, spare="")
        assert not test_databases._exists(server, dead)
        assert test_databases._exists(server, living)
        test_databases._drop(server, living)


@pytest.mark.django_db(transaction=True)
def test_raw_connections_are_closed_before_their_database_goes() -> None:
    raw = databases.connect("log_writer", application_name="test")
    test_databases.before_drop.append(raw.close)
    try:
        test_databases.renew()
    finally:
        test_databases.before_drop.remove(raw.close)
    assert raw.closed
    assert connection.introspection.table_names()
