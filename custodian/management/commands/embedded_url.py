"""Prints the address of the embedded database, for psql and scripts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from custodian import embedded


class Command(BaseCommand):
    help = _("显示内置数据库的地址（含密码）。只用于内置数据库。")
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--role", choices=sorted(embedded.ROLES), default="app")

    def handle(self, *_args: Any, **options: Any) -> str:
        services = embedded.active()
        if services is None or services.postgres is None:
            raise CommandError(_("数据库由 DATABASE_URL 给出，不是内置的；地址请问管理它的人。"))
        return services.url(options["role"])
