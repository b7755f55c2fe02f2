"""A sequencer beside a measurement, as a process of its own: without one the product stops after a minute."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from access.models import Entry, Tree
from custodian import databases
from tests.benchmarks import premises
from tests.benchmarks.web import REPOSITORY


@contextmanager
def sequencing(database: str, *, var: Path) -> Iterator[None]:
    """Its head file and copies are the database's own; everything written so far is sealed before it begins."""
    before = databases.use(database)
    try:
        environment = {**os.environ, **premises.environment(), **_places(database, var)}
    finally:
        databases.use(before)
    if not settings.CUSTODIAN_LOG_KEY.exists():
        call_command("create_log_key", stdout=io.StringIO())
    with (var / f"sequencer-{database}.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "sequencer"],
            cwd=REPOSITORY,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def caught_up(*, within: float) -> float:
    """Wait until every entry of the database in use is announced; entries a second while it took them."""
    begun, wanted = time.monotonic(), Entry.objects.newest_index() + 1
    seen: list[tuple[float, int]] = []
    while True:
        size, announced = Tree.objects.values_list("size", "announced").first() or (0, 0)
        if not seen or size != seen[-1][1]:
            seen.append((time.monotonic(), size))
        if announced >= wanted:
            break
        if time.monotonic() - begun > within:
            raise RuntimeError("the sequencer does not catch up")
        time.sleep(0.02)
    # From its first step on: before that it was starting.
    (start, first), (end, last) = seen[min(1, len(seen) - 1)], seen[-1]
    return (last - first) / (end - start) if last > first else 0.0


def inherit(name: str, *, of: str, var: Path) -> None:
    """A copied database goes on from the head of the one it was copied from."""
    if _folder(of, var).exists():
        shutil.copytree(_folder(of, var), _folder(name, var))


def _places(database: str, var: Path) -> dict[str, str]:
    folder = _folder(database, var)
    return {
        "CUSTODIAN_LOG_HEAD": str(folder / "head"),
        "CUSTODIAN_LOG_STORE": str(folder / "store"),
    }


def _folder(database: str, var: Path) -> Path:
    return var / f"log-{database}"
