"""Django's migrate with the owner's login, since the app's role owns and alters nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.translation import gettext as _

from custodian import databases
from custodian.embedded import ROLES

LOGIN = ("HOST", "PORT", "USER", "PASSWORD")


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        if options["database"] != DEFAULT_DB_ALIAS:
            raise CommandError(_("只有一个数据库别名 default 可以迁移。"))
        with _as_owner():
            super().handle(*args, **options)
            _protect_the_record_of_migrations()


@contextmanager
def _as_owner() -> Iterator[None]:
    try:
        databases.url("owner")
    except databases.DatabaseNotConfigured:
        raise CommandError(
            _("迁移需要数据库属主的登录。请只在迁移时设置 DATABASE_OWNER_URL。")
        ) from None
    connection = connections[DEFAULT_DB_ALIAS]
    owner = databases.django_settings("owner", application_name="custodian migrate")
    before = {key: connection.settings_dict[key] for key in LOGIN}
    connection.close()
    connection.settings_dict.update({key: owner[key] for key in LOGIN})
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def _protect_the_record_of_migrations() -> None:
    """The app reads which migrations ran (checks do), and must not be able to write it."""
    connection = connections[DEFAULT_DB_ALIAS]
    if "django_migrations" not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        cursor.execute(f"REVOKE ALL ON django_migrations FROM {ROLES['app']}")
        cursor.execute(f"GRANT SELECT ON django_migrations TO {ROLES['app']}")
