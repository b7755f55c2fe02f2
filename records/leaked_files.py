"""A file of unknown origin as rows, with what its way of writing tells."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from access.exports.register import Written
from records.importing.readers import open_source
from records.importing.readers.sheets import Source, SourceRefused

_DAY = re.compile(r"\d{4}([-/.])\d{1,2}\1\d{1,2}")
_TEXT = (".csv", ".tsv", ".txt")
MOST_BYTES = 64 << 20


def read(path: Path) -> Written:
    """Raises `SourceRefused` for what is no table."""
    return read_source(Source.from_path(path))


def read_source(source: Source) -> Written:
    """The same of a file that lies sealed; its text is in memory alone. Raises `SourceRefused`."""
    if Path(source.name).suffix.lower() in _TEXT:
        return of_text(*_decoded(source))
    sheets = open_source(source)
    rows: list[Sequence[str]] = [sheet.headers for sheet in sheets]
    rows += [row.cells for sheet in sheets for row in sheet.rows]
    return Written(rows, stroke=_stroke(rows))


def of_text(text: str, encoding: str = "") -> Written:
    """Lines of a csv file, each with whether all of its cells stand in quotation marks."""
    delimiter = max(",\t;|", key=text.count)
    records = list(_records(text, delimiter))
    rows = [cells for cells, _quoted in records]
    end = "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"
    quoted = [each for _cells, each in records]
    said = delimiter if delimiter in text else ""
    return Written(rows, quoted, _stroke(rows), end, said, encoding)


def _decoded(source: Source) -> tuple[str, str]:
    with source.open() as stream:
        raw = stream.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise SourceRefused("file-size")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        marked = encoding == "gb18030" or raw.startswith(codecs.BOM_UTF8)
        return text, encoding if marked else "utf-8"
    raise SourceRefused("encoding-unknown")


def _records(text: str, delimiter: str) -> Iterator[tuple[list[str], bool | None]]:
    """Cells of each record, and its quotation: True all, False only where they must, None unclear."""
    mark = re.escape(delimiter)
    cell = re.compile(rf'"((?:[^"]|"")*)"(?=[{mark}\r\n]|\Z)|([^{mark}\r\n]*)')
    at, cells, needless = 0, list[str](), list[bool | None]()
    while at < len(text):
        found = cell.match(text, at)
        assert found is not None  # noqa: S101  the second way matches anything, if only nothing
        value = found[2] if found[1] is None else found[1].replace('""', '"')
        must = any(each in value for each in (delimiter, '"', "\n", "\r"))
        cells.append(value)
        needless.append(None if must else found[1] is not None)
        at = found.end()
        if text.startswith(delimiter, at):
            at += 1
            continue
        yield cells, _verdict(needless)
        at += 2 if text.startswith("\r\n", at) else 1
        cells, needless = [], []


def _verdict(needless: Sequence[bool | None]) -> bool | None:
    told = {each for each in needless if each is not None}
    return told.pop() if len(told) == 1 else None


def _stroke(rows: Sequence[Sequence[str]]) -> str:
    days = (_DAY.fullmatch(cell.strip()) for row in rows for cell in row)
    counted = Counter(day[1] for day in days if day)
    return counted.most_common(1)[0][0] if counted else ""
