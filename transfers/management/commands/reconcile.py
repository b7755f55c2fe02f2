"""Prints the reconciliation of a transfer, line by line; ends with 1 unless everything came and agrees."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table

from access import actors, scopes
from transfers import finding
from transfers.models import Difference, Transfer
from transfers.receipts import reconciling
from transfers.receipts.reconciling import Line


class Command(BaseCommand):
    help = "Reconcile a transfer / 转让对账"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("transfer", help="T-2026-001")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        transfer = finding.transfer(options["transfer"], side=Transfer.Side.BUYER)
        with scopes.acting(actors.system("receiver")):
            lines = reconciling.lines(transfer)
            differences = reconciling.open_differences(transfer)
        if not any(line.sent or line.came or line.loaded for line in lines):
            raise CommandError(_("转出方的数目和到达的资料都还没有，尚无可对"))
        if options["json"]:
            self.stdout.write(json.dumps(_data(lines, differences), ensure_ascii=False))
        else:
            _show(lines, differences)
        if differences or not all(line.zero for line in lines):
            sys.exit(1)


def _data(lines: list[Line], differences: list[Difference]) -> dict[str, Any]:
    return {
        "lines": [_line(line) for line in lines],
        "differences": [
            {"what": row.what, "ref": row.ref, "part": row.part, "sent": row.sent, "got": row.got}
            for row in differences
        ],
    }


def _cells(line: Line) -> list[str]:
    if line.few:
        return ["—", "—", "—", "0" if line.zero else "≠"]
    if line.money:
        return line.yuan
    loaded = "—" if line.loaded is None else str(line.loaded)
    return [str(line.sent), str(line.came), loaded, str(line.difference)]


def _line(line: Line) -> dict[str, Any]:
    """A sum of few policies is compared and not told."""
    numbers = {"sent": None, "came": None, "loaded": None} if line.few else {}
    return {**vars(line), **numbers, "zero": line.zero}


def _show(lines: list[Line], differences: list[Difference]) -> None:
    console = Console(file=sys.stdout, soft_wrap=True)
    table = Table(_("项目"), _("转出方"), _("已收到"), _("已载入"), _("差异"))
    for line in lines:
        table.add_row(str(line.label), *_cells(line))
    console.print(table)
    for row in differences:
        console.print(f"{row.get_what_display()} {row.ref} {row.part}".rstrip())
