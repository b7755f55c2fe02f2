"""Databases for a drill, beside the real one and gone with it: nothing here ever writes to the real one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from psycopg2 import extensions, sql

from custodian import databases
from custodian.backup.elsewhere import inside
from custodian.embedded import ROLES
from custodian.embedded.postgres import ROLES_SQL

__all__ = ["Impossible", "Scratch", "inside", "migrate", "opened", "superuser"]

MAINTENANCE = "postgres"


class Impossible(Exception):
    """The drill cannot be played here; the message is a code."""


class Scratch:
    """The databases of one drill. Only one drill at a time may stand beside a database."""

    def __init__(self, beside: str) -> None:
        self._prefix = f"{beside[:40]}_drill_"
        self._server = superuser(MAINTENANCE)
        try:
            self._begin()
        except BaseException:
            self._server.close()
            raise

    def _begin(self) -> None:
        with self._server.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            if cursor.fetchone() != (True,):
                raise Impossible("no-superuser")
            cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [self._prefix])
            if cursor.fetchone() != (True,):
                raise Impossible("another-drill")
        self.clear()

    def create(self, name: str, *, template: str = "template1") -> str:
        """A database for all roles, like the template; nobody else may connect to it."""
        name = self._prefix + name
        self._run(
            "CREATE DATABASE {} OWNER {} TEMPLATE {}",
            name,
            ROLES["owner"],
            template,
        )
        # Rights on a database itself are not part of what a template hands on.
        self._run("REVOKE ALL ON DATABASE {} FROM PUBLIC", name)
        for role in ROLES.keys() - {"superuser"}:
            self._run("GRANT CONNECT ON DATABASE {} TO {}", name, ROLES[role])
        return name

    def drop(self, name: str) -> None:
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def clear(self) -> None:
        """Drop them all, those of a drill that was killed as well."""
        with self._server.cursor() as cursor:
            cursor.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [self._prefix]
            )
            for (name,) in cursor.fetchall():
                self.drop(name)

    def close(self) -> None:
        try:
            self.clear()
        finally:
            self._server.close()

    def _run(self, statement: str, *names: str) -> None:
        with self._server.cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def opened(beside: str) -> Iterator[Scratch]:
    """However the drill ends, its databases are gone afterwards."""
    scratch = Scratch(beside)
    try:
        yield scratch
    finally:
        scratch.close()


def migrate(name: str) -> None:
    """Give an empty database the tables, roles and rights of this version."""
    server = superuser(name)
    try:
        with server.cursor() as cursor:
            cursor.execute(ROLES_SQL.read_text("utf-8"))
    finally:
        server.close()
    with inside(name):
        call_command("migrate", verbosity=0, interactive=False)


def superuser(name: str) -> extensions.connection:
    """Raises `DatabaseNotConfigured` where nobody says how a superuser logs in."""
    before = databases.use(name)
    try:
        return databases.connect("superuser", application_name="custodian drill")
    finally:
        databases.use(before)
