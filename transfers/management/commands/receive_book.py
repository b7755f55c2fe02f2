"""Takes a package in: signature first, then quarantine and checks; nothing goes live by this."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access import actors, scopes
from access.vocabulary import Channel
from transfers.models import Arrival
from transfers.packages.errors import PackageRefused
from transfers.receipts import reconciling
from transfers.receiving import arriving, laying_out


class Command(BaseCommand):
    help = "Receive the package of a transfer / 接收移交包"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("package", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with (
                options["package"].open("rb") as file,
                scopes.acting(actors.system(laying_out.ACTOR)) as actor,
            ):
                assert actor is not None  # noqa: S101  it was just named
                arrival = arriving.take(
                    arriving.pieces_of(file), channel=Channel.COMMAND.value, actor=actor
                )
            arrival = laying_out.work(arrival.pk)
        except OSError as error:
            raise CommandError(_("无法读取 %(path)s") % {"path": options["package"]}) from error
        except PackageRefused as refused:
            said = {"why": refused, "code": refused.reason, "entry": refused.entry}
            text = _("拒收：%(why)s（%(code)s，日志第 %(entry)s 条）。没有导入任何内容。")
            raise CommandError(text % said) from refused
        self.stdout.write(_said(arrival))


def _said(arrival: Arrival) -> str:
    found = len(reconciling.open_differences(arrival.transfer))
    came = ngettext("收到 %(n)s 名客户", "收到 %(n)s 名客户", arrival.done) % {"n": arrival.done}
    differing = ngettext("%(n)s 处差异", "%(n)s 处差异", found) % {"n": found}
    left = differing if found else _("没有差异")
    return f"{arrival.transfer.code}: {came}；{left}"
