"""Writes the demo insurer's files: `python -m custodian.demo.insurer FOLDER --customers N`."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from custodian import clock
from custodian.demo.insurer import write


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m custodian.demo.insurer", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--customers", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument(
        "--today", type=date.fromisoformat, help="YYYY-MM-DD, default the day it is"
    )
    options = parser.parse_args(arguments)
    written = write(
        options.folder,
        customers=options.customers,
        seed=options.seed,
        today=options.today or clock.local().date(),
    )
    for name, table in written.tables.items():
        sys.stdout.write(f"{name}: {table.rows:,} = {table.good:,} + {sum(table.bad.values()):,}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
