"""A small demo book, written once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from custodian.demo import insurer
from custodian.demo.insurer import Manifest
from tests.demo.reading import Record, read

TODAY = date(2026, 11, 22)
CUSTOMERS = 800


@dataclass(frozen=True)
class Written:
    folder: Path
    manifest: Manifest
    tables: dict[str, list[Record]]

    def good(self, table: str) -> list[Record]:
        bad = {row.line for row in self.manifest.bad_rows if row.table == table}
        return [row for line, row in enumerate(self.tables[table], 2) if line not in bad]

    def holding(self, holds: str) -> list[str]:
        return [name for name, table in self.manifest.tables.items() if table.holds == holds]


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("insurer")
    manifest = insurer.write(folder, customers=CUSTOMERS, today=TODAY)
    tables = {name: read(folder, name, table.encoding) for name, table in manifest.tables.items()}
    return Written(folder, manifest, tables)
