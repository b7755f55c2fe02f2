"""Takes the files of a transfer whose seller has no such system: sealed, surveyed, rehearsed if mapped."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table

from access import actors, scopes
from access.actors import Actor
from access.models import Unit
from access.vocabulary import Channel
from custodian.errors import CustodianError
from records.importing import engine, report, runs, surveying
from records.importing import mapping as mappings
from records.importing.readers import SourceRefused
from records.importing.report import Report
from records.importing.targets import TARGETS, Kind
from records.models import FileSurvey, ImportRun
from transfers import finding
from transfers.legacy import taking
from transfers.models import Transfer


class Command(BaseCommand):
    help = "Receive the files of a transfer / 接收转出方的文件"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("transfer", help="T-2026-001")
        parser.add_argument("files", nargs="+", type=Path, help="csv, xlsx, parquet")
        parser.add_argument(
            "--mapping", default="", help="a saved mapping, name or name@2 / 对应关系"
        )
        parser.add_argument("--kind", default="", choices=["", *(each.value for each in Kind)])
        parser.add_argument("--unit", default="", help="unit of the customers / 承接机构")

    def handle(self, *args: Any, **options: Any) -> None:
        transfer = finding.transfer(options["transfer"], side=Transfer.Side.BUYER)
        console = Console(file=sys.stdout, soft_wrap=True)
        try:
            with scopes.acting(actors.system("receiver")) as receiver:
                assert receiver is not None  # noqa: S101  it was just named
                run = self._take(transfer, options, receiver)
            for survey in FileSurvey.objects.filter(file__run=run).order_by("pk"):
                _show(console, surveying.work(survey.pk, channel=Channel.COMMAND))
            if options["mapping"]:
                run = _rehearsed(transfer, run)
                report.show(console, Report.of(run))
        except SourceRefused as refused:
            raise CommandError(report.refusal(refused.code, refused.row)) from None
        except CustodianError as error:
            raise CommandError(str(error.message)) from None
        self.stdout.write(_next(transfer, run))

    def _take(self, transfer: Transfer, options: dict[str, Any], actor: Actor) -> ImportRun:
        unit = Unit.objects.filter(code=options["unit"]).first() if options["unit"] else None
        if options["unit"] and unit is None:
            raise CommandError(
                _("没有代码为 %(code)s 的机构，请先建立机构") % {"code": options["unit"]}
            )
        return taking.take(
            transfer,
            runs.receive(options["files"]),
            unit=unit,
            kind=options["kind"],
            name=options["mapping"],
            channel=Channel.COMMAND.value,
            actor=actor,
        )


def _rehearsed(transfer: Transfer, run: ImportRun) -> ImportRun:
    with scopes.acting(actors.system("importer")) as importer:
        assert importer is not None  # noqa: S101  it was just named
        mapping = mappings.load(run.mapping["toml"])
        taking.rehearse(transfer, run, mapping, actor=importer)
    return engine.work(run.pk, channel=Channel.COMMAND)


def _show(console: Console, survey: FileSurvey) -> None:
    for sheet in survey.sheets:
        table = Table(title=f"{sheet['sheet']} · {sheet['rows']:,}", title_justify="left")
        for heading in (_("列名"), _("对应"), _("填写"), _("不同"), _("合规")):
            table.add_column(heading)
        for each in sheet["columns"]:
            target = str(TARGETS[each["target"]].label) if each["target"] else each["shape"] or "—"
            fits = "" if each["fits"] is None else f"{each['fits']:.0%}"
            table.add_row(
                each["header"], target, f"{each['filled']:.0%}", f"{each['distinct']:.0%}", fits
            )
        console.print(table)


def _next(transfer: Transfer, run: ImportRun) -> str:
    said = {"code": transfer.code, "ref": str(run.ref)[:8]}
    if run.status == "done":
        return _("%(code)s：试运行 %(ref)s 完成；请两位合规官在“旧系统文件”页复核后载入。") % said
    return _("%(code)s：文件 %(ref)s 已加密保存；请在“旧系统文件”页核对列的对应。") % said
