"""Gives the query log a new signing key; the old one signs beside it for thirty days."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from custodian import clock
from custodian.tlog import log_key


class Command(BaseCommand):
    help = "Rotate the signing key of the query log / 轮换查询日志的签名密钥"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            signer = log_key.rotate(settings.CUSTODIAN_LOG_KEY, at=clock.real())
            log_key.add_to_policy(settings.CUSTODIAN_LOG_POLICY, signer)
        except (log_key.KeyFileRefused, OSError) as error:
            raise CommandError(
                _("不能使用日志密钥 %(path)s（%(why)s）。请先运行 manage.py create_log_key。")
                % {"path": settings.CUSTODIAN_LOG_KEY, "why": error}
            ) from error
        self.stdout.write(
            _(
                "新密钥已建立，旧密钥再签 30 天。请重启定序进程，再把核验策略 %(policy)s 交给监管与见证方。"
            )
            % {"policy": settings.CUSTODIAN_LOG_POLICY}
        )
        self.stdout.write(signer.key.vkey)
