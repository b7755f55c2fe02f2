"""Gives the query log a new signing key; the old one signs beside it for thirty days."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from custodian import clock
from custodian.tlog import log_key


class Command(BaseCommand):
    help = "Rotate the signing key of the query log / 轮换查询日志的签名密钥"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--compromised",
            action="store_true",
            help="the old key signs nothing more and is trusted no longer / 旧密钥立即停用且不再受信",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        stolen = options["compromised"]
        policy = settings.CUSTODIAN_LOG_POLICY
        try:
            signer = log_key.rotate(
                settings.CUSTODIAN_LOG_KEY,
                at=clock.real(),
                overlap=timedelta(0) if stolen else log_key.OVERLAP,
            )
            log_key.add_to_policy(policy, signer)
            if stolen:
                log_key.drop_from_policy(policy, but=signer)
        except (log_key.KeyFileRefused, OSError) as error:
            raise CommandError(
                _("不能使用日志密钥 %(path)s（%(why)s）。请先运行 manage.py create_log_key。")
                % {"path": settings.CUSTODIAN_LOG_KEY, "why": error}
            ) from error
        words = (
            _(
                "新密钥已建立，旧密钥已停用。请立即重启定序进程，并把核验策略 %(policy)s"
                " 与最后一个可信的检查点告知监管与见证方。"
            )
            if stolen
            else _(
                "新密钥已建立，旧密钥再签 30 天。请重启定序进程，再把核验策略 %(policy)s 交给监管与见证方。"
            )
        )
        self.stdout.write(words % {"policy": policy})
        self.stdout.write(signer.key.vkey)
