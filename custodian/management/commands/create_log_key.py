"""Makes the first signing key of the query log, and names it in the policy that others verify by."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from custodian.tlog import log_key


class Command(BaseCommand):
    help = "Create the signing key of the query log / 建立查询日志的签名密钥"

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.CUSTODIAN_LOG_KEY
        try:
            signer = log_key.create(path, origin=settings.CUSTODIAN_LOG_ORIGIN)
            log_key.add_to_policy(settings.CUSTODIAN_LOG_POLICY, signer)
        except (log_key.KeyFileRefused, OSError) as error:
            raise CommandError(
                _("日志密钥已存在或无法写入：%(path)s。现有密钥不会被覆盖。") % {"path": path}
            ) from error
        self.stdout.write(
            _("日志密钥已建立：%(path)s。请把核验策略 %(policy)s 交给监管与见证方。")
            % {"path": path, "policy": settings.CUSTODIAN_LOG_POLICY}
        )
        self.stdout.write(signer.key.vkey)
