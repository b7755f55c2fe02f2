"""Services of one run: a folder of its own, a migrated database, and copies of it by name."""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from psycopg2 import sql

DATABASE = "custodian"


@contextmanager
def running(*, stacks: str) -> Iterator[Path]:
    """PostgreSQL and Valkey in a temporary folder, gone afterwards. Loopback only."""
    var = Path(tempfile.mkdtemp(prefix="custodian-bench-"))
    os.environ |= {
        "CUSTODIAN_VAR": str(var),
        "CUSTODIAN_ENV": "local",
        "CUSTODIAN_API_RATE": "1000000000/min",
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
        "BENCH_STACK": stacks,
    }
    for name in ("DATABASE_URL", "REDIS_URL", "CUSTODIAN_KEYRING", "CUSTODIAN_DEMO"):
        os.environ.pop(name, None)
    from custodian import embedded

    try:
        embedded.ensure()
        _prepare()
        yield var
    finally:
        _leave()
        embedded.release()
        shutil.rmtree(var, ignore_errors=True)


def _prepare() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
    call_command("create_keyring", verbosity=0, stdout=io.StringIO())


def _leave() -> None:
    if "django" in sys.modules:
        from django.db import connection

        from access.querylog import writer

        writer.stop()
        connection.close()


@contextmanager
def superuser(name: str = DATABASE) -> Iterator[psycopg2.extensions.cursor]:
    from custodian import databases

    before = databases.use(name)
    try:
        raw = databases.connect("superuser", application_name="custodian bench")
    finally:
        databases.use(before)
    try:
        with raw.cursor() as cursor:
            yield cursor
    finally:
        raw.close()


def copy(name: str, *, of: str = DATABASE) -> None:
    """A second database with everything the first has, for all roles."""
    from custodian.embedded.postgres import ROLES

    use(of)
    _leave()
    with superuser("postgres") as cursor:
        names = sql.Identifier(name), sql.Identifier(ROLES["owner"]), sql.Identifier(of)
        cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(*names))


def use(name: str) -> None:
    """Work on this database from now on: every role, and nothing remembered of another one."""
    from django.db import connection

    from access import keystore, policy
    from custodian import databases

    _leave()
    databases.use(name)
    settings = databases.django_settings("app")
    connection.settings_dict.update({"NAME": settings["NAME"]})
    keystore.forget()
    policy.forget()


def environment() -> dict[str, str]:
    """For the web servers: addresses instead of a lease of the services."""
    from custodian import databases, embedded
    from custodian.embedded.postgres import ROLES

    services = embedded.active()
    assert services is not None
    roles = [role for role in ROLES if role != "superuser"]
    return {
        **{databases.VARIABLES[role]: databases.url(role) for role in roles},
        "REDIS_URL": services.redis_url,
    }
