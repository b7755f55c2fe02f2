"""The stacks as web servers: gunicorn with threads, as the product runs, each on a port of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.benchmarks import premises

REPOSITORY = Path(__file__).resolve().parents[2]
WORKERS = 2


@contextmanager
def serving(stacks: Iterable[str], *, threads: int, logs: Path) -> Iterator[dict[str, int]]:
    """Every stack at once, so that rounds may alternate between them; ports by stack."""
    with ExitStack() as running:
        ports = {each: running.enter_context(_server(each, threads, logs)) for each in stacks}
        for stack, port in ports.items():
            _wait(port, logs / f"{stack}.log")
        yield ports


@contextmanager
def _server(stack: str, threads: int, logs: Path) -> Iterator[int]:
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "custodian.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(threads)]
    command += ["--log-level", "warning"]
    environment = {**os.environ, **premises.environment(), "BENCH_STACK": stack}
    with (logs / f"{stack}.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=REPOSITORY, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield port
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"no answer on port {port}:\n{log.read_text()[-2000:]}")
