"""Prints the public key by which anybody can check this installation's certificates of destruction."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from custodian import keys
from custodian.crypto import signing
from records.destruction import certifying


class Command(BaseCommand):
    help = "Print the public key of certificates of destruction / 打印销毁凭证的公钥"

    def handle(self, *args: Any, **options: Any) -> None:
        key = keys.keyring().signing_key(certifying.KEY)
        self.stderr.write(
            _("Ed25519 公钥 %(id)s；签名覆盖的字节见 docs/stored-format.md")
            % {"id": signing.key_id(key)}
        )
        self.stdout.write(signing.public_bytes(key).hex())
