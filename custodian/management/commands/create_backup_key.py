"""Makes the key that backups are sealed to; its private half is taken off this host."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from custodian.crypto import backup_box
from custodian.crypto.backup_box import BadBackupKey


class Command(BaseCommand):
    help = "Create the key pair for backups / 建立备份的密钥对"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, required=True, help="the private key / 私钥文件")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["out"]
        try:
            public = backup_box.create(path)
        except (BadBackupKey, OSError) as error:
            raise CommandError(
                _("备份密钥已存在或无法写入：%(path)s。现有密钥不会被覆盖。") % {"path": path}
            ) from error
        self.stdout.write(
            _("私钥已建立：%(path)s。请移到别处保存，本机不留；没有它，备份无法恢复。")
            % {"path": path}
        )
        self.stdout.write(_("请把 CUSTODIAN_BACKUP_KEY 设为下面一行："))
        self.stdout.write(backup_box.public_text(public))
