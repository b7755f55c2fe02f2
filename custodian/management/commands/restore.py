"""Puts a backup into an empty database, which serves nobody until `reconcile_restore` was run."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from custodian.backup import elsewhere, restoring
from custodian.errors import CustodianError


class Command(BaseCommand):
    help = "Restore a backup into an empty, migrated database / 把备份恢复到刚迁移的空数据库"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--key", type=Path, required=True, help="private key / 私钥文件")
        parser.add_argument("--keys", type=Path, help="DIR of a later backup with its key stream")
        parser.add_argument(
            "--into", help="another database of the same cluster / 同一集群的另一个库"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        into = options["into"]
        try:
            with elsewhere.inside(into) if into else nullcontext():
                done = restoring.restore(
                    options["folder"],
                    private=options["key"],
                    keys_from=options["keys"],
                    told=lambda table, rows: self.stdout.write(f"{rows:>12,}  {table}"),
                )
        except CustodianError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            _("已恢复 %(rows)s 行，备份时间 %(at)s。")
            % {
                "rows": f"{done.rows:,}",
                "at": f"{done.manifest.at:%Y-%m-%d %H:%M:%S} UTC",
            }
        )
        self.stdout.write(
            _("备份中没有文件。请在核对之前把文件库复制到 CUSTODIAN_VAR 的 store 下。")
            if done.files is None
            else _("已放回 %(n)s 份文件。") % {"n": f"{done.files:,}"}
        )
        for kek, count in done.closed.items():
            self.stdout.write(
                _("有 %(count)s 位客户的密钥由已销毁的 KEK %(kek)s 包裹，他们的资料不能再打开。")
                % {"count": f"{count:,}", "kek": kek}
            )
        self.stdout.write(
            _(
                "核对之前不提供服务。下一步：manage.py reconcile_restore --tombstones DIR --checkpoint FILE"
            )
        )
