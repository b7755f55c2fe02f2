"""Makes a backup in sealed files with a signed manifest, and lets the old ones go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from custodian.backup import keeping, making, manifest
from custodian.backup.files import FILES
from custodian.backup.manifest import Manifest
from custodian.databases import DatabaseNotConfigured
from custodian.errors import CustodianError


class Command(BaseCommand):
    help = "Back the database up, sealed to a key elsewhere / 备份数据库，以别处的密钥加密"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, default=settings.CUSTODIAN_BACKUPS)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            folder = making.make(options["out"])
            made = manifest.read(folder)
            expired = keeping.expire(options["out"])
        except (CustodianError, DatabaseNotConfigured) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            _("备份已完成：%(folder)s，%(rows)s 行。")
            % {"folder": folder, "rows": f"{sum(made.rows.values()):,}"}
        )
        for name, file in made.files.items():
            self.stdout.write(f"{name:<6} {file.size:>15,}  {file.sha256}  {file.name}")
        self._tell_of_files(made)
        self.stdout.write(
            _("已删除到期的密钥流 %(keys)s 份、数据流 %(data)s 份、物理备份文件 %(physical)s 个。")
            % vars(expired)
        )

    def _tell_of_files(self, made: Manifest) -> None:
        if (file := made.files.get(FILES)) is None:
            self.stdout.write(_("文件库不在备份中（CUSTODIAN_BACKUP_FILES=0），请另行备份。"))
            return
        self.stdout.write(_("其中文件 %(n)s 份。") % {"n": f"{file.files:,}"})
        if file.missing:
            words = _(
                "有 %(n)s 份文件登记在册而不在文件库中，未能备份。请运行 manage.py scrub 查明。"
            )
            self.stderr.write(words % {"n": f"{file.missing:,}"})
