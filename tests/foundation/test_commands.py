"""The command line: services first, plain words instead of tracebacks, migrations as the owner."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.core.management.commands import migrate as djangos
from django.db import connection

from custodian import databases, embedded
from tests import databases as test_databases
from tests.foundation.processes import REPOSITORY


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        env={**os.environ, **environment},
    )


def test_the_command_line_explains_a_missing_database_without_a_traceback() -> None:
    done = manage("check", CUSTODIAN_ENV="production", DATABASE_URL="", REDIS_URL="")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "DATABASE_URL + REDIS_URL" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [["version"], ["migrate", "--help"]])
def test_commands_that_only_print_start_nothing(arguments: list[str], tmp_path: Path) -> None:
    done = manage(*arguments, CUSTODIAN_VAR=f"{tmp_path}/var", DATABASE_URL="", REDIS_URL="")
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "var/embedded").exists()


@pytest.mark.django_db(transaction=True)
def test_another_process_can_work_on_the_tests_database() -> None:
    done = manage("migrate", "--check", **test_databases.environment())
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("role", ["app", "owner", "superuser"])
def test_embedded_url_prints_a_login_of_the_role(role: embedded.Role) -> None:
    embedded.ensure()
    out = io.StringIO()
    call_command("embedded_url", role=role, stdout=out)
    assert out.getvalue().strip().startswith(f"postgresql://{embedded.ROLES[role]}:")


def test_embedded_url_refuses_when_the_database_is_somebody_elses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(embedded, "active", lambda: None)
    with pytest.raises(CommandError, match="DATABASE_URL"):
        call_command("embedded_url")


@pytest.mark.django_db(transaction=True)
def test_migrate_works_as_the_owner_and_hands_the_alias_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = []

    def handle(self: object, *args: object, **options: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user::text, current_database()")
            seen.append(cursor.fetchone())

    monkeypatch.setattr(djangos.Command, "handle", handle)
    database = connection.settings_dict["NAME"]
    call_command("migrate", verbosity=0)
    handle(None)
    assert seen == [("custodian_owner", database), ("custodian_app", database)]


@pytest.mark.django_db(transaction=True)
def test_the_alias_is_handed_back_when_migrating_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def handle(self: object, *args: object, **options: object) -> None:
        raise CommandError("broken")

    monkeypatch.setattr(djangos.Command, "handle", handle)
    with pytest.raises(CommandError, match="broken"):
        call_command("migrate", verbosity=0)
    assert connection.settings_dict["USER"] == "custodian_app"


def test_migrate_refuses_without_the_owners_login(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(role: embedded.Role) -> str:
        raise databases.DatabaseNotConfigured(role)

    monkeypatch.setattr(databases, "url", nobody)
    with pytest.raises(CommandError, match="DATABASE_OWNER_URL"):
        call_command("migrate", verbosity=0)
    with pytest.raises(CommandError, match="default"):
        call_command("migrate", database="other", verbosity=0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("locale", "words"),
    [("en_GB.UTF-8", "The keyring exists already"), ("C.UTF-8", "密钥环已存在")],
)
def test_the_command_line_answers_in_the_terminals_language(locale: str, words: str) -> None:
    environment = {**test_databases.environment(), "LC_ALL": locale, "PYTHONUTF8": "1"}
    assert words in manage("create_keyring", **environment).stderr
