"""The log as a file: the filtered entries with their codes, marked with whoever took it, streamed."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence

import xlsxwriter
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from access.actors import Actor
from access.models import Entry
from access.querylog.telling import Told, tell
from custodian import clock
from custodian.formula import guard

CHUNK = 1000
MOST_ROWS = 1_000_000  # what one sheet holds
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def heads() -> list[str]:
    return [
        _("序号"), _("时间"), _("工号"), _("机构"), _("动作"), _("操作"), _("用途"), _("信息项"), _("等级"),
        _("渠道"), _("结果"), _("客户数"), _("规则"), _("理由"), _("时段"),
    ]  # fmt: skip


def lines(rows: QuerySet[Entry], *, entry: int, terms: str, actor: Actor) -> Iterator[list[str]]:
    """Who took it and what it is, then the heads, then the entries, oldest first."""
    yield [_("查询日志导出"), _("导出人"), f"{actor.name} {actor.staff_no}"]
    yield [_("导出时间"), f"{clock.local():%Y-%m-%d %H:%M:%S %z}", _("导出条目"), f"#{entry}"]
    yield [_("条件"), terms]
    yield heads()
    for told in _all(rows.filter(id__lt=entry)):
        yield _line(told)


def _all(rows: QuerySet[Entry]) -> Iterator[Told]:
    last = 0
    while chunk := list(rows.filter(id__gt=last).order_by("id")[:CHUNK]):
        yield from tell(chunk)
        last = chunk[-1].id


def _line(told: Told) -> list[str]:
    entry, rule = told.entry, told.leaf.get("rule")
    return [
        str(entry.id),
        f"{told.at.astimezone(clock.OFFICE):%Y-%m-%d %H:%M:%S}",
        entry.staff_no,
        entry.unit,
        entry.act,
        str(told.leaf.get("what", "")),
        entry.purpose,
        " ".join(told.leaf.get("fields", [])),
        f"L{told.level}" if told.level else "",
        entry.channel,
        entry.outcome,
        str(entry.subjects),
        f"{rule[0]} v{rule[1]}" if rule else "",
        " ".join(told.leaf.get("why", [])),
        _("非工作时间") if told.outside else "",
    ]


def as_csv(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """With a byte order mark, so that a spreadsheet reads it as UTF-8; no cell can run as a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield b"\xef\xbb\xbf"
    for row in rows:
        writer.writerow([guard(cell) for cell in row])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def as_xlsx(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """In constant memory; every cell is text, so a formula stays what was typed."""
    with tempfile.TemporaryFile() as file:
        book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False})
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            if number >= MOST_ROWS:
                break
            for place, cell in enumerate(row):
                sheet.write_string(number, place, guard(cell))
        book.close()
        file.seek(0)
        while part := file.read(64 * 1024):
            yield part
