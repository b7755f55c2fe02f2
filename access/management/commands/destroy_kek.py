"""`manage.py destroy_kek NUMBER`: destroy an earlier key-encrypting key whose hours of grace are over."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from access import actors, scopes
from access.key_rotation import retiring
from custodian.errors import CustodianError


class Command(BaseCommand):
    help = "Destroy an earlier key-encrypting key that wraps nothing / 销毁不再包裹任何密钥的旧密钥"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int, help="its number / 密钥编号")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with scopes.acting(actors.system("key-rotator")):
                retiring.destroy(options["number"])
        except CustodianError as error:
            raise CommandError(str(error.message) or error.code) from error
        self.stdout.write(_("第 %(n)s 号密钥已销毁。") % {"n": options["number"]})
