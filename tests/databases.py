"""Test databases: one template per set of migrations, one clone per test process, used as the app."""

from __future__ import annotations

import fcntl
import functools
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.db import connection
from psycopg2 import extensions, sql

from custodian import databases, embedded
from custodian.embedded.postgres import ROLES, ROLES_SQL

# Called before a database disappears: whoever holds a raw connection to it closes it here.
before_drop: list[Callable[[], None]] = []

KEPT_TEMPLATES = 6
ALIAS_KEYS = ("NAME", "HOST", "PORT", "USER", "PASSWORD")


def begin(*, rebuild: bool = False) -> None:
    """Make the template if these migrations have none yet, clone it, and log in as the app."""
    template = f"custodian_test_{_fingerprint()}"
    with _alone(), _superuser() as server:
        _tidy(server, spare=template)
        if rebuild:
            _drop(server, template)
        if not _exists(server, template):
            _build(server, template)
        _clone(server)
    _assert_role()


def renew() -> None:
    """A fresh clone in place of the used one: rows, sequences and seeds as after migrating."""
    _let_go()
    with _alone(), _superuser() as server:
        _drop(server, _clone_name())
        _clone(server)


@contextmanager
def beside(name: str) -> Iterator[dict[str, str]]:
    """Another database as after migrating, for another process: the variables that lead to it."""
    clone = f"{_clone_name()}_{name}"
    with _alone(), _superuser() as server:
        _drop(server, clone)
        _clone_as(server, clone)
    before = databases.use(clone)
    addresses = environment()
    databases.use(before)
    try:
        yield addresses
    finally:
        with _alone(), _superuser() as server:
            _drop(server, clone)


def end() -> None:
    _let_go()
    with _alone(), _superuser() as server:
        _drop(server, _clone_name())
    databases.use(None)


def environment() -> dict[str, str]:
    """Variables that let another process (a web server, a command) work on this test's database."""
    addresses = {
        databases.VARIABLES[role]: databases.url(role) for role in ROLES if role != "superuser"
    }
    services = embedded.active()
    return {**addresses, **({"REDIS_URL": services.redis_url} if services else {})}


def _build(server: extensions.connection, template: str) -> None:
    # Renamed only when whole, so that an interrupted run leaves no half template behind.
    unfinished = f"{template}_unfinished"
    _drop(server, unfinished)
    _create(server, unfinished)
    databases.use(unfinished)
    with _superuser(unfinished) as inside, inside.cursor() as cursor:
        cursor.execute(ROLES_SQL.read_text(encoding="utf-8"))
    _point_alias()
    call_command("migrate", verbosity=0, interactive=False)
    _let_go()
    _execute(server, "ALTER DATABASE {} RENAME TO {}", unfinished, template)


def _clone(server: extensions.connection) -> None:
    name = _clone_name()
    _clone_as(server, name)
    databases.use(name)
    _point_alias()


def _clone_as(server: extensions.connection, name: str) -> None:
    _create(server, name, template=f"custodian_test_{_fingerprint()}")
    # Rights on a database itself are not part of what a template hands on.
    _execute(server, "REVOKE ALL ON DATABASE {} FROM PUBLIC", name)
    for role in ROLES.values():
        _execute(server, "GRANT CONNECT ON DATABASE {} TO {}", name, role)


def _point_alias() -> None:
    settings = databases.django_settings("app")
    connection.close()
    # In place: threads of a live server make their connections from this very dictionary.
    connection.settings_dict.update({key: settings[key] for key in ALIAS_KEYS})


def _let_go() -> None:
    for close in before_drop:
        close()
    connection.close()


def _assert_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        row = cursor.fetchone()
    assert row == (ROLES["app"], False), f"the suite must run as the app's role, not as {row}"


@functools.cache
def _fingerprint() -> str:
    """One name for everything that shapes the template: migrations, what they read, and roles."""
    digest = hashlib.sha256(ROLES_SQL.read_bytes())
    for app in sorted(apps.get_app_configs(), key=lambda each: each.label):
        files = [*Path(app.path, "migrations").rglob("*"), *Path(app.path).rglob("*.yaml")]
        for path in sorted(files):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(f"{app.label}/{path.name}".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _clone_name() -> str:
    return f"custodian_test_{_fingerprint()}_{os.getpid()}"


def _tidy(server: extensions.connection, *, spare: str) -> None:
    """Drop what killed runs left behind, and the templates of long gone migrations."""
    if embedded.active() is None:
        return
    with server.cursor() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE datname ~ '^custodian_test_' ORDER BY oid DESC"
        )
        names = [str(row[0]) for row in cursor.fetchall()]
    clones = {name: name.split("_") for name in names if name.count("_") >= 3}
    live = {name for name, parts in clones.items() if Path(f"/proc/{parts[3]}").exists()}
    in_use = {"_".join(clones[name][:3]) for name in live} | {spare}
    templates = [name for name in names if name.count("_") == 2]
    for name in {*clones} - live | {*templates[KEPT_TEMPLATES:]} - in_use:
        _drop(server, name)


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time: a template can be copied only while nobody else uses it."""
    folder = Path(os.environ["CUSTODIAN_VAR"])
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "tests.lock").open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _superuser(database: str = "postgres") -> Iterator[extensions.connection]:
    before = databases.use(database)
    try:
        server = databases.connect("superuser", application_name="custodian tests")
    finally:
        databases.use(before)
    try:
        yield server
    finally:
        server.close()


def _create(server: extensions.connection, name: str, *, template: str = "template1") -> None:
    _execute(server, "CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY FILE_COPY",
             name, ROLES["owner"], template)  # fmt: skip


def _drop(server: extensions.connection, name: str) -> None:
    _execute(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _exists(server: extensions.connection, name: str) -> bool:
    with server.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def _execute(server: extensions.connection, statement: str, *names: str) -> None:
    with server.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
