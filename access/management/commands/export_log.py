"""Writes a bundle of the query log to a file, for whoever verifies it at home."""

from __future__ import annotations

import getpass
import os
from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from access import actors, cases, gate, ports, scopes
from access.actions import Action
from access.bundles import building, proofreading
from access.bundles.building import NothingSealed, Order
from access.bundles.criteria import Criteria
from access.bundles.words import scope_words
from access.models import Handout, Unit, User
from access.querylog.heads import Head, head_at
from access.vocabulary import Channel


class Command(BaseCommand):
    help = "Export a bundle of the query log / 导出查询日志取证包"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=_day, required=True, metavar="DAY", help="2026-11-01")
        parser.add_argument("--until", type=_day, required=True, metavar="DAY", help="2026-11-30")
        parser.add_argument(
            "--subject", action="append", default=[], metavar="REF", help="customer / 客户编号"
        )
        parser.add_argument(
            "--operator", action="append", default=[], metavar="NO", help="staff no. / 工号"
        )
        parser.add_argument(
            "--unit", action="append", default=[], metavar="CODE", help="unit / 机构代码"
        )
        parser.add_argument("--recipient", default="", help="for whom / 接收人")
        parser.add_argument(
            "--checkpoint",
            type=int,
            metavar="SIZE",
            help="as the log was then / 以当时的检查点为准",
        )
        parser.add_argument("--out", type=Path, required=True, metavar="ZIP")
        parser.add_argument("--force", action="store_true", help="replace the file / 覆盖已有文件")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["out"].exists() and not options["force"]:
            raise CommandError(
                _("文件已存在：%(path)s。请换一个，或加上 --force。") % {"path": options["out"]}
            )
        if options["since"] > options["until"]:
            raise CommandError(_("“至”早于“自”，请核对"))
        actor = actors.system("bundler")
        with scopes.acting(actor):
            criteria = _criteria(options)
            entry = gate.permit(
                actor, Action.LOG_EXPORT, purpose="audit", channel=Channel.COMMAND,
                facts={"criteria": criteria.dump(), "recipient": options["recipient"]},
            ).entry  # fmt: skip
            built = self._write(criteria, options)
        self.stdout.write(
            _("已导出 %(count)s 条至 %(path)s（检查点 %(size)s，日志条目 #%(entry)s）。")
            % {
                "count": f"{built.entries:,}",
                "path": options["out"],
                "size": f"{built.size:,}",
                "entry": f"{entry:,}",
            }
        )

    def _write(self, criteria: Criteria, options: dict[str, Any]) -> building.Built:
        head = _head(options["checkpoint"])
        handed = Handout.objects.filter(at__lt=head.made_at).order_by()
        order = Order(
            criteria=criteria,
            recipient=options["recipient"] or getpass.getuser(),
            case="—",
            language=get_language() or "zh-hans",
            scope=scope_words(criteria, _called(criteria)),
            priors=list(handed.values_list("size", flat=True).distinct()),
        )
        fresh = options["out"].with_name(f".{options['out'].name}.part")
        try:
            with open(fresh, "wb", opener=_for_me_only) as file:
                built = building.build(order, file, head=head)
            with fresh.open("rb") as file:
                proofreading.verdict(file, held=None)
            fresh.replace(options["out"])
        except proofreading.NotWhole as error:
            raise CommandError(f"{error.message} ({error.found.because})") from error
        except OSError as error:
            raise CommandError(_("不能写入 %(path)s") % {"path": options["out"]}) from error
        finally:
            fresh.unlink(missing_ok=True)
        return built


def _for_me_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(_("请写成 2026-11-01 的样子")) from None


def _head(size: int | None) -> Head:
    if size is not None:
        if (head := head_at(size)) is None:
            raise CommandError(_("没有大小为 %(size)s 的检查点") % {"size": size})
        return head
    try:
        return building.await_head(patience=building.PATIENCE)
    except NothingSealed as error:
        raise CommandError(_("日志还没有已公布的检查点。请先运行 manage.py sequencer。")) from error


def _criteria(options: dict[str, Any]) -> Criteria:
    named = bool(options["subject"] or options["operator"] or options["unit"])
    return Criteria(
        since=options["since"],
        until=options["until"],
        everything=not named,
        operators=tuple(_operator(number) for number in options["operator"]),
        customers=tuple(_customer(ref) for ref in options["subject"]),
        units=tuple(_unit(code) for code in options["unit"]),
    )


def _called(criteria: Criteria) -> dict[str, str]:
    return {str(uid): ref for uid, ref in cases.called(criteria.customers).items()}


def _operator(number: str) -> UUID:
    user = User.objects.filter(staff_no__iexact=number).first()
    if user is None:
        raise CommandError(_("没有这个工号，请核对"))
    return user.ref


def _unit(code: str) -> str:
    if not Unit.objects.filter(code=code).exists():
        raise CommandError(_("没有这个机构代码"))
    return code


def _customer(ref: str) -> UUID:
    uid = ports.customers().uid_of(ref)
    if uid is None:
        raise CommandError(_("没有找到此客户编号，请核对"))
    return uid
