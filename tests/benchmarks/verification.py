"""How fast the whole log is verified from its rows, and a bundle from its file, beside bare leaf hashing."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from access.verification import run
from access.verification.outside import Outside
from access.verification.run import Start
from custodian.tlog import verify
from tests.benchmarks import report
from tests.benchmarks.hashing import bare
from tests.benchmarks.web import REPOSITORY

AIM_OF_ONE, AIM = 140_000, 200_000
HELD = 0.06  # of bare leaf hashing, decision 12
# A process of its own: what a child of a large one weighs begins with the size of its parent.
_WEIGH = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""


def measure(*, quick: bool) -> None:
    report.heading("tree: verify_log over all of it, entries/s")
    rounds = 1 if quick else 3
    cores = os.cpu_count() or 1
    for jobs, wanted in ((1, AIM_OF_ONE), (cores, AIM)):
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
            f" (aim {wanted:,}: {told}); ÷ bare leaf hashing: {report.spread(ratios)}"
            f" (held to {HELD}: {report.verdict(ratios, goal=HELD)})"
        )
    _bundle(30_000 if quick else 300_000)


def _bundle(count: int) -> None:
    """The recipient's way: one file and one script, each in a process of its own."""
    report.heading(f"tree: verify.py over a bundle of {count:,} entries")
    with tempfile.TemporaryDirectory() as folder:
        few, many = (_checked(Path(folder), each) for each in (count // 10, count))
    rate = (count - count // 10) / (many[0] - few[0])
    report.line(
        f"{rate:,.0f} entries/s; ÷ bare leaf hashing: {rate / bare():.2f};"
        f" memory {many[1]} MB, of a tenth of it {few[1]} MB"
    )


def _checked(folder: Path, count: int) -> tuple[float, int]:
    """Seconds and megabytes that checking a bundle of so many entries takes."""
    path, policy = folder / f"{count}.zip", folder / f"{count}.txt"
    make = [sys.executable, "-m", "tests.bundles.synthetic", str(count), path, policy]
    subprocess.run(make, cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL)
    begun = time.monotonic()
    check = [sys.executable, "-I", verify.__file__, path, "--policy", policy]
    said = subprocess.run(
        [sys.executable, "-I", "-c", _WEIGH, *check], check=True, capture_output=True
    )
    return time.monotonic() - begun, int(said.stdout)
