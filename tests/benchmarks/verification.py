"""How fast the whole log is verified from its rows, beside the bare hashing of its leaves."""

from __future__ import annotations

import os

from access.verification import run
from access.verification.outside import Outside
from access.verification.run import Start
from tests.benchmarks import report
from tests.benchmarks.hashing import bare

FLOOR, GOAL = 140_000, 200_000


def measure(*, quick: bool) -> None:
    report.heading("tree: verify_log over all of it, entries/s")
    rounds = 1 if quick else 3
    cores = os.cpu_count() or 1
    for jobs, wanted, name in ((1, FLOOR, "floor"), (cores, GOAL, "goal")):
        rates, ratios = [], []
        for _ in range(rounds):
            hashing = bare()
            found = run.verify(Start(), Outside(), jobs=jobs)
            if not found.whole:
                raise RuntimeError(f"the log is not whole: {found.first}")
            rates.append(found.entries / found.seconds)
            ratios.append(rates[-1] / hashing)
        told = report.verdict(rates, goal=wanted)
        report.line(
            f"{jobs} process{'es' if jobs > 1 else ''}: {report.spread(rates, digits=0)} entries/s"
            f" ({name} {wanted:,}: {told}); ÷ bare leaf hashing: {report.spread(ratios)}"
        )
