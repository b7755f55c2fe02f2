"""Takes over from a csv file who reports to whom, and says which rows were refused and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from access import actors, reporting_lines, scopes
from access.reporting_lines import Unreadable
from access.vocabulary import Channel


class Command(BaseCommand):
    help = "Import reporting lines (csv: staff_no,manager) / 导入上下级关系（csv：工号,上级工号）"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="csv, UTF-8 or GB18030")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = actors.system("personnel")
        try:
            rows = reporting_lines.read(reporting_lines.decoded(options["file"].read_bytes()))
        except OSError as error:
            raise CommandError(_("打不开文件：%(why)s") % {"why": error.strerror}) from error
        except Unreadable as error:
            raise CommandError(str(error.message)) from error
        with scopes.acting(actor):
            report = reporting_lines.take_over(rows, channel=Channel.COMMAND, actor=actor)
        for each in report.refused:
            self.stdout.write(
                _("第 %(row)s 行 %(no)s：%(why)s")
                % {"row": each.row.number, "no": each.row.person or "—", "why": each.why}
            )
        self.stdout.write(
            _("读入 %(rows)s = 变更 %(changed)s + 未变 %(same)s + 拒绝 %(refused)s")
            % {
                "rows": report.rows,
                "changed": report.changed,
                "same": report.same,
                "refused": len(report.refused),
            }
        )
