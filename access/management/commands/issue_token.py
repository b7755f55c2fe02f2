"""Issues one API token on an administrator's word, and prints its secret this once."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from access import actors, scopes, tokens
from access.actions import Action
from access.gate import Refused
from access.models import User
from access.vocabulary import Channel, Purpose


class Command(BaseCommand):
    help = "Issue an API token / 签发接口令牌"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="user name of the person the token acts for")
        parser.add_argument("--by", required=True, metavar="ADMINISTRATOR", help="who issues it")
        parser.add_argument("--name", required=True, help="what it is for")
        parser.add_argument("--action", action="append", required=True, choices=list(Action))
        parser.add_argument("--purpose", action="append", required=True, choices=Purpose.values)
        parser.add_argument("--days", type=int, default=90)
        parser.add_argument("--network", action="append", default=[], help="10.0.0.0/8")

    def handle(self, *args: Any, **options: Any) -> None:
        user, issuer = self._person(options["user"]), self._person(options["by"])
        actor = actors.staff(issuer)
        try:
            with scopes.acting(actor):
                token, raw = tokens.issue(
                    user,
                    name=options["name"],
                    actions=options["action"],
                    purposes=options["purpose"],
                    days=options["days"],
                    networks=options["network"],
                    channel=Channel.COMMAND,
                    actor=actor,
                )
        except Refused as refusal:
            raise CommandError(str(refusal.message)) from refusal
        except (ValidationError, ValueError) as error:
            raise CommandError(_("令牌没有签发：%(why)s") % {"why": error}) from error
        until = token.expires_at.date().isoformat()
        self.stderr.write(_("令牌已签发，有效至 %(until)s。它只显示这一次：") % {"until": until})
        self.stdout.write(raw)

    def _person(self, username: str) -> User:
        user = User.objects.select_related("unit").filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(_("没有在岗的人员使用此登录名：%(name)s") % {"name": username})
        return user
