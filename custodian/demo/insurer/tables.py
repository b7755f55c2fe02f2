"""Tables on disk, csv and xlsx, written row by row."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import Final, Protocol, Self, TypeVar

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from custodian.demo.insurer.dialects import Cell, Column
from custodian.demo.insurer.manifest import BadRow, FileCount, Manifest, Reason

Row = TypeVar("Row")

# A fixed day, so that the same seed makes the same bytes.
CREATED: Final = datetime(2026, 1, 1)  # noqa: DTZ001 - xlsx knows no zones


class Sink(Protocol):
    def write(self, line: int, cells: Iterable[Cell]) -> None: ...


class CsvSink:
    def __init__(self, path: Path, encoding: str, stack: ExitStack) -> None:
        stream = stack.enter_context(path.open("w", encoding=encoding, newline=""))
        self._writer = csv.writer(stream)

    def write(self, line: int, cells: Iterable[Cell]) -> None:
        del line
        self._writer.writerow(["" if cell is None else cell for cell in cells])


class SheetSink:
    def __init__(self, book: Workbook, name: str) -> None:
        self._sheet: Worksheet = book.add_worksheet(name)
        self._dates = book.add_format({"num_format": "yyyy-mm-dd"})

    def write(self, line: int, cells: Iterable[Cell]) -> None:
        row = line - 1
        for column, cell in enumerate(cells):
            if isinstance(cell, date):
                moment = datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001
                self._sheet.write_datetime(row, column, moment, self._dates)
            elif isinstance(cell, int):
                self._sheet.write_number(row, column, cell)
            elif cell:
                # Never `write`: it would turn text that begins with '=' into a formula.
                self._sheet.write_string(row, column, cell)


class Tables:
    """The folder's files, open together, each row counted as it is written."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self._folder, self._manifest = folder, manifest
        self._stack = ExitStack()
        self._books: dict[str, Workbook] = {}
        self._sinks: dict[str, Sink] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def csv(self, name: str, columns: Sequence[Column[Row]], *, holds: str, encoding: str) -> None:
        self._sinks[name] = CsvSink(self._folder / name, encoding, self._stack)
        self._begin(name, columns, holds=holds, encoding=encoding)

    def sheet(self, file: str, name: str, columns: Sequence[Column[Row]], *, holds: str) -> None:
        if file not in self._books:
            book = Workbook(str(self._folder / file), {"constant_memory": True})
            book.set_properties({"created": CREATED})
            self._stack.callback(book.close)
            self._books[file] = book
        table = f"{file}#{name}"
        self._sinks[table] = SheetSink(self._books[file], name)
        self._begin(table, columns, holds=holds, encoding="")

    def add(
        self,
        table: str,
        row: Row,
        columns: Sequence[Column[Row]],
        *,
        key: str = "",
        reason: Reason | None = None,
    ) -> None:
        count = self._manifest.tables[table]
        count.rows += 1
        line = count.rows + 1
        self._sinks[table].write(line, (column.value(row) for column in columns))
        if reason:
            count.bad[reason] = count.bad.get(reason, 0) + 1
            self._manifest.bad_rows.append(BadRow(table, line, key, reason))

    def _begin(
        self, table: str, columns: Sequence[Column[Row]], *, holds: str, encoding: str
    ) -> None:
        meaning = {column.header: column.element for column in columns}
        self._manifest.tables[table] = FileCount(holds, encoding, meaning)
        self._sinks[table].write(1, list(meaning))
