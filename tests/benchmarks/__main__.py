"""Runs the benchmarks: `python -m tests.benchmarks [--peers] [--quick] [--only read,search,…]`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.benchmarks import premises, report

PARTS = (
    "read", "search", "import", "log", "tree", "access", "audits", "destroy", "scrub", "rotation", "portal", "handover", "trace",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--peers", action="store_true", help="beside a do-it-yourself stack")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--only", default=",".join(PARTS), help="of " + ", ".join(PARTS))
    parser.add_argument("--entries", type=int, help="how long the log of `tree` is")
    options = parser.parse_args()
    wanted = options.only.split(",")
    begun = time.monotonic()
    report.line(report.machine())
    with premises.running(stacks="all" if options.peers else "tables") as var:
        # After the services are up: these modules read Django's settings.
        from tests.benchmarks import (
            audits,
            destroying,
            handover,
            importing,
            rotation,
            tracing,
            tree,
        )

        if "tree" in wanted:
            tree.measure(var=var, quick=options.quick, length=options.entries)
        if "audits" in wanted:
            audits.measure(quick=options.quick, length=options.entries)
        if "rotation" in wanted:
            rotation.measure(quick=options.quick)
        if "import" in wanted:
            importing.measure(var=var, quick=options.quick)
        if "destroy" in wanted:
            destroying.measure(quick=options.quick)
        if "trace" in wanted:
            tracing.measure(quick=options.quick, length=options.entries)
        if "handover" in wanted:
            handover.measure(var=var, quick=options.quick)
        if set(wanted) & {"read", "search", "log", "access", "scrub", "portal"}:
            _measure_reads(wanted, var, options)
    report.line(f"\n{time.monotonic() - begun:.0f} s in all")
    return 0


def _measure_reads(wanted: list[str], var: Path, options: argparse.Namespace) -> None:
    from tests.benchmarks import decisions, estate, log, portal, read, scrub, search

    premises.use(premises.DATABASE)
    small = options.quick and "search" not in wanted
    built = estate.build(2_000 if small else search.SMALL)
    if "read" in wanted:
        read.measure(built, var=var, peers=options.peers, quick=options.quick)
    if "search" in wanted:
        search.measure(built, var=var, quick=options.quick)
    if "log" in wanted:
        log.measure(built, quick=options.quick)
    if "access" in wanted:
        decisions.measure(built, var=var, quick=options.quick)
    if "portal" in wanted:
        portal.measure(built, var=var, quick=options.quick)
    if "scrub" in wanted:
        scrub.measure(var=var, quick=options.quick)


if __name__ == "__main__":
    sys.exit(main())
