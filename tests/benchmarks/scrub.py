"""How fast everything is checked, beside a bare loop that only opens the same values in the same run."""

from __future__ import annotations

import time
from pathlib import Path

from django.conf import settings

from access import actors, keystore, scopes
from records import integrity, vault
from records.models import ScrubRun
from records.storage import reading, scrub
from tests.benchmarks import premises, report, sealed

ROUNDS, QUICK = 5, 2
GOAL = 0.25  # of the bare loop: the checks may cost three times what opening costs


def measure(*, var: Path, quick: bool) -> None:
    report.heading("scrub: every value of the estate, all checks, beside a loop that only opens")
    ratios: list[float] = []
    with sealed.sequencing(premises.DATABASE, var=var):
        for _ in range(QUICK if quick else ROUNDS):
            bare, opened = _bare()
            run = _scrub()
            if run.faults or run.values_checked != opened:
                raise RuntimeError(f"{run.faults} faults, {run.values_checked} of {opened} values")
            ratios.append(run.rate / bare)
            report.line(
                f"{opened:9,} values; opened alone {bare:9,.0f} /s; scrubbed {run.rate:9,.0f} /s"
                f"  ({run.seconds:.1f} s)"
            )
    report.line(f"of the bare loop {report.spread(ratios)}; {report.verdict(ratios, goal=GOAL)}")


def _scrub() -> ScrubRun:
    with scopes.acting(actors.system("scrubber")):
        run = ScrubRun.objects.create(kind=ScrubRun.Kind.FULL)
    return scrub.work(run.pk)


def _bare() -> tuple[float, int]:
    """Values a second, and how many, with keys fetched and unwrapped by the chunk and nothing else."""
    actor, opened, begun = actors.system("scrubber"), 0, time.monotonic()
    with scopes.acting(actor):
        for kind in integrity.HOLDINGS:
            after = 0
            while rows := reading.chunk(kind, after=after, limit=reading.CHUNK):
                after = rows[-1].pk
                keys = keystore.unlock({row.holding: row.subject for row in rows})
                opened += sum(_open(row, keys[row.holding]) for row in rows)
    return opened / (time.monotonic() - begun), opened


def _open(row: reading.Held, key: keystore.DataKey) -> int:
    for place, blob in row.blobs.items():
        context = key.context(
            insurer=settings.CUSTODIAN_INSURER,
            holding=row.holding,
            element=place,
            version=vault.envelope.value_version(blob),
        )
        key.open(blob, context=context)
    return len(row.blobs)
