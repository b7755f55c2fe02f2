"""Says whether this installation signed exactly this report of an incident."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from incidents.reports import papers
from transfers import signed


class Command(BaseCommand):
    help = "Check a report of an incident / 核对事件的监管报告"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the signed report, I-….json")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            said = papers.read(path.read_bytes())
        except OSError as error:
            raise CommandError(_("无法读取 %(path)s") % {"path": path}) from error
        except signed.BadPaper:
            raise CommandError(_("不符：内容已改，或不是本系统签署的。")) from None
        _body, digest = papers.freeze(said)
        self.stdout.write(
            _("相符：%(incident)s %(name)s 第 %(n)s 版，SHA-256 %(digest)s")
            % {
                "incident": said["incident"],
                "name": said["name"]["zh"],
                "n": said["version"],
                "digest": digest,
            }
        )
