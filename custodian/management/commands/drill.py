"""Plays what might happen on throw-away copies; the exit code is 0 only if every promise was kept."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rich.console import Console

from custodian.databases import DatabaseNotConfigured
from custodian.drills import destroy, destroy_report, report, steps, tamper
from custodian.drills.handover import drill as handover
from custodian.drills.leak import drill as leak
from custodian.drills.scratch import Impossible

INTERRUPTED = 130


@dataclass(frozen=True)
class Kind:
    """A drill by name: what may be asked of it, how it is played, and how it is told."""

    help: str
    add_arguments: Callable[[CommandParser], None]
    play: Callable[[Mapping[str, Any], Console], Any]
    as_table: Callable[[Any, Console], None]
    as_json: Callable[[Any], Mapping[str, Any]]


KINDS: Mapping[str, Kind] = {
    "tamper": Kind(
        "A malicious administrator of the log's database / 恶意的日志数据库管理员",
        tamper.add_arguments,
        tamper.drill,
        report.as_table,
        report.as_json,
    ),
    "destroy": Kind(
        "A destroyed customer and an old backup / 已销毁的客户与旧备份",
        destroy.add_arguments,
        destroy.drill,
        destroy_report.as_table,
        steps.as_json,
    ),
    "leak": Kind(
        "A list that insiders sold / 内部人员出售的名单",
        leak.add_arguments,
        leak.drill,
        leak.as_table,
        steps.as_json,
    ),
    "handover": Kind(
        "A book to another insurer and back / 账册转给另一家机构，再转回来",
        handover.add_arguments,
        handover.drill,
        handover.as_table,
        steps.as_json,
    ),
}
WHY: Mapping[str, Promise | str] = {
    "another-drill": _("另一次演练正在进行，请稍后再试。"),
    "no-superuser": _(
        "演练要建立并丢弃数据库，请把 DATABASE_SUPERUSER_URL 设为数据库超级用户的登录。"
    ),
    "no-witness": _("演练的见证方没有应答。"),
    "not-whole": _("副本在动手之前就不完整。请先运行 manage.py verify_log。"),
    "nothing-changed": _("一种做法什么也没有改动，演练因此作废。"),
    "nothing-to-attack": _("日志里没有一种做法所需的条目，演练因此作废。"),
    "sealed": _("密钥环不能使用。请先运行 manage.py create_keyring，或恢复 CUSTODIAN_KEYRING。"),
    "trigger-silent": _("以复制身份删除时触发器没有拒绝，请检查数据库的触发器。"),
}


class Command(BaseCommand):
    help = "Play on copies what might happen / 在副本上演练可能发生的事"

    def add_arguments(self, parser: CommandParser) -> None:
        kinds = parser.add_subparsers(dest="kind", metavar="DRILL", required=True)
        for name, kind in KINDS.items():
            each = kinds.add_parser(name, help=kind.help)
            kind.add_arguments(each)
            each.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        kind = KINDS[options["kind"]]
        console = Console(highlight=False, quiet=options["json"])
        try:
            played = kind.play(options, console)
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        except DatabaseNotConfigured as error:
            raise CommandError(str(error)) from error
        except Impossible as error:
            raise CommandError(str(WHY[str(error)])) from error
        if options["json"]:
            self.stdout.write(json.dumps(kind.as_json(played), ensure_ascii=False))
        else:
            kind.as_table(played, console)
        if not played.kept:
            sys.exit(1)
