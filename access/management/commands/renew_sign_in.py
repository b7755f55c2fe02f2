"""Ends a person's sign-in on an administrator's word and prints a one-time link to a new password."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from access import actors, gate, invitations, second_factor
from access.actions import Action
from access.gate import Refused
from access.models import User
from access.vocabulary import Channel


class Command(BaseCommand):
    help = "End a sign-in and print a one-time link / 作废登录并给出一次性链接"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="user name of the person who stands before you")
        parser.add_argument("--by", required=True, metavar="ADMINISTRATOR", help="who renews it")
        parser.add_argument(
            "--second-factor", action="store_true", help="the app is lost too: bind a new one"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user, issuer = _person(options["user"]), _person(options["by"])
        lost = options["second_factor"]
        facts = {"account": user.staff_no, "second_factor": int(lost)}
        action = Action.PASSWORD_LINK_ISSUE
        try:
            with transaction.atomic():
                gate.authorise(actors.staff(issuer), action, channel=Channel.COMMAND, facts=facts)
                # Every session of the person ends with the old password.
                user.set_unusable_password()
                user.save(update_fields=["password"])
                if lost:
                    second_factor.forget(user)
        except Refused as refusal:
            raise CommandError(str(refusal.message)) from refusal
        user.refresh_from_db()
        self.stderr.write(_("请当面交给本人。链接只能用一次，24 小时内有效："))
        self.stdout.write(invitations.link_of(user))


def _person(username: str) -> User:
    user = User.objects.select_related("unit").filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(_("没有在岗的人员使用此登录名：%(name)s") % {"name": username})
    return user
