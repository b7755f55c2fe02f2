"""`manage.py audit`: do what audits are due, or one day again because reasons came in late."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from access.audits import reports, running
from access.models import AuditRun
from custodian.workflow import IllegalMove


class Command(BaseCommand):
    help = "Audit the days that are due; with --again one day once more"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", type=date.fromisoformat, metavar="DAY")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = running.again(options["again"]) if options["again"] else running.catch_up()
        except running.NotAudited as error:
            raise CommandError(str(error.message)) from None
        except IllegalMove:
            raise CommandError(_("另一个进程正在审计，请稍后再试")) from None
        for run_id in reports.owed(most=done):
            reports.make(AuditRun.objects.get(pk=run_id))
        self.stdout.write(_("已审计 %(n)s 天") % {"n": done})
