"""Says whether this installation signed exactly this certificate of destruction."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from records.destruction import certifying


class Command(BaseCommand):
    help = "Check a certificate of destruction / 核对销毁凭证"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the certificate, D-….json")
        parser.add_argument("signature", type=Path, help="its signature, D-….sig")

    def handle(self, *args: Any, **options: Any) -> None:
        body = _read(options["file"])
        try:
            signature = bytes.fromhex(_read(options["signature"]).decode("ascii").strip())
        except ValueError:
            raise CommandError(_("签名文件不是十六进制，请重新下载。")) from None
        if not certifying.is_ours(body, signature):
            raise CommandError(_("不符：内容已改，或不是本系统签署的。"))
        said = json.loads(body)
        self.stdout.write(
            _("相符：批次 %(batch)s，%(at)s 完成，批准 %(n)s 份资料。")
            % {"batch": said["batch"], "at": said["finished-at"], "n": said["approved-holdings"]}
        )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(_("无法读取 %(path)s") % {"path": path}) from error
