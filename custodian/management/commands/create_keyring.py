"""Makes this installation's keyring, once and on purpose."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from custodian import keys
from custodian.crypto.errors import CryptoError, KeyringSealed
from custodian.crypto.keyring import FileKeyring
from custodian.crypto.suites import Suite


class Command(BaseCommand):
    help = "Create the keyring of this installation / 建立本机构的密钥环"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--suite", choices=[suite.name for suite in Suite], default="AES_256_GCM"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.CUSTODIAN_KEYRING
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            FileKeyring.create(
                path,
                insurer=settings.CUSTODIAN_INSURER,
                suite=Suite[options["suite"]],
                token=keys.token(),
            )
        except KeyringSealed as error:
            raise CommandError(
                _("令牌不能使用（%(why)s）。请核对 CUSTODIAN_PKCS11_ 开头的设置。")
                % {"why": error.reason}
            ) from error
        except CryptoError as error:
            raise CommandError(
                _("密钥环已存在或无法写入：%(path)s。现有密钥环不会被覆盖。") % {"path": path}
            ) from error
        self.stdout.write(_("密钥环已建立：%(path)s。请另存一份到别处。") % {"path": path})
