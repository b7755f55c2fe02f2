"""Importing the demo insurer's files, beside a raw COPY of the rows that this made into the same tables."""

from __future__ import annotations

import time
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from access import actors, scopes
from custodian import clock
from custodian.demo import insurer, reference
from records.importing import runs
from records.models import ImportRun
from tests.benchmarks import premises, report

FLOOR, GOAL = 0.1, 0.25
EMPTY = "custodian_empty"
# In the order of their foreign keys; whatever else an import writes is small.
TABLES = (
    "access_subject keys.data_key keys.subject_key records_importrun records_importfile records_customer"
    " records_identity records_finances records_account records_policy records_policyrole records_claim"
    " records_blindindex records_quarantinedrow querylog.outbox"
).split()


def measure(*, var: Path, quick: bool) -> None:
    customers, rounds = (1_000, 3) if quick else (5_000, 3)
    manifest = insurer.write(var / "files", customers=customers, seed=1, today=clock.local().date())
    premises.copy(EMPTY)
    premises.use(EMPTY)
    with scopes.acting(actors.system("demo")):
        book = reference.register(manifest)
    report.heading(f"import: the demo insurer's files, {customers:,} customers")
    paths = [var / "files" / name for name in manifest.importable]
    ours: list[float] = []
    raw: list[float] = []
    ratios: list[float] = []
    for number in range(rounds):
        filled, bare = f"custodian_filled_{number}", f"custodian_bare_{number}"
        premises.copy(filled, of=EMPTY)
        premises.copy(bare, of=EMPTY)
        premises.use(filled)
        began = time.monotonic()
        with scopes.acting(actors.system("demo")):
            run = runs.run_files(paths, book=book, actor=actors.system("importer"))
        took = time.monotonic() - began
        rows = _rows(run)
        copied = _copy(filled, bare)
        ours.append(rows / took)
        raw.append(rows / copied)
        ratios.append(copied / took)
    report.line(f"  {rows:,} rows in, {run.kept:,} kept, {run.quarantined:,} quarantined")
    report.line(f"  import   {report.spread(ours, digits=0)} rows/s")
    report.line(f"  raw COPY {report.spread(raw, digits=0)} rows/s")
    told = report.verdict(ratios, goal=GOAL)
    report.line(f"  import ÷ COPY: {report.spread(ratios)} (floor {FLOOR}, goal {GOAL}: {told})")


def _rows(run: ImportRun) -> int:
    run.refresh_from_db()
    return run.rows_in


def _copy(source: str, target: str) -> float:
    """Seconds to COPY the same sealed rows, as superuser, in one transaction, indexes and keys in place."""
    premises.use(premises.DATABASE)
    rows = {table: _taken(source, table) for table in TABLES}
    with premises.superuser(target) as cursor:
        began = time.monotonic()
        cursor.execute("BEGIN")
        for table, (columns, content) in rows.items():
            named = ", ".join(columns)
            cursor.copy_expert(f"COPY {table} ({named}) FROM STDIN (FORMAT binary)", content)
        cursor.execute("COMMIT")
        return time.monotonic() - began


def _taken(source: str, table: str) -> tuple[Sequence[str], BytesIO]:
    content = BytesIO()
    with premises.superuser(source) as cursor:
        cursor.execute(
            "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = %s::regclass"
            " AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
            [table],
        )
        columns = [row[0] for row in cursor.fetchall()]
        named = ", ".join(columns)
        cursor.copy_expert(f"COPY {table} ({named}) TO STDOUT (FORMAT binary)", content)
    content.seek(0)
    return columns, content
