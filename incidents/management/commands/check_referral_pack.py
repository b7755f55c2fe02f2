"""Says whether a pack for the police is as it left this installation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from incidents.reports import packs
from transfers import signed


class Command(BaseCommand):
    help = "Check a referral pack / 核对移送材料"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the pack, I-…-referral-….zip")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            said = packs.check(path.read_bytes())
        except OSError as error:
            raise CommandError(_("无法读取 %(path)s") % {"path": path}) from error
        except signed.BadPaper:
            raise CommandError(_("不符：清单或文件已改，或不是本系统签署的。")) from None
        self.stdout.write(
            _("相符：%(incident)s，%(n)s 个文件，交 %(to)s")
            % {
                "incident": said.get("incident") or said["fraud"],
                "n": len(said["files"]),
                "to": said["to"],
            }
        )
