"""Imports a book of customers from files and accounts for every row of them."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from rich.console import Console

from access import actors, scopes
from access.models import Unit
from access.vocabulary import Channel
from records.importing import engine, report, runs, saved
from records.importing import mapping as mappings
from records.importing.mapping import BookMapping, MappingInvalid
from records.importing.readers import SourceRefused
from records.importing.report import Report
from records.importing.runs import Recognised
from records.models import Book, ImportFile, ImportRun, SavedMapping


class Command(BaseCommand):
    help = "Import a book of customers / 导入客户账册"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, help="csv, xlsx, parquet")
        parser.add_argument("--book", help="book code / 账册代码", default="")
        parser.add_argument("--mapping", default="", help="TOML file or saved name / 对应关系")
        parser.add_argument("--unit", default="", help="unit of customers without one / 默认机构")
        parser.add_argument("--dry-run", action="store_true", help="change nothing / 试运行")
        parser.add_argument("--yes", action="store_true", help="ask nothing / 不再确认")
        parser.add_argument("--json", action="store_true", help="report as JSON / JSON 报告")

    def handle(self, *args: Any, **options: Any) -> None:
        self._console = Console(file=sys.stdout, soft_wrap=True)
        self._quiet = options["json"]
        with scopes.acting(actors.system("importer")):
            mapping = _mapping(options["mapping"])
            book, unit = _book(options["book"]), _unit(options["unit"])
            try:
                files = runs.receive(options["files"])
                run = self._begin(files, mapping, book, unit, options)
            except SourceRefused as refused:
                _stop(report.refusal(refused.code, refused.row))
            except MappingInvalid as invalid:
                _stop(_("对应关系有误：%(detail)s") % {"detail": invalid})
            with report.progress(self._console, quiet=self._quiet) as on_progress:
                run = engine.work(run.pk, channel=Channel.COMMAND, on_progress=on_progress)
            self._print(run)

    def _begin(
        self,
        files: list[ImportFile],
        mapping: BookMapping | SavedMapping | None,
        book: Book,
        unit: Unit | None,
        options: dict[str, Any],
    ) -> ImportRun:
        if isinstance(mapping, SavedMapping):
            mapping = saved.fitted(mappings.load(mapping.toml), _recognised(files))
        if mapping is None:
            found = _recognised(files)
            mapping = BookMapping(tuple(each.mapping for each in found))
            if not self._quiet:
                report.columns(self._console, found)
            if not options["yes"] and sys.stdin.isatty():
                self._confirm(files)
        return runs.begin(
            files,
            book=book,
            mapping=mapping,
            unit=unit,
            dry_run=options["dry_run"],
            actor=actors.system("importer"),
        )

    def _confirm(self, files: list[ImportFile]) -> None:
        answer = input(_("按以上对应关系导入？[y/N] "))
        if answer.strip().lower() not in {"y", "yes", "是"}:
            runs.discard(files)
            _stop(_("没有导入，也没有保存文件。可用 --mapping 指定对应关系。"))

    def _print(self, run: ImportRun) -> None:
        told = Report.of(run)
        if self._quiet:
            self.stdout.write(json.dumps(told.as_data(), ensure_ascii=False))
        else:
            report.show(self._console, told)
        if run.status != "done" or not run.rows_in:
            _stop(told.verdict)


def _recognised(files: list[ImportFile]) -> list[Recognised]:
    try:
        return runs.recognised(files)
    except SourceRefused:
        runs.discard(files)
        raise


def _mapping(said: str) -> BookMapping | SavedMapping | None:
    """A file, or else a mapping that was saved under this name; the latter is fitted to the files."""
    if not said:
        return None
    path = Path(said)
    try:
        if not path.exists() and path.suffix != ".toml":
            return saved.find(said)
        return mappings.load(path.read_text(encoding="utf-8"))
    except saved.NoMapping as unknown:
        _stop(unknown.message)
    except (OSError, UnicodeDecodeError):
        _stop(_("对应关系文件无法读取，请核对路径和编码（UTF-8）"))
    except MappingInvalid as invalid:
        _stop(_("对应关系有误：%(detail)s") % {"detail": invalid})


def _book(code: str) -> Book:
    try:
        return runs.book_of(code)
    except Book.DoesNotExist:
        _stop(_("没有代码为 %(code)s 的账册，请先建立账册") % {"code": code})


def _unit(code: str) -> Unit | None:
    if not code:
        return None
    found = Unit.objects.filter(code=code).first()
    if found is None:
        _stop(_("没有代码为 %(code)s 的机构，请先建立机构") % {"code": code})
    return found


def _stop(message: object) -> NoReturn:
    raise CommandError(str(message))
