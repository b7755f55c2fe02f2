"""A witness of query logs, run by a regulator or a data-protection officer on a machine of their own."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from custodian.tlog import witness
from custodian.tlog.witness_state import CannotStart


class Command(BaseCommand):
    help = "Run a witness of query logs; it needs no database / 运行查询日志的见证，不需要数据库"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        witness.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            witness.run(options, say=self._say)
        except CannotStart as error:
            raise CommandError(str(error)) from error

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
