"""Reconciles a restored database with what is known outside it; only then it serves again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from custodian.backup import reconciling, words
from custodian.backup.gaps import LOG
from custodian.errors import CustodianError


class Command(BaseCommand):
    help = "Reconcile a restored database / 核对从备份恢复的数据库"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tombstones", type=Path, required=True, metavar="DIR")
        parser.add_argument("--checkpoint", type=Path, required=True, metavar="FILE")
        parser.add_argument(
            "--ledger",
            type=Path,
            metavar="DIR",
            help="the ledger of transfers, if it is not in its own place / 转让台账，不在原处时指明",
        )
        parser.add_argument("--accept-gap", default="", metavar="REASON")
        parser.add_argument(
            "--physical",
            action="store_true",
            help="put back by the database's own means / 由数据库自身的办法恢复",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = reconciling.reconcile(
                sheets_in=options["tombstones"],
                checkpoint=options["checkpoint"].read_bytes(),
                ledger_in=options["ledger"],
                accept_gap=options["accept_gap"],
                physical=options["physical"],
            )
        except (CustodianError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            _("已重放 %(sheets)s 份销毁凭据：再次销毁 %(holdings)s 件资料、%(subjects)s 位客户。")
            % vars(done.replayed)
        )
        if done.files:
            self.stdout.write(
                _("已删除 %(n)s 份随旧备份回来的已销毁文件。") % {"n": f"{done.files:,}"}
            )
        self.stdout.write(_("已重建 %(count)s 条索引指纹。") % {"count": f"{done.indexes:,}"})
        self.stdout.write(_ledger_told(done.ledger))
        for gap in done.gaps:
            self.stdout.write(words.told({"what": gap.what, **gap.facts()}))
        if any(gap.what == LOG for gap in done.gaps):
            self.stdout.write(
                _(
                    "日志不能以原名继续：请换用新的 CUSTODIAN_LOG_ORIGIN 与密钥，见 docs/runbooks/log.md。"
                )
            )
        self.stdout.write(_("核对完毕，可以提供服务。"))


def _ledger_told(sheets: int) -> str:
    if sheets:
        return _("已核对 %(n)s 份转让台账。") % {"n": f"{sheets:,}"}
    return _(
        "没有转让台账：备份时没有转让，本机的台账文件夹也是空的。"
        "若备份之后建立过转让，请停止服务，重新恢复并以 --ledger 指明台账。"
    )
