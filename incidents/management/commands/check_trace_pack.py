"""Says whether the evidence pack of a trace is as it left, and whether the log holds that trace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from incidents.tracing import packing
from transfers import signed


class Command(BaseCommand):
    help = "Check the evidence pack of a trace / 核对溯源的取证材料"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the pack, L-….zip")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            said = packing.check(path.read_bytes())
        except OSError as error:
            raise CommandError(_("无法读取 %(path)s") % {"path": path}) from error
        except signed.BadPaper:
            raise CommandError(_("不符：清单、文件或日志证明已改，或不是本系统签署的。")) from None
        self.stdout.write(
            _("相符：%(trace)s，%(n)s 个文件，交 %(to)s；溯源在日志中")
            % {"trace": said["trace"], "n": len(said["files"]), "to": said["to"]}
        )
