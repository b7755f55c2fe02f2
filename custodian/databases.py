"""Where each database role logs in: the environment's addresses, else the embedded services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

import psycopg2
import psycopg2.extensions

from custodian import embedded, env
from custodian.embedded import Role

VARIABLES: dict[Role, str] = {
    "app": "DATABASE_URL",
    "owner": "DATABASE_OWNER_URL",
    "log_writer": "DATABASE_LOG_WRITER_URL",
    "sequencer": "DATABASE_SEQUENCER_URL",
    "auditor": "DATABASE_AUDITOR_URL",
    "backup": "DATABASE_BACKUP_URL",
    "superuser": "DATABASE_SUPERUSER_URL",
}


@dataclass
class _Choice:
    """The database of every role, when it is not the one in its address."""

    name: str | None = None


_choice = _Choice()


class DatabaseNotConfigured(Exception):
    """Nobody says where this role logs in."""

    def __init__(self, role: Role) -> None:
        name = VARIABLES[role]
        super().__init__(
            f"没有数据库角色 {role} 的地址。请设置 {name}。 / "
            f"There is no address for the database role {role}. Set {name}."
        )


def url(role: Role) -> str:
    """The address of this role, with its password: never print it."""
    address = env.text(VARIABLES[role], default="") or _embedded(role)
    if _choice.name is None:
        return address
    return urlunsplit(urlsplit(address)._replace(path=f"/{_choice.name}"))


def django_settings(role: Role, *, application_name: str = "custodian") -> dict[str, Any]:
    """One entry of settings.DATABASES; a place that does not exist when nothing is configured."""
    try:
        parts = urlsplit(url(role))
    except DatabaseNotConfigured:
        # Type checks and makemessages read the settings on machines without any database.
        parts = urlsplit("postgresql://nobody@%2Fdatabase-not-configured/none")
    options = {"application_name": application_name, **dict(parse_qsl(parts.query))}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # A statement carries its actor in front of it; a named cursor would return that instead.
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": options,
    }


def use(name: str | None) -> str | None:
    """Point every role at another database of the same cluster; returns what was used before."""
    before, _choice.name = _choice.name, name
    return before


def connect(role: Role, *, application_name: str) -> psycopg2.extensions.connection:
    """A raw connection in autocommit, which no Django transaction holds or rolls back."""
    connection = psycopg2.connect(url(role), application_name=application_name, connect_timeout=5)
    connection.autocommit = True
    return connection


def _embedded(role: Role) -> str:
    services = embedded.active()
    if services is None or services.postgres is None:
        raise DatabaseNotConfigured(role)
    return services.url(role)
