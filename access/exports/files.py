"""An export as bytes: csv row by row, or a workbook; no cell can run as a formula, and every cell is text."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import xlsxwriter

from access.exports.fingerprint import Mark
from custodian.formula import guard

TYPES: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Line:
    """One customer's row."""

    subject: int
    cells: Sequence[str]


@dataclass(frozen=True)
class Title:
    """What the file says of itself: for whom it was made, and the heads of its columns."""

    notice: Sequence[str]
    heads: Sequence[str]


def as_csv(title: Title, lines: Iterable[Line], mark: Mark) -> Iterator[bytes]:
    """With a byte order mark, so that a spreadsheet reads it as UTF-8."""
    style = mark.style
    yield BOM + _row([style.gap.join(title.notice)], style.end, quoted=True)
    yield _row(title.heads, style.end, quoted=False)
    for line in lines:
        yield _row(line.cells, style.end, quoted=mark.quoted(line.subject))


def _row(cells: Sequence[str], end: str, *, quoted: bool) -> bytes:
    return (",".join(_cell(guard(each), quoted=quoted) for each in cells) + end).encode()


def _cell(text: str, *, quoted: bool) -> str:
    """The module `csv` would leave a carriage return bare where lines end without one."""
    if quoted or any(mark in text for mark in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def as_xlsx(title: Title, lines: Iterable[Line], mark: Mark) -> Iterator[bytes]:
    """In memory alone: a file on the way would lie on the disk in clear."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    notice = mark.style.gap.join(title.notice)
    book.set_properties({"title": notice[:255], "comments": notice})
    sheet = book.add_worksheet()
    sheet.set_footer("&L" + notice.replace("&", "&&")[:240])
    sheet.freeze_panes(1, 0)
    for place, head in enumerate(title.heads):
        sheet.write_string(0, place, guard(head))
        sheet.set_column(place, place, max(12, 2 * len(head) + 2))
    for number, line in enumerate(lines, 1):
        for place, cell in enumerate(line.cells):
            sheet.write_string(number, place, guard(cell))
    book.close()
    yield out.getvalue()


WRITERS = {"csv": as_csv, "xlsx": as_xlsx}
