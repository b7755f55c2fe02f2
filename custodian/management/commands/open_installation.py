"""The first things of an empty installation: a head office, the insurer's book, one administrator."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from access import actors, gate, invitations, scopes
from access.actions import Action
from access.models import Unit, User
from access.vocabulary import Channel, Role
from records import books


class Command(BaseCommand):
    help = "Open an empty installation / 启用一个空的系统"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--unit", required=True, metavar="CODE", help="head office / 总公司代码"
        )
        parser.add_argument("--unit-name", required=True, help="its name / 总公司名称")
        parser.add_argument("--username", required=True, help="administrator / 系统管理员登录名")
        parser.add_argument("--staff-no", required=True, help="staff number / 工号")
        parser.add_argument("--name", required=True, help="name / 姓名")

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists():
            raise CommandError(_("已有人员。请由系统管理员在合规后台登记其他人。"))
        actor = actors.system("installation")
        with scopes.acting(actor), transaction.atomic():
            facts = {"account": options["staff_no"], "role": Role.ADMINISTRATOR.value}
            gate.authorise(actor, Action.USER_CHANGE, channel=Channel.COMMAND, facts=facts)
            user = self._open(options)
        self.stderr.write(_("请当面交给本人。链接只能用一次，24 小时内有效："))
        self.stdout.write(invitations.link_of(user))

    def _open(self, options: dict[str, Any]) -> User:
        unit, _made = Unit.objects.get_or_create(
            code=options["unit"], defaults={"name": options["unit_name"]}
        )
        books.own()
        return User.objects.create_user(
            options["username"],
            staff_no=options["staff_no"],
            name=options["name"],
            role=Role.ADMINISTRATOR,
            unit=unit,
            password=None,
        )
