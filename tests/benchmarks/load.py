"""Load on one address for a few seconds, a new connection for each request: by wrk, or by threads."""

from __future__ import annotations

import http.client
import json
import os
import random
import shutil
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).with_name("load.lua")


@dataclass(frozen=True)
class Result:
    answers: int
    seconds: float
    errors: int
    p50: float  # milliseconds
    p99: float

    @property
    def rate(self) -> float:
        return self.answers / self.seconds


@dataclass(frozen=True)
class Target:
    """Where to ask for whom, and with which token."""

    port: int
    token: str
    refs: Sequence[str]
    file: Path  # the references, one a line, for wrk


def run(target: Target, *, clients: int, seconds: int) -> Result:
    run_with = _by_wrk if shutil.which("wrk") else _by_threads
    result = run_with(target, clients, seconds)
    if result.errors or not result.answers:
        raise RuntimeError(f"{result.errors} requests failed, {result.answers} were answered")
    return result


def _by_wrk(target: Target, clients: int, seconds: int) -> Result:
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "10s"]
    told = subprocess.run(
        [*command, "-s", str(SCRIPT), f"http://127.0.0.1:{target.port}"],
        env={**os.environ, "BENCH_TOKEN": target.token, "BENCH_REFS": str(target.file)},
        check=True,
        capture_output=True,
        text=True,
        timeout=seconds + 30,
    ).stdout
    return Result(**json.loads(told.splitlines()[-1]))


def _by_threads(target: Target, clients: int, seconds: int) -> Result:
    """Slower than wrk, and on the same cores: ratios come out a little nearer to 1."""
    times: list[float] = []
    errors: list[int] = []
    begun = time.monotonic()

    def ask() -> None:
        chosen = random.Random(0)
        while time.monotonic() - begun < seconds:
            since = time.monotonic()
            connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=10)
            path = f"/api/v1/customers/{chosen.choice(target.refs)}?purpose=follow_up"
            headers = {"Authorization": f"Bearer {target.token}", "Connection": "close"}
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            connection.close()
            (times if answer.status == 200 else errors).append((time.monotonic() - since) * 1000)

    threads = [threading.Thread(target=ask) for _ in range(clients)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    ranked = sorted(times) or [0.0]
    at = lambda share: ranked[min(len(ranked) - 1, int(len(ranked) * share))]  # noqa: E731
    return Result(len(times), time.monotonic() - begun, len(errors), at(0.5), at(0.99))
