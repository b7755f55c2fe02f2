"""A Celery worker with its beat as one process group, as a host runs them: started, killed whole, started anew."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import redis
from django.db.models import QuerySet

from custodian import clock, embedded
from tests import databases

REPOSITORY = Path(__file__).resolve().parents[1]
SWEEPS = ["records.tasks.sweep", "access.tasks.sweep"]
# Small chunks, so that there is a middle to be killed in; a beat that does not keep the test waiting.
CODE = """
import sys, django
django.setup()
from datetime import timedelta
from access.key_rotation import jobs, rewrapping
from records.destruction import executing
executing.CUSTOMERS, rewrapping.CHUNK, jobs.SETTLE = 1, 3, timedelta(0)
from custodian.celery import app
app.conf.beat_schedule = {name: {"task": name, "schedule": 1.0} for name in sys.argv[2:]}
app.worker_main(
    ["worker", "--beat", "--concurrency=2", "--loglevel=warning", "--schedule", sys.argv[1]]
)
"""


@contextlib.contextmanager
def group(
    folder: Path, *, beats: list[str], broker: int, environment: Mapping[str, str] = {}
) -> Iterator[Callable[[], None]]:
    """Yields what kills the group (`kill -9 -PGID`). `broker` is a Valkey database, which begins empty.

    Nothing that an earlier group was handed is in it, so that no message can be delivered again.
    """
    url = _empty(broker)
    with (folder / f"worker-{broker}.log").open("ab") as log:
        started = subprocess.Popen(
            [sys.executable, "-c", CODE, str(folder / f"beat-{broker}"), *beats],
            cwd=REPOSITORY,
            env={
                **os.environ, **databases.environment(), "REDIS_URL": url,
                "PYTHONPATH": str(REPOSITORY), **environment,
            },
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip

    def kill() -> None:
        os.killpg(started.pid, signal.SIGKILL)
        assert started.wait(30) == -signal.SIGKILL
        assert eventually(lambda: not _alive(started.pid), seconds=10)

    try:
        yield kill
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            started.wait(30)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGKILL)
        started.wait(30)


def eventually(true: Callable[[], bool], *, seconds: float = 120) -> bool:
    """Whether it comes true at all; the seconds are only for a test that would hang."""
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def lease_runs_out(rows: QuerySet[Any]) -> None:
    """As if its minute had passed."""
    assert rows.update(leased_until=clock.now() - timedelta(seconds=1)) == 1


def _empty(number: int) -> str:
    services = embedded.active()
    assert services is not None
    url = urlunsplit(urlsplit(services.redis_url)._replace(path=f"/{number}"))
    with redis.Redis.from_url(url) as broker:
        broker.flushdb()
    return url


def _alive(group_id: int) -> bool:
    """Whether a process of the group is left that is no zombie."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(OSError, IndexError):
                state, _parent, group = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
                if int(group) == group_id and state not in "ZX":
                    return True
    return False
