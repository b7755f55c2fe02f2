"""Reads the demo insurer's tables back, without the importer."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from python_calamine import CalamineWorkbook

Record = dict[str, object]


def read(folder: Path, table: str, encoding: str) -> list[Record]:
    file, _, sheet = table.partition("#")
    if sheet:
        rows = CalamineWorkbook.from_path(str(folder / file)).get_sheet_by_name(sheet).to_python()
    else:
        with (folder / file).open(encoding=encoding, newline="") as stream:
            rows = list(csv.reader(stream))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def by_element(row: Record, columns: dict[str, str]) -> dict[str, str]:
    """The row's values under the names of what they mean, dates in ISO form."""
    return {element: _text(row[header]) for header, element in columns.items() if element}


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
